"""Each rival of benchmarks/versus.py gives the obvious groups on a table made by hand."""

import importlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
BEGAN = datetime(2026, 3, 2, tzinfo=UTC)
RING = {f"ring{number}" for number in range(6)}
WORDS = ("river", "lamp", "stone", "bread", "cloud", "paper", "green", "seven", "harbour", "song", "table", "winter")

pl = pytest.importorskip("polars")
pytest.importorskip("sklearn")


@pytest.fixture
def rivals(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return lambda name: importlib.import_module(f"rivals.{name}")


def asked(account, number, **others):
    row = {"account_id": account, "asked_at": BEGAN + timedelta(minutes=7 * number), "prompt_text": f"what is {number}"}
    own = {"payment_hash": f"card-{account}", "ip": f"ip-{account}", "ja4": "common", "user_agent": "common"}
    return {**row, **own, "model": "atlas", **others}


@pytest.fixture
def ring():
    """Six accounts that take turns at three cards and share a TLS client; thirty strangers who share a user agent."""
    rows = [asked(f"alone{number:02}", 0, ja4=f"tls-{number}") for number in range(30)]
    for number in range(6):
        rows += [asked(f"ring{number}", at, payment_hash=f"card-{(number + at) % 3}", ja4="ring") for at in range(2)]
    return pl.DataFrame(rows)


@pytest.fixture
def flood():
    """Thirty accounts that ask by day, and two that ask by day and night, thirty times as much."""
    rows = []
    for number in range(30):
        rows += [asked(f"calm{number:02}", 100 + at) for at in range(3 + number % 4)]
    for name in ("loud0", "loud1"):
        rows += [asked(name, at, prompt_text="the same " * 90, ip=f"{name}-{at}") for at in range(150)]
    return pl.DataFrame(rows)


@pytest.fixture
def queries():
    """Ten accounts whose prompts lie at all distances, and one that asks two things in turn and near nothing else."""
    draw = np.random.default_rng(3)
    rows = []
    for number in range(10):
        for at in range(40):
            words = draw.choice(WORDS, 9)
            rows.append(asked(f"calm{number}", at, prompt_text=" ".join(words)))
    probed = [asked("probe", at, prompt_text="river lamp" if at % 8 else f"unheard{at} of{at}") for at in range(40)]
    return pl.DataFrame(rows + probed)


def told(groups):
    """Sets of accounts, whatever the groups are called."""
    return sorted(sorted(account for account in groups if groups[account] == one) for one in set(groups.values()))


def test_a_union_of_cards_chains_the_ring(rivals, ring):
    assert told(rivals("components").shared_value_groups(ring)) == [sorted(RING)]


def test_a_union_leaves_groups_under_five_out(rivals, ring):
    few = ring.filter(~pl.col("account_id").is_in(["ring0", "ring3"]))
    assert rivals("components").shared_value_groups(few) == {}


def test_components_without_a_discount_merge_all_who_share_a_user_agent(rivals, ring):
    groups = rivals("components").shared_value_groups(ring, rivals("values").SHARED)
    assert len(groups) == 36
    assert len(told(groups)) == 1


@pytest.mark.parametrize("weakest", [0.0, 0.1])
def test_louvain_tells_the_ring_from_the_strangers(rivals, ring, weakest):
    groups = rivals("louvain").louvain_groups(ring, weakest)
    assert sorted(RING) in told(groups)
    assert (set(groups) == RING) is (weakest > 0)


def test_a_tie_is_worth_one_over_the_popularity_of_what_is_shared(rivals, ring):
    accounts, ties = rivals("louvain").tied_accounts(ring)
    worth = {(accounts[a], accounts[b]): value for a, b, value in zip(ties.row, ties.col, ties.data, strict=True)}
    assert worth["ring0", "ring1"] == pytest.approx(1 / 4 + 1 / 6 + 1 / 36)
    assert worth["alone00", "alone01"] == pytest.approx(1 / 36)


def test_fraudar_finds_a_block_that_hides_behind_common_values(rivals, ring):
    assert told(rivals("fraudar").fraudar_groups(ring, most=1)) == [sorted(RING)]


def test_fraudar_goes_on_to_the_next_block(rivals, ring):
    other = ring.filter(pl.col("account_id").is_in(RING)).with_columns(
        pl.concat_str(pl.lit("other-"), pl.col(name)).alias(name)
        for name in ("account_id", "payment_hash", "ip", "ja4", "user_agent")
    )
    groups = rivals("fraudar").fraudar_groups(pl.concat([ring, other]), most=2)
    assert told(groups) == [sorted(f"other-{one}" for one in RING), sorted(RING)]


@pytest.mark.parametrize("method", ["isolated_accounts", "ecod_accounts", "largest_accounts"])
def test_outlier_detectors_find_the_two_that_flood(rivals, flood, method):
    assert told(getattr(rivals("outliers"), method)(flood, 2)) == [["loud0", "loud1"]]


def test_ecod_takes_the_greatest_of_three_sums_of_tails(rivals):
    scores = rivals("outliers").ecod_scores(np.array([[1.0], [2.0], [3.0], [10.0]]))
    assert scores == pytest.approx(np.log([4, 2, 2, 4]))  # 1 of 4 as low, 2 of 4, 2 of 4 as high, 1 of 4


def test_prada_finds_distances_that_are_not_normal(rivals, queries):
    calm = {f"calm{number}" for number in range(10)}
    least, _ = rivals("prada").prada_accounts(queries, calm)
    assert told(least) == [["probe"]]


def test_prada_flags_no_more_of_the_honest_than_is_allowed(rivals, queries):
    everyone = queries["account_id"].unique().to_list()
    least, most = rivals("prada").prada_accounts(queries, everyone, honest_share=2 / 11)
    assert len(least) == len(most) == 2
    assert not set(least) & set(most)
    assert rivals("prada").prada_accounts(queries, everyone) == ({}, {})


def test_prada_judges_no_account_with_few_prompts(rivals, ring):
    assert rivals("prada").prada_accounts(ring, RING) == ({}, {})
