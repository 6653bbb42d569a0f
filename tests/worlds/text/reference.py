"""What a grammar means, in plain Python, one text at a time: slow, and close to its words."""

from collections.abc import Mapping

from stillwatch.worlds.text.grammar import Grammar, Part, Quote, Slot

_WORD = 2**64


def mix(seed: int, salt: int) -> int:
    """SplitMix64's finaliser (Steele, Lea and Flood, 2014) over a salted seed."""
    x = ((seed ^ (salt * 0x9E3779B97F4A7C15 + 0xBF58476D1CE4E5B9) % _WORD) + 0x9E3779B97F4A7C15) % _WORD
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % _WORD
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB % _WORD
    return x ^ (x >> 31)


def below(seed: int, count: int) -> int:
    """A number below `count` by the seed's upper half (Lemire, 2019, without rejection)."""
    return (seed >> 32) * count >> 32


def repeats(seed: int, low: int, high: int) -> int:
    draw = (mix(seed, 11) >> 11) * 2.0**-53
    return low + int((high - low + 1) * (draw * draw * draw * draw))


def text_of(grammar: Grammar, name: str, scopes: Mapping[str, int]) -> bytes:
    """Write one text; `here` is the seed of all that no scope seeds."""
    return _symbol(grammar, name, scopes["here"], scopes)


def _symbol(grammar: Grammar, name: str, seed: int, scopes: Mapping[str, int]) -> bytes:
    symbol = grammar.symbols[name]
    chosen = symbol.alternatives[symbol.picks[below(mix(seed, 7), len(symbol.picks))]]
    return b"".join(_part(grammar, part, seed, scopes) for part in chosen)


def _part(grammar: Grammar, part: Part, seed: int, scopes: Mapping[str, int]) -> bytes:
    if isinstance(part, str):
        return part.encode()
    if isinstance(part, Quote):
        return _quoted(grammar, part, mix(scopes["speaker"] if part.kept_topics else seed, part.salt), seed)
    drawn = mix(scopes[part.scope] if part.scope else seed, part.salt)
    return _slot(grammar, part, drawn, scopes)


def _slot(grammar: Grammar, slot: Slot, drawn: int, scopes: Mapping[str, int]) -> bytes:
    if slot.name is None and slot.high < 0:
        return f"{drawn:016x}"[: -slot.high].encode()
    if slot.name is None:
        return str(slot.low + below(drawn, slot.high - slot.low + 1)).encode()
    if not slot.repeats:
        return _symbol(grammar, slot.name, drawn, scopes)
    count = repeats(drawn, slot.low, slot.high)
    return b"".join(_symbol(grammar, slot.name, mix(drawn, number), scopes) for number in range(1, count + 1))


def _quoted(grammar: Grammar, quote: Quote, drawn: int, seed: int) -> bytes:
    sources = grammar.sources
    first, end = sources.source_starts[quote.source : quote.source + 2].tolist()
    topic = first + below(drawn, end - first)
    first, end = sources.topic_starts[topic : topic + 2].tolist()
    number = first + below(mix(seed, 13), end - first)
    begin, end = sources.text_starts[number : number + 2].tolist()
    return sources.texts[begin:end].tobytes()
