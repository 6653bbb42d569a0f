from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from stillwatch.findings.candidates import FEW_FAMILIES
from stillwatch.findings.judge import Judged
from stillwatch.findings.judge_all import Candidates, judge_candidates
from stillwatch.findings.payers import PaidBy
from stillwatch.findings.settings import Judging
from stillwatch.findings.turns import read_turns

ONE_CUSTOMER = "openly one customer, and asks for too little to be a campaign of one"


@pytest.fixture(scope="module")
def given(small_world, bench):
    """Strangers, two honest groups and a campaign."""
    world = small_world.made(
        *small_world.strangers(300), small_world.office(), small_world.school_class(), small_world.Queue(cover=0.3)
    )
    shown = bench.show(world.marks)
    return shown, bench.gather(shown)


def judged(rate, accounts=(0, 1)):
    return Judged(np.array(accounts), (), rate, 0.0)


def test_all_that_were_gathered_share_one_rate_of_false_discoveries():
    """One group in fifty is as surprising by chance: alone it is told, among six that fell apart it is not."""
    alone = Candidates([judged(0.015)], [], Counter(), 0)
    among = Candidates([judged(0.015)], [], Counter({FEW_FAMILIES: 6, "known customer": 3}), 0)
    assert alone.reported(Judging(), 100) == [True]
    assert among.reported(Judging(), 100) == [False]
    assert alone.doubts[0] < among.doubts[0]


def test_a_customer_that_asks_for_little_is_no_candidate(given, bench):
    """Whatever it showed it would not be stated, so it makes no other group less sure."""
    case = bench.case(*given)
    turns = read_turns(case.engine, case.shown.accounts)
    small, large = (
        judge_candidates(replace(case, judging=replace(Judging(), solo_fewest_exchanges=least)), turns)
        for least in (5_000, 1)
    )
    assert len(large.groups) == len(small.groups) + 2, "the office, and the class behind one address"
    assert dict(small.cleared - large.cleared) == {ONE_CUSTOMER: 2}
    assert not any(one.is_one_firm for one in small.groups)


def test_campaigns_of_one_are_bounded_each_and_together():
    rates = [0.0008, 0.00001]
    single = [judged(rate, (at,)) for at, rate in enumerate(rates)]
    for large, strangers, reported in ((2, 100, [True, True]), (60, 100, [False, True]), (2, 10_000, [False, True])):
        assert Candidates([], single, Counter(), large).reported(Judging(), strangers) == reported


def test_openly_one_customer_is_bounded_as_a_campaign_of_one():
    """Six keys of one card and one name that honest traffic shows as much as once in 500 times."""
    for payers, reported in ((PaidBy.FIRM, False), (PaidBy.THEMSELVES, True), (PaidBy.POOL, True)):
        group = replace(judged(0.002, range(6)), paid_by=payers)
        assert Candidates([group], [], Counter(), 0).reported(Judging(), 100) == [reported]


def test_users_of_one_product_are_bounded_more_strictly_than_a_pool():
    """What they show counts as one account's: a quarter of the rate of false discoveries at the most."""
    for rate, payers, reported in (
        (0.004, PaidBy.THEMSELVES, True), (0.006, PaidBy.THEMSELVES, False), (0.006, PaidBy.POOL, True),
    ):  # fmt: skip
        group = replace(judged(rate, range(6)), paid_by=payers)
        assert Candidates([group], [], Counter(), 0).reported(Judging(), 100) == [reported]
