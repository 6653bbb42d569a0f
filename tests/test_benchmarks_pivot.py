"""What benchmarks/pivot.py weighs, and that its page has its tables."""

import importlib
import re
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent

pl = pytest.importorskip("polars")


@pytest.fixture(scope="module")
def pivot():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        yield importlib.import_module("pivot")


@pytest.fixture(scope="module")
def swift(pivot, tmp_path_factory):
    return pivot.made(pivot.pivoting(1.0), 3, tmp_path_factory.mktemp("swift") / "world")


def test_hours_and_requests_of_the_campaign_are_changed_and_nothing_else(pivot):
    told, swift = pivot.find_story("pivot"), pivot.pivoting(2.0, times=3)
    assert swift.campaigns[0].pace.pivot_h == 2.0
    assert swift.campaigns[0].exchanges == 3 * told.campaigns[0].exchanges
    assert (swift.population, swift.calendar) == (told.population, told.calendar)
    assert pivot.pivoting() == told
    assert pivot.honest_release().campaigns == ()


def test_a_world_is_cut_at_the_hour(pivot, swift):
    assert swift.until(6)["asked_at"].max() < swift.at + pivot.timedelta(hours=6)
    assert len(swift.until(6)) < len(swift.until(24)) < len(swift.exchanges)


def test_a_campaign_that_turns_in_an_hour_is_told_by_the_sixth(pivot, swift):
    accounts, turns = pivot.turns_of(swift, 6)
    turned = pivot.strongest(turns, np.flatnonzero(np.isin(accounts, list(swift.guilty))), back=False)
    assert turned.moved_count > 0.8 * turned.judged_count
    assert turned.bits > -np.log2(pivot.Judging().false_discovery_rate)


def test_honest_groups_are_those_who_share_and_some_drawn(pivot):
    logged = pl.DataFrame({"account_id": [f"a{n}" for n in range(60)], "payment_hash": ["c"] * 5 + [None] * 55,
                           "ip": [f"i{n}" for n in range(56)] + ["one"] * 4})  # fmt: skip
    accounts = logged["account_id"].unique().sort().to_numpy()
    first, *others = pivot.honest_groups(logged, accounts, 1)
    assert {*accounts[first]} == {f"a{n}" for n in range(5)}
    assert [len(one) for one in others] == [size for size in pivot.DRAWN_SIZES for _ in range(pivot.DRAWN)]


@pytest.mark.parametrize("part", ["campaigns", "honest"])
def test_the_page_has_the_tables(pivot, part):
    begins, ends = pivot.MARKS[part]
    table = pivot.PAGE.read_text(encoding="utf-8").split(begins)[1].split(ends)[0]
    assert len(re.findall(r"^\|", table, re.M)) > 2, f"run python benchmarks/pivot.py --part {part} --into-page"
