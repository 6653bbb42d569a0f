import re

import numpy as np
import pytest

from stillwatch.worlds.seeds import mix
from stillwatch.worlds.text import shipped_grammar, write_texts, writing
from stillwatch.worlds.text.grammar import Grammar, Quote, Sources

SCOPES = ("here", "talk", "speaker", "group")


def seeds_of(count, salt=1):
    return mix(np.arange(count, dtype=np.uint64), salt)


def test_alternatives_come_as_often_as_they_are_likely(write):
    texts = write(Grammar({"a": "= s\n3x a\nb\n"}), "s", seeds_of(4000))
    assert 0.72 < texts.count("a") / 4000 < 0.78


def test_numbers_and_digits_keep_their_range(write):
    for text in write(Grammar({"a": "= s\n{#5-9} {%4}\n"}), "s", seeds_of(300)):
        assert re.fullmatch(r"[5-9] [0-9a-f]{4}", text)


def test_few_repeats_are_more_frequent_than_many(write):
    lengths = np.array([len(text) for text in write(Grammar({"a": "= s\n{w*2-9}\n= w\nx\n"}), "s", seeds_of(3000))])
    assert set(lengths) == set(range(2, 10))
    assert (lengths == 2).sum() > 5 * (lengths == 9).sum()


def test_the_same_scope_gives_the_same_words(write):
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


@pytest.mark.parametrize("room", [17, 1000, -512 * 40 + 1])
def test_growing_room_changes_nothing(write, monkeypatch, room):
    grammar = Grammar({"a": "= s\n{p*1-9}\n= p\n{w*200-900}\n= w\nhalf a sentence, {%4} \n谢谢 \n"})
    roomy = write(grammar, "s", seeds_of(40))
    monkeypatch.setattr(writing, "_ROOM_BYTES", room)
    assert max(map(len, roomy)) > 20_000
    assert write(grammar, "s", seeds_of(40)) == roomy


@pytest.mark.parametrize("size", [*range(1, 35), 5000])
def test_a_text_that_just_fills_the_room_is_whole(write, monkeypatch, size):
    monkeypatch.setattr(writing, "_ROOM_BYTES", 16 - 512 * 3 + size)
    text = "x" * (size - 1) + "!"
    assert write(Grammar({"a": f"= s\n{text}\n"}), "s", seeds_of(3)) == [text] * 3


def quoting(kept):
    prompts = [f"{topic} {number}".encode() for topic in "abcdefgh" for number in range(50)]
    sources = Sources(
        np.frombuffer(b"".join(prompts), np.uint8), np.cumsum([0, *map(len, prompts)]), np.arange(0, 401, 50),
        np.array([0, 8]),
    )  # fmt: skip
    return Grammar({"a": "= s\n{q}; {q}; {p}\n= q\nx\n= p\nx\n"}).quoting(
        {"q": Quote(0, kept, 5), "p": Quote(0, kept, 6)}, sources
    )


def test_quotes_keep_a_speakers_topic_and_not_the_prompt(write):
    speakers = seeds_of(60, 2)
    topics = {}
    for text, speaker in zip(
        write(quoting(kept=True), "s", seeds_of(600), speaker=np.tile(speakers, 10)), [*speakers] * 10, strict=True
    ):
        one, two, other = text.split("; ")
        topics.setdefault(speaker, set()).add((one[0], two[0], other[0]))
        assert one[0] == two[0]
    assert all(len(some) == 1 for some in topics.values())
    assert {one for ((one, *_),) in topics.values()} == set("abcdefgh")


def test_quotes_without_a_speakers_topic_come_from_everywhere(write):
    texts = write(quoting(kept=False), "s", seeds_of(4000), speaker=np.full(4000, 9, np.uint64))
    asked = [quote for text in texts for quote in text.split("; ")]
    assert len(set(asked)) == 400
    assert {sum(quote[0] == topic for quote in asked) // 1000 for topic in "abcdefgh"} == {1}


def test_no_rows_give_no_texts(write):
    assert write(shipped_grammar(), "ask.code", seeds_of(0)) == []


@pytest.mark.parametrize(
    "symbol", [n for n in shipped_grammar().names if n.startswith(("verbatim.", "ask.en.", "ask.c"))]
)
def test_long_texts_are_hardly_ever_written_twice(write, symbol):
    texts = write(shipped_grammar(), symbol, seeds_of(800), group=seeds_of(800, 2))
    assert len(set(texts)) > 0.97 * 800


def test_verbatim_templates_stay_and_paraphrased_ones_change(write):
    group = np.full(300, 4, np.uint64)
    verbatim, paraphrased = (
        write(shipped_grammar(), f"{wording}.rubric", seeds_of(300), group=group)
        for wording in ("verbatim", "paraphrased")
    )
    assert len({text[:60] for text in verbatim}) == 1
    assert len({text[:60] for text in paraphrased}) > 60
