import numpy as np
import pytest

from stillwatch.worlds.text import shipped_grammar
from stillwatch.worlds.text.flat import (
    DIGITS,
    LITERAL,
    NUMBER,
    PADDING,
    QUOTE,
    REPEAT,
    SCOPES,
    SYMBOL,
    deepest,
    flatten,
)
from stillwatch.worlds.text.grammar import Grammar, Quote, Sources

SMALL = Grammar({"a": "= s\n3x one {w}\n{w*2-9@talk}{#5-7}{%8@speaker}\n= w\nred\nblue\n"})
ONE_TEXT = Sources(np.frombuffer(b"hello", np.uint8), np.array([0, 5]), np.array([0, 1]), np.array([0, 1]))


def parts_of(grammar, name, alternative):
    flat = flatten(grammar)
    (first, end) = flat.part_starts[flat.picks[flat.pick_starts[grammar.numbers[name]]] + alternative :][:2]
    return flat.parts[first:end].tolist()


def test_each_alternative_is_picked_as_often_as_it_is_likely():
    flat = flatten(SMALL)
    picks = np.split(flat.picks, flat.pick_starts[1:-1])
    assert [len(some) for some in picks] == [4, 2]
    assert np.unique(picks[0], return_counts=True)[1].tolist() == [3, 1]
    assert len({*flat.picks.tolist()}) == len(flat.part_starts) - 1 == 4


def test_parts_say_their_kind_scope_and_numbers():
    literal, symbol = parts_of(SMALL, "s", 0)
    assert (literal[0], literal[1], literal[3]) == (LITERAL, -1, 4)
    assert symbol == [SYMBOL, -1, SMALL.numbers["w"], 0, 0]
    assert parts_of(SMALL, "s", 1) == [
        [REPEAT, SCOPES.index("talk"), SMALL.numbers["w"], 2, 9], [NUMBER, -1, 0, 5, 7],
        [DIGITS, SCOPES.index("speaker"), 0, 0, 8],
    ]  # fmt: skip


def test_literals_stand_one_after_another_with_room_behind():
    flat = flatten(SMALL)
    literals = flat.parts[flat.parts[:, 0] == LITERAL]
    texts = {flat.literals[first : first + size].tobytes() for first, size in literals[:, 2:4].tolist()}
    assert texts == {b"one ", b"red", b"blue"}
    assert len(flat.literals) == sum(map(len, texts)) + PADDING


@pytest.mark.parametrize(("kept", "scope"), [(True, SCOPES.index("speaker")), (False, -1)])
def test_a_quote_is_seeded_by_its_speaker_or_by_its_place(kept, scope):
    flat = flatten(SMALL.quoting({"w": Quote(0, kept, 9)}, ONE_TEXT))
    (quote,) = flat.parts[flat.parts[:, 0] == QUOTE].tolist()
    assert quote == [QUOTE, scope, 0, 0, 0]
    assert flat.texts.tobytes() == b"hello" + bytes(PADDING)


@pytest.mark.parametrize(
    ("text", "depth"),
    [("= a\nx\n", 1), ("= a\n{b}{b}\n= b\nx\n", 2), ("= a\n{b}{c}\n= b\n{c}\n= c\n{d*2-3}\n= d\nx\n", 4)],
)
def test_depth_counts_symbols_that_stand_in_one_another(text, depth):
    assert deepest(Grammar({"a": text})) == depth


def test_the_shipped_grammar_needs_a_small_stack():
    assert 4 < deepest(shipped_grammar()) < 40
