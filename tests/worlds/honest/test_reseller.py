import numpy as np
import pytest

from stillwatch.worlds.honest.reseller import Reseller


def test_many_people_with_topics_of_their_own_stand_behind_one_account(fortnight, record):
    (account,) = Reseller(people=80).accounts(fortnight, 7)
    visits = account.visits
    assert 40 < len(np.unique(visits["speaker"])) <= 80
    for talk in np.unique(visits["talk"]):
        assert len(np.unique(visits["speaker"][visits["talk"] == talk])) == 1
    frame = record([account])
    assert frame["prompt_text"].str.contains(r"\p{Han}").any()
    assert frame["end_user_id"].n_unique() == (
        len(np.unique(visits["speaker"])) if account.habits.names_end_users else 1
    )


def test_half_of_the_resellers_name_their_people(fortnight):
    naming = [Reseller(people=5).accounts(fortnight, seed)[0].habits.names_end_users for seed in range(60)]
    assert np.mean(naming) == pytest.approx(0.5, abs=0.2)


def test_how_much_people_ask_is_a_knob(fortnight):
    def talks(knob):
        (account,) = Reseller(people=100, talks=knob).accounts(fortnight, 7)
        return len(np.unique(account.visits["talk"]))

    assert talks(3.6) == pytest.approx(3 * talks(1.2), rel=0.25)
