"""What benchmarks/coordinated counts is what the definitions say, on tables made by hand and drawn at random."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent

pl = pytest.importorskip("polars")
pytest.importorskip("sklearn")

# message, account, object, second
BY_HAND = (
    (1, "a", "x", 0), (2, "b", "x", 10), (3, "c", "x", 21), (4, "a", "y", 100), (5, "b", "y", 100), (6, "b", "y", 105),
    (7, "d", "z", 100), (8, "d", "z", 101),
)  # fmt: skip


@pytest.fixture
def coordinated(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return lambda name: importlib.import_module(f"coordinated.{name}")


def posts(rows):
    return pl.DataFrame(rows, schema=["message", "account", "object", "second"], orient="row")


def drawn(seed, count=400):
    """Draw shares that crowd on few objects and seconds; every third message shares two objects."""
    draw = np.random.default_rng(seed)
    message = np.where(np.arange(count) % 3 == 2, np.arange(count) - 1, np.arange(count))
    account = draw.integers(0, 25, count)[message]
    rows = {"message": message, "account": account, "object": draw.integers(0, 12, count),
            "second": draw.integers(0, 300, count)[message]}  # fmt: skip
    return pl.DataFrame(rows).unique(["message", "object"])


def counted(found, what):
    names = found.accounts.to_list()
    pairs = zip(found.first.tolist(), found.second.tolist(), getattr(found, what).tolist(), strict=True)
    return {(names[a], names[b]): count for a, b, count in pairs}


@pytest.mark.parametrize(
    ("window_s", "messages", "times"),
    [
        (9, {("a", "b"): 1, ("b", "a"): 2}, {("a", "b"): 2, ("b", "a"): 2}),
        (10, {("a", "b"): 2, ("b", "a"): 3}, {("a", "b"): 3, ("b", "a"): 3}),
        (11, {("a", "b"): 2, ("b", "a"): 3, ("b", "c"): 1, ("c", "b"): 1},
         {("a", "b"): 3, ("b", "a"): 3, ("b", "c"): 1, ("c", "b"): 1}),
        (0, {("a", "b"): 1, ("b", "a"): 1}, {("a", "b"): 1, ("b", "a"): 1}),
    ],
)  # fmt: skip
def test_pairs_share_an_object_within_the_window(coordinated, window_s, messages, times):
    found = coordinated("lockstep").in_lockstep(posts(BY_HAND), window_s)
    assert (counted(found, "messages"), counted(found, "times")) == (messages, times)


def test_messages_near_anybodys_are_counted_once(coordinated):
    found = coordinated("lockstep").in_lockstep(posts(BY_HAND), 11)
    near = dict(zip(found.accounts.to_list(), found.near_messages.tolist(), strict=True))
    assert near == {"a": 2, "b": 3, "c": 1, "d": 0}


def test_the_order_of_rows_changes_nothing(coordinated):
    lockstep, shares = coordinated("lockstep"), drawn(1)
    once, again = (lockstep.in_lockstep(one, 20) for one in (shares, shares.sample(fraction=1, shuffle=True, seed=2)))
    assert counted(once, "messages") == counted(again, "messages")
    assert counted(once, "times") == counted(again, "times")


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("fewest_messages", "fewest_times"), [(1, 1), (2, 1), (2, 3), (9, 2)])
def test_pairs_are_those_of_coortweets_steps(coordinated, seed, fewest_messages, fewest_times):
    shares = drawn(seed).unique("message")
    said = coordinated("definitions")
    for window_s in (0, 3, 40):
        found = coordinated("lockstep").in_lockstep(shares, window_s, fewest_messages)
        joined = said.coortweet_join(shares, window_s, fewest_messages, fewest_times)
        assert said.coortweet_pairs(found, fewest_messages, fewest_times) == joined


@pytest.mark.parametrize("seed", range(4))
def test_weights_are_those_of_quts_query(coordinated, seed):
    """Its SQL, on the same rows: count(distinct e_1.message_id) of a join on the object and the window."""
    shares = drawn(seed)
    joined = shares.join(shares, on="object", suffix="_y").filter(
        pl.col("account") != pl.col("account_y"), (pl.col("second") - pl.col("second_y")).abs() <= 15
    )
    told = joined.group_by("account", "account_y").agg(pl.col("message").n_unique()).filter(pl.col("message") >= 2)
    weights = {(a, b): count for a, b, count in told.iter_rows()}
    found = coordinated("lockstep").in_lockstep(shares, 15)
    assert coordinated("definitions").qut_weights(found, 2) == weights


def test_an_interpreter_without_the_toolkit_is_said_to_lack_it(coordinated):
    with pytest.raises(importlib.import_module("subprocess").CalledProcessError):
        coordinated("qut").qut_told(Path(sys.executable), posts(BY_HAND), "co_retweet", 10, 2)


def test_without_the_toolkit_its_columns_are_empty(coordinated, tmp_path):
    russian = posts(BY_HAND).rename({"message": "content_id", "account": "account_id", "object": "object_id",
                                     "second": "timestamp_share"})  # fmt: skip
    russian.write_parquet(tmp_path / "russian_coord_tweets.parquet")
    german = posts(BY_HAND).select(post_id="message", account_id="account", url_id="object", hashtag_id="object",
                                   domain_id="object", timestamp="second")  # fmt: skip
    german.write_parquet(tmp_path / "german_elections.parquet")
    head, rule, *rows = coordinated("tables").posts_lines(tmp_path, None)
    assert len(rows) == 4 * 3
    assert {line.count("|") for line in (head, rule, *rows)} == {11}
    assert rows[0].startswith("| russian_coord_tweets, retweets (8) | 10 s | 1 | the same | - |")


@pytest.fixture
def airdrop(coordinated):
    """A star of six around an outside address, a chain of six, and twenty alone; the truth."""
    transfers = coordinated("transfers")
    star = [(40, account) for account in range(6)]
    chain = [(account, account + 1) for account in range(6, 11)]
    source, target = np.array([*star, *chain]).T
    chains = np.array(["one", "two"] * 6)[: len(source)].astype(object)
    groups = np.repeat([0, 1, -1], [6, 6, 20])
    seen = transfers.Transfers(32, source, target, chains)
    return seen, transfers.Truth(groups, groups >= 0, groups < 0)


@pytest.mark.parametrize("method", ["components", "Louvain"])
def test_components_and_communities_find_a_star_and_a_chain(coordinated, airdrop, method):
    transfers, (seen, truth) = coordinated("transfers"), airdrop
    scores = transfers.scored(transfers.METHODS[method](seen), truth)
    assert (scores["ARI"], scores["B-cubed F1"], scores["in a group"]) == (1.0, 1.0, 1.0)
    assert scores["honest named per 10,000"] == 0


def test_without_outside_addresses_a_star_falls_apart(coordinated, airdrop):
    transfers, (seen, truth) = coordinated("transfers"), airdrop
    assert transfers.scored(transfers.components(seen.between_accounts()), truth)["in a group"] == 0.5


def test_accounts_show_their_counterparties_and_themselves(coordinated, airdrop):
    shown = coordinated("transfers").shown_by(airdrop[0])
    assert shown.families == ("one", "two")
    assert [one.shown_count[0] for one in shown.incidences] == [2, 0]  # the address in the middle, and itself


def test_hiding_leaves_about_as_many_transfers_as_said(coordinated, airdrop):
    seen = airdrop[0]
    repeated = (np.tile(one, 500) for one in (seen.source, seen.target, seen.chain))
    many = coordinated("transfers").Transfers(seen.accounts_count, *repeated)
    assert len(many.hidden(0.3, 1).source) / len(many.source) == pytest.approx(0.7, abs=0.02)
    assert len(many.hidden(0.0, 1).source) == len(many.source)


def test_whoever_is_in_a_small_group_is_alone(coordinated, airdrop):
    transfers, (_, truth) = coordinated("transfers"), airdrop
    assert transfers.scored(np.arange(32) // 4, truth)["in a group"] == 0
    assert transfers.scored(np.zeros(32, np.int64), truth)["honest named per 10,000"] == 10_000
