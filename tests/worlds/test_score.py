import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import cycle

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.world_errors import FindingsUnscorable
from stillwatch.worlds.score import Counted, Detection, Rates, TrueCampaign, detections, score
from stillwatch.worlds.truth import open_truth

FIRST = datetime(2026, 2, 2, tzinfo=UTC)
TEXT = pa.string()


def hour(number):
    return FIRST + timedelta(hours=number)


def table(columns, rows):
    kinds = {"asked_at": pa.timestamp("us", "UTC")}
    return pa.table({n: pa.array([row[i] for row in rows], kinds.get(n, TEXT)) for i, n in enumerate(columns)})


def world(folder, accounts, exchanges):
    """A world of accounts (id, campaign, role) and of exchanges (id, account, campaign if extraction, hour)."""
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(table(["account_id", "campaign", "role"], accounts), folder / "truth_accounts.parquet")
    told = [(one, account, campaign, hour(at)) for one, account, campaign, at in exchanges]
    whole = table(["exchange_id", "account_id", "campaign", "asked_at"], told)
    pq.write_table(whole.select(["exchange_id", "campaign"]), folder / "truth_exchanges.parquet")
    pq.write_table(whole.select(["exchange_id", "account_id", "asked_at"]), folder / "exchanges.parquet")
    return open_truth(folder)


def findings(folder, accounts, exchanges=None):
    """Findings of pairs of a campaign's id and an account, and the exchanges that they name."""
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(table(["campaign_id", "account_id"], accounts), folder / "accounts.parquet")
    if exchanges is not None:
        named = [("campaign-1", one) for one in exchanges]
        pq.write_table(table(["campaign_id", "exchange_id"], named), folder / "exchanges.parquet")
    return folder


ACCOUNTS = [
    *((f"a{n}", "ash", "hydra") for n in range(1, 5)), *((f"b{n}", "birch", "relay") for n in (1, 2)),
    ("h1", None, "person"), ("h2", None, "office"), ("h3", None, "office"), ("h4", None, "person"),
]  # fmt: skip
EXCHANGES = [
    ("x0", "a1", "ash", 0), ("x1", "h1", None, 1), ("x2", "a2", None, 2), ("x3", "b1", "birch", 3),
    ("x4", "a2", "ash", 4), ("x5", "b1", "birch", 30), ("x6", "b2", "birch", 31), ("x7", "a3", "ash", 50),
    ("x8", "a4", "ash", 51),
]  # fmt: skip
SAID = [("c-1", "a1"), ("c-1", "a2"), ("c-1", "a3"), ("c-1", "h1"), ("c-2", "b1"), ("c-2", "a4"), ("c-3", "h2"),
        ("c-3", "h3"), ("c-4", "not of this world")]  # fmt: skip


@pytest.fixture
def truth(tmp_path):
    return world(tmp_path / "world", ACCOUNTS, EXCHANGES)


def test_a_small_score(truth, tmp_path):
    told = score(truth, findings(tmp_path / "found", SAID, ["x0", "x2", "x3", "x3", "x99"]))
    assert told.accounts == Counted(5, 3, 1)
    assert (told.tn, told.honest_count, told.honest_flagged_per_10k) == (1, 4, 7_500)
    assert told.accounts.rates == Rates(5 / 8, 5 / 6)
    assert told.accounts.rates.f1 == pytest.approx(10 / 14)
    assert told.false_by_role == {"office": 2, "person": 1}
    assert list(told.false_by_role) == ["office", "person"]
    assert told.bcubed == Rates((9 / 4 + 1 / 2 + 1 / 2) / 8, (9 / 4 + 1 / 4 + 1 / 2) / 6)
    assert told.campaigns == (TrueCampaign("ash", 4, 4, "c-1"), TrueCampaign("birch", 2, 1, "c-2"))
    assert (told.campaigns_found, told.false_campaigns) == (3, ("c-3",))
    assert told.exchanges == Counted(2, 1, 5)
    assert told.as_data()["per_campaign_recall"] == {"ash": 1.0, "birch": 0.5}
    assert told.as_data()["exchange_recall"] == 2 / 7


def test_findings_that_say_nothing(truth, tmp_path):
    told = score(truth, findings(tmp_path / "found", []))
    assert told.accounts == Counted(0, 0, 6)
    assert told.accounts.rates == told.bcubed == Rates(0.0, 0.0)
    assert told.accounts.rates.f1 == 0.0
    assert told.campaigns == (TrueCampaign("ash", 4, 0, None), TrueCampaign("birch", 2, 0, None))
    assert told.exchanges is None
    assert "exchange_recall" not in told.as_data()
    assert score(truth, findings(tmp_path / "found", [], [])).exchanges == Counted(0, 0, 7)


@pytest.mark.parametrize("said", [[("c-2", "a1"), ("c-1", "a1")], [("c-1", "a1"), ("c-2", "a1")]])
def test_an_account_of_two_findings_counts_for_the_first_of_their_ids(truth, tmp_path, said):
    told = score(truth, findings(tmp_path / "found", said))
    assert (told.campaigns[0].campaign_id, told.campaigns_found) == ("c-1", 1)


def test_progress_is_told_in_exchanges(truth, tmp_path):
    told = []
    score(truth, findings(tmp_path / "found", SAID, ["x0"]), told.append)
    assert sum(told) == len(EXCHANGES)


def test_findings_that_are_damaged_are_told(truth, tmp_path):
    folder = findings(tmp_path / "found", SAID)
    (folder / "exchanges.parquet").write_text("not Parquet")
    with pytest.raises(FindingsUnscorable) as told:
        score(truth, folder)
    assert told.value.where == str(folder / "exchanges.parquet")


def test_findings_of_another_world_are_told(truth, tmp_path):
    """A fraction of the same story has the same names of accounts, and other exchanges."""
    with pytest.raises(FindingsUnscorable) as told:
        score(truth, findings(tmp_path / "found", SAID, ["x of another world"]))
    assert told.value.found == "exchanges of another world alone"


# What is found at the end of the first, second and third day, and whether that tells of the campaign.
FOUND = [
    ("two of its accounts", ["a1", "a2"], "ash", 0),
    ("two of its accounts, and one of another", ["a1", "a2", "h1"], "ash", 0),
    ("as many of others", ["a1", "a2", "h1", "h2"], "ash", None),
    ("one of two that asked", ["a1"], "ash", None),
    ("the only one that asked on the first day", ["b1"], "birch", 0),
    ("one, and one of nowhere", ["b1", "x"], "birch", None),
]


@pytest.mark.parametrize(("_why", "accounts", "campaign", "at"), FOUND)
def test_when_a_finding_tells_of_a_campaign(truth, tmp_path, _why, accounts, campaign, at):
    folder = findings(tmp_path / "found", [("c-1", account) for account in accounts])
    told = {one.campaign: one for one in detections(truth, [(hour(24), folder)])}
    assert told[campaign].detected_at == (None if at is None else hour(24))


def test_one_account_is_too_few_once_another_has_asked(truth, tmp_path):
    folder = findings(tmp_path / "found", [("c-1", "b1")])
    assert detections(truth, [(hour(40), folder)])[1].detected_at is None


def test_the_first_findings_that_tell_count_in_any_order(truth, tmp_path):
    none = findings(tmp_path / "none", [])
    some = findings(tmp_path / "some", [("c-1", "a1"), ("c-1", "a2")])
    told = detections(truth, [(hour(72), some), (hour(1), none), (hour(4), some)])
    assert told == (
        Detection("ash", hour(0), hour(4), 4.0, 0.5),
        Detection("birch", hour(3), None, None, None),
    )


def test_a_campaign_that_never_extracts_has_no_time(tmp_path):
    truth = world(tmp_path / "world", [("a1", "ash", "hydra"), ("a2", "ash", "hydra")], [("x0", "a1", None, 0)])
    folder = findings(tmp_path / "found", [("c-1", "a1"), ("c-1", "a2")])
    assert detections(truth, [(hour(1), folder)]) == (Detection("ash", None, hour(1), None, None),)
    alone = findings(tmp_path / "alone", [("c-1", "a1")])  # the other account never asked
    assert detections(truth, [(hour(1), alone)])[0].detected_at == hour(1)


# -- against the reference ---------------------------------------------------------------------------------------------
WORLDS = ["classic", "hydra", "peace", "relay", "untemplated"]
OURS = {"benign_flagged_per_10k": "honest_flagged_per_10k"}
REFERENCE = """
import json, runpy, sys
from pathlib import Path
main = runpy.run_path(sys.argv[1])["main"]
print(json.dumps([main(Path(world), Path(found)) for world, found in json.load(sys.stdin)]))
"""


def synthetic(truth, folder):
    """Folders of findings as right and wrong as they may be."""
    guilty = [(one.campaign, one.account_id) for one in truth.accounts if one.campaign is not None]
    honest = [one.account_id for one in truth.accounts if one.campaign is None]
    rows = [row for part in truth.exchanges() for row in part.to_pylist()]
    bad = [row["exchange_id"] for row in rows if row["campaign"] is not None]
    good = [row["exchange_id"] for row in rows if row["campaign"] is None]
    third = cycle("123")
    wrong = [("c-false", account) for account in honest[::50]] + [("c-also", account) for account in honest[1::90]]
    mixed = [(f"c-{campaign}", account) for campaign, account in guilty] + [
        (f"c-{guilty[0][0]}" if guilty else "c-1", account) for account in honest[2::70]
    ]
    yield findings(folder / "perfect", guilty, bad)
    yield findings(folder / "half", guilty[::2], bad[::2])
    yield findings(folder / "merged", [("c-1", account) for _, account in guilty], bad[:10])
    yield findings(folder / "split", [(f"{campaign}-{next(third)}", account) for campaign, account in guilty], bad)
    yield findings(folder / "false", mixed + wrong, bad[::3] + good[::7] + ["x of another world"])
    yield findings(folder / "empty", [], [])
    yield findings(folder / "without_exchanges", guilty + wrong)


@pytest.fixture(scope="module")
def compared(shared, tmp_path_factory):
    """Pairs of what the reference says and what we say, by world and findings."""
    folder = tmp_path_factory.mktemp("findings")
    cases = [(shared / "worlds" / name, found) for name in WORLDS
             for found in synthetic(open_truth(shared / "worlds" / name), folder / name)]  # fmt: skip
    asked = json.dumps([[str(where), str(found)] for where, found in cases])
    command = [sys.executable, "-c", REFERENCE, str(shared / "score.py")]
    run = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)
    ours = [score(open_truth(where), found).as_data() for where, found in cases]
    return [
        (f"{where.name} {found.name}", *pair)
        for (where, found), *pair in zip(cases, json.loads(run.stdout), ours, strict=True)
    ]


def test_figures_are_those_of_the_reference(compared):
    assert len(compared) == 7 * len(WORLDS)
    for case, reference, ours in compared:
        told = {OURS.get(name, name): figure for name, figure in reference.items()}
        assert set(ours) == set(told) | {"false_campaign_ids", "per_campaign_finding"}, case
        for name, figure in told.items():
            assert ours[name] == pytest.approx(figure, rel=0, abs=1e-12), f"{case}: {name}"


def test_the_reference_was_asked_of_findings_that_differ(compared):
    assert len({json.dumps(reference, sort_keys=True) for case, reference, _ in compared if "peace" not in case}) == 28
