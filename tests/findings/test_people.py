from datetime import timedelta

import numpy as np
import pytest

from stillwatch.findings.people import MANY_PEOPLE, find_people


@pytest.fixture
def found(bench, small_world):
    """The accounts that ask for many people, and those judged; each exchange shows the home folders named."""

    def find(**homes):
        rows = [
            {"account_id": account, "asked_at": small_world.MIDNIGHT + timedelta(minutes=place), "owner_digests": shown}
            for account, exchanges in homes.items()
            for place, shown in enumerate(exchanges)
        ]
        accounts = bench.show(small_world.rows_of(rows)).accounts
        habits, names = find_people(bench.engine, accounts), np.array(accounts.to_pylist())
        return [([*names[one.shown]], [*names[one.judged]]) for one in habits]

    return find


def test_one_person_is_not_many_and_pasted_logs_make_none(found):
    [(shown, judged)] = found(
        relay=[[1], [2], [3], [4]],
        alone=[[1]] * 8,
        two_machines=[[1], [2]] * 4,
        logs=[[1]] * 5 + [[2], [3], [4]],
        team=[[1], [1], [2], [2], [3], [3]],
        hardly=[[1], [2]],
        chat=[[], [], []],
    )
    assert shown == ["relay", "team"]
    assert judged == ["alone", "logs", "relay", "team", "two_machines"]


def test_half_of_the_exchanges_may_be_one_persons(found):
    assert found(a=[[1], [1], [2], [3]]) == [(["a"], ["a"])]
    assert found(a=[[1], [1], [1], [2], [3]]) == [([], ["a"])]


def test_an_exchange_may_show_several(found):
    assert found(a=[[1, 2], [3, 4], [5, 6]]) == [(["a"], ["a"])]


def test_exchanges_are_counted_and_not_the_people_in_them(found):
    assert found(listing=[[1, 2, 3]]) == [], "one pasted list of all home folders is one exchange"
    [(shown, judged)] = found(listing=[[1, 2, 3]], own=[[1, 2], [1, 3], [1, 4], [1, 2]])
    assert (shown, judged) == ([], ["own"]), "one person is in all of them, colleagues' folders beside"


def test_where_nobody_shows_a_home_nothing_is_said(found):
    assert found(a=[[], []]) == []


def test_it_reads_as_an_end_of_a_sentence(bench, small_world):
    rows = [{"account_id": "a", "asked_at": small_world.MIDNIGHT, "owner_digests": [1, 2, 3]}] * 3
    rows = [row | {"asked_at": row["asked_at"] + timedelta(minutes=at)} for at, row in enumerate(rows)]
    [habit] = find_people(bench.engine, bench.show(small_world.rows_of(rows)).accounts)
    assert habit.name == MANY_PEOPLE
    assert "12 accounts " + habit.seen == (
        "12 accounts show the home folders of 3 people or more, no one's in more than half of the exchanges that "
        "show any"
    )
    assert bench.engine.sql(f"SELECT count(*) AS n FROM exchange WHERE {habit.examples}")["n"].to_pylist() == [3]
