from datetime import timedelta

import numpy as np
import pytest

from stillwatch.findings.people import MANY_PEOPLE, SAME_PEOPLE, find_people
from stillwatch.findings.settings import Judging


@pytest.fixture
def found(bench, small_world):
    """The accounts that ask for many people, and those judged; each exchange shows the home folders named."""

    def find(**homes):
        rows = [
            {"account_id": account, "asked_at": small_world.MIDNIGHT + timedelta(minutes=place), "owner_digests": shown}
            for account, exchanges in homes.items()
            for place, shown in enumerate(exchanges)
        ]
        shown = bench.show(small_world.rows_of(rows))
        habits, names = find_people(bench.engine, shown), np.array(shown.accounts.to_pylist())
        return [([*names[one.shown]], [*names[one.judged]]) for one in habits if one.name == MANY_PEOPLE]

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
    [habit, _] = find_people(bench.engine, bench.show(small_world.rows_of(rows)))
    assert habit.name == MANY_PEOPLE
    assert "12 accounts " + habit.seen == (
        "12 accounts show the home folders of 3 people or more, no one's in more than half of the exchanges that "
        "show any"
    )
    assert bench.engine.sql(f"SELECT count(*) AS n FROM exchange WHERE {habit.examples}")["n"].to_pylist() == [3]


OWN, COMMON = list(range(100, 900)), list(range(8))


def homes_of(name, shown):
    return {f"{name}{place:03}": [[one] for one in homes] for place, homes in enumerate(shown)}


@pytest.fixture
def weighed(bench, small_world):
    """How the first accounts by name show many people most of whom others of them show, against forty products."""

    def weigh(group, teams=0):
        products = [OWN[8 * place : 8 * place + 8] for place in range(40)]
        shared = [[10_000 + place // 3 * 5 + at for at in range(5)] for place in range(teams)]
        homes = homes_of("a", group) | homes_of("b", products + shared)
        rows = [
            {"account_id": account, "asked_at": small_world.MIDNIGHT + timedelta(minutes=at), "owner_digests": one}
            for account, exchanges in homes.items()
            for at, one in enumerate(exchanges)
        ]
        shown = bench.show(small_world.rows_of(rows))
        [_, habit] = find_people(bench.engine, shown)
        assert (habit.name, habit.of_provided) == (SAME_PEOPLE, False)
        reference = np.arange(len(homes)) >= len(group)
        nobody = np.full(len(homes), -1)
        return habit.by_group(np.arange(len(group)), reference, nobody, Judging())

    return weigh


def test_one_list_of_tasks_is_the_same_machines_under_every_account(weighed):
    found = weighed([COMMON[place % 3 : place % 3 + 5] for place in range(9)])
    assert (found.shown_count, found.judged_count) == (9, 9)
    assert found.honest_rate < 0.02
    assert found.probability < 1e-3
    assert found.habit.name == SAME_PEOPLE
    assert found.habit.seen == "show the home folders of 3 people or more, most of whom others of them show too"


def test_honest_teams_that_share_their_accounts_make_it_no_surprise(weighed):
    """They have no people in common with the group, and do among themselves what it does."""
    one_list = [COMMON[place % 3 : place % 3 + 5] for place in range(9)]
    alone, among_teams = weighed(one_list), weighed(one_list, teams=60)
    assert among_teams.honest_rate == pytest.approx(60.5 / 101)
    assert among_teams.probability > 0.1 > 100 * alone.probability


def test_products_of_whose_customers_some_bear_one_name_have_people_of_their_own(weighed):
    found = weighed([COMMON[:4] + OWN[400 + 4 * place : 404 + 4 * place] for place in range(9)])
    assert (found.shown_count, found.judged_count) == (0, 9)


def test_what_an_account_shows_itself_is_not_shown_by_others(weighed):
    assert weighed([COMMON, OWN[500:508], OWN[520:528]]).shown_count == 0
