import numpy as np
import pyarrow as pa

from stillwatch.worlds.seeds import mix
from stillwatch.worlds.text import with_slips

SEEDS = mix(np.arange(600, dtype=np.uint64), 1)


def test_a_third_writes_small_and_some_slip():
    text = "Could you tell me the way to Porto, please?"
    typed = with_slips(pa.array([text] * 600), SEEDS, mix(SEEDS, 2)).to_pylist()
    small = sum(one == one.lower() for one in typed)
    assert 0.25 < small / 600 < 0.45
    assert 0.04 < sum(one.lower() != text.lower() for one in typed) / 600 < 0.3
    assert all(abs(len(one) - len(text)) <= 4 for one in typed)


def test_pasted_texts_stay_as_they_are():
    text = "A Long Text, " * 60
    assert set(with_slips(pa.array([text] * 600), SEEDS, SEEDS).to_pylist()) == {text}


def test_very_short_and_foreign_texts_survive():
    texts = ["", "a", "ok", "谢谢", "何日"] * 120
    typed = with_slips(pa.array(texts), SEEDS, SEEDS).to_pylist()
    assert all(sorted(one) == sorted(text) for one, text in zip(typed, texts, strict=True))


def test_a_speaker_keeps_writing_small():
    text = "Could You Tell Me the way to Porto, please?"
    speakers = np.repeat(SEEDS[:100], 6)
    typed = with_slips(pa.array([text] * 600), speakers, SEEDS).to_pylist()
    small = np.array([one == one.lower() for one in typed]).reshape(100, 6)
    assert (small.all(axis=1) | ~small.any(axis=1)).all()


def test_a_text_does_not_depend_on_the_other_rows():
    texts = pa.array(
        [f"Please tell me the {number}th thing, because their friend is sleeping" for number in range(600)]
    )
    whole = with_slips(texts, SEEDS, mix(SEEDS, 2)).to_pylist()
    some = np.arange(0, 600, 7)
    assert with_slips(texts.take(pa.array(some)), SEEDS[some], mix(SEEDS[some], 2)).to_pylist() == [
        whole[row] for row in some
    ]


def test_no_texts_are_no_texts():
    assert len(with_slips(pa.array([], pa.large_string()), SEEDS[:0], SEEDS[:0])) == 0
