import numpy as np
import pyarrow as pa
import pytest

from stillwatch.findings.familiar import MOST_NEIGHBOURS, NEAREST, STRANGE, learn_by_parts, learn_familiar, read_prompts

GOODS = ("lamp", "chair", "table", "mirror", "carpet", "shelf")


def asked(seed: int, count: int) -> pa.Array:
    draw = np.random.default_rng(seed)
    return pa.array([f"Where is my {draw.choice(GOODS)} and the {draw.choice(GOODS)} for it" for _ in range(count)])


def strangeness(past: pa.Array, text: str | None) -> dict[str, float]:
    found = learn_familiar(read_prompts(past)).strangeness(read_prompts(pa.array([text], pa.string())))
    return dict(zip(STRANGE, found[0], strict=True))


def test_words_pairs_and_neighbours_by_hand():
    past = pa.array(["red fox", "red hen", "a fox"])
    found = strangeness(past, "red fox runs")
    assert found["new words"] == pytest.approx(1 / 3)
    assert found["rare words"] == pytest.approx(-np.log2([3 / 4, 3 / 4, 1 / 4]).mean())
    assert found["new pairs"] == pytest.approx(1 / 2)
    assert found["rare pairs"] == pytest.approx(-np.log2([2 / 4, 1 / 4]).mean())


def test_a_part_of_the_past_is_compared_with_the_others():
    prompts = read_prompts(pa.array(["red fox", "red hen", "blue hen"]))
    familiar, strange = learn_by_parts(prompts)
    assert strange[:, 0].tolist() == [1 / 2, 0, 1 / 2]
    assert strange[0, 1] == pytest.approx(-np.log2([2 / 3, 1 / 3]).mean())
    assert familiar.count == 2


def test_prompts_of_one_part_do_not_make_each_other_familiar():
    texts = ["Where is my lamp"] * 90 + ["Solve this for x"] * 10
    _, strange = learn_by_parts(read_prompts(pa.array(texts)))
    assert strange[:90, 0].max() == 0
    assert strange[90:, 0].min() == 1


def test_past_prompts_are_as_strange_as_new_ones_of_the_same_stream():
    familiar, own = learn_by_parts(read_prompts(asked(1, 600)))
    new = familiar.strangeness(read_prompts(asked(2, 600))).mean(axis=0)
    assert own.mean(axis=0) == pytest.approx(new, abs=0.03)


def test_what_comes_from_elsewhere_is_stranger_in_every_way():
    familiar = learn_familiar(read_prompts(asked(1, 600)))
    new = familiar.strangeness(read_prompts(asked(2, 50))).mean(axis=0)
    other = familiar.strangeness(read_prompts(pa.array(["Prove that seven divides the sum of these numbers"])))
    assert (other[0] > new + 0.1).all()


def test_near_is_the_mean_of_the_likest():
    past = asked(1, 300)
    one = read_prompts(past.slice(0, 1))
    prompts = read_prompts(past)
    vectors = prompts.rows[:, :64].astype(np.int64)
    dots = np.sort(vectors @ vectors[0])[-NEAREST:]
    assert learn_familiar(prompts).strangeness(one)[0, -1] == pytest.approx(1 - dots.mean() / 300**2)


def test_neighbours_are_few_of_a_long_past():
    familiar = learn_familiar(read_prompts(asked(3, MOST_NEIGHBOURS + 700)))
    assert len(familiar.neighbours) == MOST_NEIGHBOURS


def test_prompts_are_kept_with_their_words():
    prompts = read_prompts(pa.array(["red fox", None, "a blue hen", "a fox"]))
    kept = prompts.only(np.array([False, True, True, False]))
    again = read_prompts(pa.array([None, "a blue hen"]))
    assert (kept.rows == again.rows).all()
    for one, other in zip((*kept.words, *kept.pairs), (*again.words, *again.pairs), strict=True):
        assert (one == other).all()


def test_a_null_has_no_words_and_is_far():
    found = strangeness(asked(1, 50), None)
    assert found == {"new words": 0, "rare words": 0, "new pairs": 0, "rare pairs": 0, "far": 1}
