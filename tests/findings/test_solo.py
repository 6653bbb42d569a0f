import random
from datetime import timedelta

import numpy as np
import pytest

from stillwatch.findings.habits import find_habits, sum_profiles
from stillwatch.findings.settings import Declared, Judging
from stillwatch.findings.solo import judge_solos
from stillwatch.findings.state import state_findings

ASKED = 5_400


def asking(small_world, account, *, asked=ASKED, intents=("rubric judging", "other"), seconds=7 * 86_400):
    draw = random.Random(account)
    for _ in range(asked):
        yield {
            "account_id": account, "asked_at": small_world.MIDNIGHT + timedelta(seconds=draw.randrange(seconds)),
            "prompt_digest": small_world.digest(draw), "intent": draw.choice(intents), "turn": 0, "words_count": 50,
        }  # fmt: skip


def rows_of(small_world, account):
    """Four hundred people and one large account: a harvester, a researcher, an application, a person who grades."""
    return [*small_world.strangers(400), *({
        "harvester": lambda: asking(small_world, account),
        "benchmark": lambda: asking(small_world, account, asked=8_000, seconds=86_400),
        "application": lambda: asking(small_world, account, intents=("coding", "data analysis", "other")),
        "office hours": lambda: (
            row | {"asked_at": row["asked_at"].replace(hour=9 + row["asked_at"].hour % 8)}
            for row in asking(small_world, account)
        ),
        "smaller": lambda: asking(small_world, account, asked=4_000),
    }[account]())]  # fmt: skip


def stated(bench, shown, **given):
    return state_findings(bench.case(shown, bench.gather(shown), **given))


def test_a_harvester_round_the_clock_is_stated(bench, small_world):
    shown = bench.show(rows_of(small_world, "harvester"))
    found = stated(bench, shown)
    [finding] = found.findings
    assert (finding.kind, [one.account_id for one in finding.members]) == ("campaign of one", ["harvester"])
    assert finding.coordination_bits == 0
    assert 0 < finding.false_alarm_rate <= Judging().solo_false_alarm_rate
    assert {one.family for one in finding.evidence} == {"wording", "timing"}
    assert finding.evidence[0].example_exchange_ids
    for declared in (
        Declared(authorised_distillation=("harvester",)), Declared(excused_accounts=("harvester",)),
        Declared(honest_accounts=("harvester",)),
    ):  # fmt: skip
        assert stated(bench, shown, declared=declared).findings == ()


@pytest.mark.parametrize("account", ["benchmark", "application", "office hours", "smaller"])
def test_honest_accounts_of_that_size_are_not(bench, small_world, account):
    assert stated(bench, bench.show(rows_of(small_world, account))).findings == ()


def test_a_harvester_among_many_like_it_is_no_finding(bench, small_world):
    rows = rows_of(small_world, "harvester")
    rows += [row for number in range(6) for row in asking(small_world, f"maker {number}")]
    found = stated(bench, bench.show(rows))
    assert found.findings == ()
    assert dict(found.cleared) == {"one account that harvests much, but no more than honest accounts do": 7}


def test_without_hours_or_intents_nobody_is_judged(bench, small_world):
    shown = bench.show([*small_world.strangers(30)])
    gathered = bench.gather(shown)
    sums = sum_profiles(bench.engine, shown.accounts)
    habits = find_habits(bench.engine, shown.accounts, gathered.reference, Judging())
    for name in ("round the clock", "harvest intents"):
        assert judge_solos(sums, gathered, [one for one in habits if one.name != name], Judging()) == ()


def test_rates_are_plain_counts(bench, small_world):
    shown = bench.show(rows_of(small_world, "harvester"))
    gathered = bench.gather(shown)
    sums = sum_profiles(bench.engine, shown.accounts)
    habits = find_habits(bench.engine, shown.accounts, gathered.reference, Judging())
    [found] = judge_solos(sums, gathered, habits, Judging())
    place = found.accounts[0]
    honest = np.flatnonzero(gathered.reference & (np.arange(len(sums.rhythm)) != place))
    as_steady = sum(sums.rhythm[other] <= sums.rhythm[place] for other in honest if sums.exchanges[other] >= 10)
    assert [one.probability for one in found.weights] == [1 / (len(honest) + 1), (as_steady + 1) / (len(honest) + 1)]
