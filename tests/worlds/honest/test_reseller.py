import numpy as np

from stillwatch.worlds.honest import Reseller
from stillwatch.worlds.stories.background import FORTNIGHT


def test_many_people_with_topics_of_their_own_stand_behind_one_account(record):
    accounts = Reseller(80).accounts(FORTNIGHT, 7)
    assert len(accounts) == 1
    visits = accounts[0].visits
    assert 40 < len(np.unique(visits["speaker"])) <= 80
    for talk in np.unique(visits["talk"])[:40]:
        assert len(np.unique(visits["speaker"][visits["talk"] == talk])) == 1
    frame = record(accounts)
    assert frame["prompt_text"].str.contains(r"\p{Han}").any()
    assert frame["end_user_id"].n_unique() > 40 or frame["end_user_id"].null_count() == frame.height


def test_some_resellers_name_their_people():
    naming = {Reseller(5).accounts(FORTNIGHT, seed)[0].habits.names_end_users for seed in range(12)}
    assert naming == {True, False}
