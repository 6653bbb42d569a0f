import re

import numpy as np
import pytest

from stillwatch.worlds.seeds import mix
from stillwatch.worlds.text import shipped_grammar, write_texts
from stillwatch.worlds.text.grammar import Grammar

SCOPES = ("here", "talk", "speaker", "group")


def seeds_of(count, salt=1):
    return mix(np.arange(count, dtype=np.uint64), salt)


def write(grammar, symbol, seeds, **scopes):
    numbers = np.full(len(seeds), grammar.numbers[symbol])
    return write_texts(grammar, numbers, {**dict.fromkeys(SCOPES, seeds), **scopes}).to_pylist()


def test_alternatives_come_as_often_as_they_are_likely():
    texts = write(Grammar({"a": "= s\n3x a\nb\n"}), "s", seeds_of(4000))
    assert 0.72 < texts.count("a") / 4000 < 0.78


def test_numbers_and_digits_keep_their_range():
    for text in write(Grammar({"a": "= s\n{#5-9} {%4}\n"}), "s", seeds_of(300)):
        assert re.fullmatch(r"[5-9] [0-9a-f]{4}", text)


def test_few_repeats_are_more_frequent_than_many():
    lengths = np.array([len(text) for text in write(Grammar({"a": "= s\n{w*2-9}\n= w\nx\n"}), "s", seeds_of(3000))])
    assert set(lengths) == set(range(2, 10))
    assert (lengths == 2).sum() > 5 * (lengths == 9).sum()


def test_the_same_scope_gives_the_same_words():
    grammar = Grammar({"a": "= s\n{w@talk}{w@talk} {w}\n= w\n{%6}\n"})
    texts = write(grammar, "s", seeds_of(200), talk=np.full(200, 9, np.uint64))
    assert len({text.split()[0] for text in texts}) == 1
    assert texts[0][:6] == texts[0][6:12]
    assert len({text.split()[1] for text in texts}) == 200


def test_a_text_does_not_depend_on_the_other_rows():
    grammar = shipped_grammar()
    asks = np.array([number for number, name in enumerate(grammar.names) if name.startswith("ask.")])
    symbols, seeds = asks[np.arange(600) % len(asks)], seeds_of(600)
    whole = write_texts(grammar, symbols, dict.fromkeys(SCOPES, seeds)).to_pylist()
    some = np.random.default_rng(3).permutation(600)[:50]
    assert write_texts(grammar, symbols[some], dict.fromkeys(SCOPES, seeds[some])).to_pylist() == [
        whole[i] for i in some
    ]


def test_no_rows_give_no_texts():
    assert write(shipped_grammar(), "ask.code", seeds_of(0)) == []


@pytest.mark.parametrize(
    "symbol", [n for n in shipped_grammar().names if n.startswith(("verbatim.", "ask.en.", "ask.c"))]
)
def test_long_texts_are_hardly_ever_written_twice(symbol):
    texts = write(shipped_grammar(), symbol, seeds_of(800), group=seeds_of(800, 2))
    assert len(set(texts)) > 0.97 * 800


def test_verbatim_templates_stay_and_paraphrased_ones_change():
    group = np.full(300, 4, np.uint64)
    verbatim, paraphrased = (
        write(shipped_grammar(), f"{wording}.rubric", seeds_of(300), group=group)
        for wording in ("verbatim", "paraphrased")
    )
    assert len({text[:60] for text in verbatim}) == 1
    assert len({text[:60] for text in paraphrased}) > 60
