"""The compiled kernel writes what the slow reference writes, byte for byte."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stillwatch.worlds.seeds import mix
from stillwatch.worlds.text import shipped_grammar, write_texts
from stillwatch.worlds.text.flat import SCOPES
from stillwatch.worlds.text.grammar import Grammar, Quote, Sources

SEEDS = st.integers(0, 2**64 - 1)
LITERALS = st.sampled_from(
    ["a", "plain words ", "é", "谢谢你", "🦔", "{{x}}", "\\n", "\\t", "\\e", "0123456789abcdef", "x" * 70]
)
AT = st.sampled_from(["", *(f"@{scope}" for scope in SCOPES)])
PROMPTS = [b"one", "zwei – zwölf".encode(), b"", b"three " * 40, "四".encode(), b"five"]
QUOTED = Sources(
    np.frombuffer(b"".join(PROMPTS), np.uint8), np.cumsum([0, *map(len, PROMPTS)]), np.array([0, 2, 3, 6]),
    np.array([0, 2, 3]),
)  # fmt: skip


@st.composite
def slots(draw, inner):
    """A slot as it is written in a grammar file; `inner` are the symbols that it may hold."""
    low, more = draw(st.tuples(st.integers(0, 3), st.integers(0, 5)))
    start, span = draw(st.tuples(st.integers(0, 10**12), st.integers(0, 2**31 - 1)))
    kinds = [f"#{start}-{start + span}", f"%{draw(st.integers(1, 16))}"]
    if inner:
        name = draw(st.sampled_from(inner))
        kinds += [name, name, f"{name}*{low}-{low + more}"]
    return f"{{{draw(st.sampled_from(kinds))}{draw(AT)}}}"


@st.composite
def grammars(draw):
    """A grammar file whose symbols use only later ones, and perhaps prompts of others."""
    names = [f"s{number}" for number in range(draw(st.integers(1, 6)))]
    lines = []
    for number, name in enumerate(names):
        lines.append(f"= {name}")
        part = st.one_of(LITERALS, slots(names[number + 1 :]))
        for _ in range(draw(st.integers(1, 3))):
            parts = draw(st.lists(part, max_size=5))
            lines.append(f"{draw(st.integers(1, 4))}x \\e{''.join(parts)}")
    grammar = Grammar({"a": "\n".join(lines)})
    if draw(st.booleans()):
        name, source = draw(st.sampled_from(names)), draw(st.integers(0, 1))
        return grammar.quoting({name: Quote(source, draw(st.booleans()), draw(SEEDS))}, QUOTED)
    return grammar


@given(grammars(), st.lists(st.tuples(SEEDS, SEEDS, SEEDS, SEEDS), min_size=1, max_size=4))
@settings(max_examples=150)
def test_any_grammar_is_written_as_the_reference_writes_it(reference, grammar, drawn):
    rows = [(name, dict(zip(SCOPES, seeds, strict=True))) for name in grammar.names for seeds in drawn]
    told = write_texts(
        grammar, np.array([grammar.numbers[name] for name, _ in rows]),
        {scope: np.array([seeds[scope] for _, seeds in rows], np.uint64) for scope in SCOPES},
    )  # fmt: skip
    assert [text.encode() for text in told.to_pylist()] == [
        reference.text_of(grammar, name, seeds) for name, seeds in rows
    ]


def test_the_shipped_grammar_is_written_as_the_reference_writes_it(reference):
    grammar = shipped_grammar()
    numbers = np.repeat(np.arange(len(grammar.names)), 2)
    seeds = {scope: mix(np.arange(len(numbers), dtype=np.uint64), place) for place, scope in enumerate(SCOPES)}
    told = write_texts(grammar, numbers, seeds).to_pylist()
    for row, text in enumerate(told):
        scopes = {scope: int(values[row]) for scope, values in seeds.items()}
        assert text.encode() == reference.text_of(grammar, grammar.names[numbers[row]], scopes)


@pytest.mark.parametrize("digits", [1, 8, 16])
def test_digits_are_the_first_of_sixteen(reference, write, digits):
    grammar = Grammar({"a": f"= s\n{{%{digits}@here}}\n"})
    (text,) = write(grammar, "s", np.array([77], np.uint64))
    assert len(text) == digits
    assert text.encode() == reference.text_of(grammar, "s", {"here": 77})


@pytest.mark.parametrize(("low", "high"), [(0, 0), (9, 9), (0, 9), (99, 101), (2**62, 2**62 + 5)])
def test_numbers_are_written_in_decimal_over_their_whole_range(write, low, high):
    texts = write(Grammar({"a": f"= s\n{{#{low}-{high}}}\n"}), "s", mix(np.arange(400, dtype=np.uint64), 1))
    assert {int(text) for text in texts} == set(range(low, high + 1))
    assert all(str(int(text)) == text for text in texts)


def test_a_slot_that_repeats_nought_times_writes_nothing(write):
    texts = write(Grammar({"a": "= s\n<{w*0-1}>\n= w\nx\n"}), "s", mix(np.arange(300, dtype=np.uint64), 1))
    assert set(texts) == {"<>", "<x>"}
