from typing import get_args

import numpy as np
import pytest

from stillwatch.world_errors import GrammarBroken
from stillwatch.worlds.campaigns.campaign import Intent, Language
from stillwatch.worlds.text.grammar import NO_SOURCES, Grammar, Quote, Slot, Sources, shipped_grammar


def test_a_file_is_read_into_symbols_above_those_they_use():
    grammar = Grammar({"a": "= line\n2x one {word}\ntwo\\n\n\n= word\nred\n\\e\n"})
    assert list(grammar.symbols) == ["line", "word"]
    assert grammar.symbols["line"].picks.tolist() == [0, 0, 1]
    assert grammar.symbols["line"].alternatives[1] == ("two\n",)
    assert grammar.symbols["word"].alternatives == (("red",), ("",))


def test_symbols_may_use_those_of_other_files():
    grammar = Grammar({"a": "= b\n{c}\n", "z": "= c\nx\n= d\n{b}\n"})
    assert list(grammar.symbols).index("d") < list(grammar.symbols).index("b") < list(grammar.symbols).index("c")


def test_slots_say_what_they_hold():
    slots = Grammar({"a": "= s\n{{{w@talk}{w*2-9}{#3-7}{%8}}}\n= w\nx\n"}).symbols["s"].slots
    assert [(slot.name, slot.scope, slot.low, slot.high) for slot in slots] == [
        ("w", "talk", 0, 0), ("w", None, 2, 9), (None, None, 3, 7), (None, None, 0, -8),
    ]  # fmt: skip
    assert [slot.repeats for slot in slots] == [False, True, False, False]


def test_a_scoped_slot_draws_alike_wherever_it_stands():
    grammar = Grammar({"a": "= s\n{w@talk} {w@talk} {w} {w}\n= w\nx\n"})
    one, two, three, four = (part for part in grammar.symbols["s"].alternatives[0] if isinstance(part, Slot))
    assert one.salt == two.salt
    assert three.salt != four.salt


def test_words_of_a_loose_file_are_said_in_their_ways():
    words = "= like.the\nthe\nthis\n"
    loose = Grammar({"a": "~ loose\n= the\nthe {the2} th\\nthe\n= the2\nx\n", "w": words}).symbols["the"]
    assert [slot.name for slot in loose.slots] == ["like.the", "the2"]
    strict = Grammar({"a": "= the\nthe {the2}\n= the2\nx\n", "w": words}).symbols["the"]
    assert [slot.name for slot in strict.slots] == ["the2"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("= a\n{b}\n", "`b`, undefined"),
        ("= a\n{b}\n= b\n{a}\n", "`a`, which uses itself"),
        ("= a\n{b c}\n", "slot `{b c}`"),
        ("hello\n= a\nx\n", "`hello` before any symbol"),
        ("= a\n{b*3}\n= b\nx\n", "slot `{b*3}`"),
        ("= a\n{#9}\n", "slot `{#9}`"),
        ("= a\n{a}\n", "`a`, which uses itself"),
    ],
)
def test_a_broken_file_is_named(text, found):
    with pytest.raises(GrammarBroken, match="a grammar file cannot be read") as caught:
        Grammar({"a": text})
    assert found in caught.value.found


def test_the_shipped_grammar_speaks_five_languages_on_many_topics():
    names = shipped_grammar().names
    assert sum(name.startswith("ask.en.") for name in names) >= 18
    assert {"ask.es", "ask.de", "ask.zh", "ask.ja"} <= set(names)
    for wording in ("verbatim", "paraphrased", "none"):
        assert {name.removeprefix(f"{wording}.") for name in names if name.startswith(f"{wording}.")} == {
            *get_args(Intent), *get_args(Language),
        }  # fmt: skip


def test_every_symbol_stands_before_those_that_it_uses():
    place = {name: number for number, name in enumerate(shipped_grammar().symbols)}
    for symbol in shipped_grammar().symbols.values():
        assert all(place[symbol.name] < place[slot.name] for slot in symbol.slots if slot.name is not None)


def test_symbols_are_numbered_by_name_and_not_by_file():
    files = {"a": "= z\n{m}\n= m\nx\n", "b": "= b\n{z}\n"}
    assert Grammar(files).numbers == Grammar(dict(reversed(files.items()))).numbers == {"b": 0, "m": 1, "z": 2}


def test_quoting_leaves_the_grammar_and_its_numbers_as_they_were():
    sources = Sources(np.frombuffer(b"hi", np.uint8), np.array([0, 2]), np.array([0, 1]), np.array([0, 1]))
    grammar = Grammar({"a": "= s\n{w}\n= w\nred\n"})
    quoting = grammar.quoting({"w": Quote(0, False, 1)}, sources)
    assert quoting.symbols["w"].alternatives == ((Quote(0, False, 1),),)
    assert quoting.symbols["w"].slots == []
    assert (quoting.numbers, list(quoting.symbols)) == (grammar.numbers, list(grammar.symbols))
    assert grammar.symbols["w"].alternatives == (("red",),)
    assert grammar.sources is NO_SOURCES
