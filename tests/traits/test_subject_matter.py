from datetime import timedelta

import numpy as np

from stillwatch.tables import PROFILES
from stillwatch.traits.base import Compared
from stillwatch.traits.find import find_traits
from stillwatch.traits.subject_matter import SubjectMatter


def signed(numbers):
    return np.array(numbers, np.int8).tobytes()


def vectors_by_day(shelf, rows):
    shelf.show(rows)
    find_traits(shelf.engine)
    return shelf.engine.sql(f"SELECT {SubjectMatter.vector} AS v FROM profiles ORDER BY account_id, day")["v"]


def test_the_meanings_of_prompts_add_up_over_days(shelf, noon):
    vectors = [[3, *[0] * 63], [-1] * 64, [*[5] * 63, 127]]
    days = vectors_by_day(shelf, [
        {"asked_at": noon + timedelta(hours=8 * place), "meaning_vector": signed(vector)}
        for place, vector in enumerate(vectors)
    ]).to_pylist()  # fmt: skip
    assert len(days) == 2
    assert np.sum(days, axis=0).tolist() == [7, *[4] * 62, 126]


def test_prompts_without_a_meaning_are_passed_over(shelf):
    [day] = vectors_by_day(shelf, [{"meaning_vector": signed([2] * 64)}, {"meaning_vector": None}]).to_pylist()
    assert day == [2] * 64


def test_one_subject_in_other_words_is_close_and_another_subject_is_not(shelf, marked):
    asked = {
        "a": ["How do I prune an apple tree in winter?", "Which roses bloom in the shade of a garden wall?"],
        "b": ["When should pear trees in an orchard be cut back?", "What flowers grow well where there is little sun?"],
        "c": ["Why does my Python loop raise an IndexError?", "How can I speed up this SQL join on two tables?"],
    }
    rows = [{"account_id": account, "prompt_text": text} for account, texts in asked.items() for text in texts]
    a, b, c = (np.array(one, float) / np.linalg.norm(one) for one in vectors_by_day(shelf, marked(rows)).to_pylist())
    assert a @ b > max(a @ c, b @ c) + 0.2


def test_it_is_compared_by_means_and_with_whole_campaigns_only():
    assert SubjectMatter.compared is Compared.MEANS
    assert not SubjectMatter.of_pairs
    assert SubjectMatter.vector in PROFILES.names
    assert SubjectMatter.family == "wording"
