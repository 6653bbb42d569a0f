from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.world_errors import FindingsUnscorable, TruthUnreadable
from stillwatch.worlds import truth as truths
from stillwatch.worlds.truth import TrueAccount, open_truth, read_said

FIRST = datetime(2026, 2, 2, tzinfo=UTC)
MINUTE_US = 60_000_000
NAMES = ("exchange_id", "campaign", "account_id")
ROWS = [
    ("x0", "ash", "a1"), ("x1", None, "h1"), ("x2", "ash", "a2"), ("x3", "birch", "b1"), ("x4", None, "a1"),
    ("x5", "ash", "a1"), ("x6", None, "b2"),
]  # fmt: skip
AT_US = round(FIRST.timestamp()) * 1_000_000


def columns_of(rows):
    columns = {name: pa.array([row[i] for row in rows], pa.string()) for i, name in enumerate(NAMES)}
    minutes = [FIRST + timedelta(minutes=int(row[0][1:])) for row in rows]
    return columns | {"asked_at": pa.array(minutes, pa.timestamp("us", "UTC"))}


def write(path, columns, names, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({name: columns[name] for name in names}), path, **options)


@pytest.fixture
def world(tmp_path):
    """A world whose truth has no instants, as those of others have none."""
    columns = columns_of(ROWS)
    accounts = [("a1", "ash", "hydra"), ("a2", "ash", "hydra"), ("b1", "birch", "relay"), ("b2", "birch", "relay"),
                ("h1", None, None)]  # fmt: skip
    told = {n: pa.array([row[i] for row in accounts]) for i, n in enumerate(["account_id", "campaign", "role"])}
    write(tmp_path / "truth_accounts.parquet", told, told)
    write(tmp_path / "truth_exchanges.parquet", columns, ["exchange_id", "campaign"], row_group_size=2)
    write(tmp_path / "exchanges.parquet", columns, ["exchange_id", "asked_at", "account_id"], row_group_size=3)
    return tmp_path


def extraction(folder):
    rows = [row for part in open_truth(folder).extraction() for row in part.to_pylist()]
    return [(row["campaign"], (row["asked_at"] - AT_US) // MINUTE_US) for row in rows]


EXTRACTION = [("ash", 0), ("ash", 2), ("birch", 3), ("ash", 5)]


@pytest.fixture(params=[2, 1_000])
def parts(request, monkeypatch):
    """Parts of two rows, and of all."""
    monkeypatch.setattr(truths, "_PART_ROWS", request.param)
    monkeypatch.setattr(truths, "_BATCH_ROWS", request.param)


@pytest.mark.usefixtures("parts")
class TestInParts:
    def test_the_truth_of_accounts_and_exchanges(self, world):
        truth = open_truth(world)
        assert truth.accounts[0] == TrueAccount("a1", "ash", "hydra")
        assert truth.accounts[-1] == TrueAccount("h1", None, "unknown")
        assert truth.exchanges_count() == 7
        rows = [row for part in truth.exchanges() for row in part.to_pylist()]
        assert rows == [{"exchange_id": row[0], "campaign": row[1]} for row in ROWS]

    def test_instants_of_the_exchanges(self, world):
        assert extraction(world) == EXTRACTION

    def test_instants_of_a_file_for_each_day(self, world):
        (world / "exchanges.parquet").unlink()
        for day, rows in [("2026-02-03", ROWS[3:]), ("2026-02-02", ROWS[:3])]:
            write(world / f"exchanges/{day}.parquet", columns_of(rows), ["exchange_id", "asked_at", "account_id"])
        assert extraction(world) == EXTRACTION
        assert open_truth(world).first_asked()["a2"] == AT_US + 2 * MINUTE_US

    def test_instants_of_the_truth(self, world):
        (world / "exchanges.parquet").unlink()
        write(world / "truth_exchanges.parquet", columns_of(ROWS), ["exchange_id", "campaign", "asked_at"])
        assert extraction(world) == EXTRACTION
        assert open_truth(world).first_asked() is None

    def test_extraction_before_between_and_after_instants(self, world):
        first, sent = open_truth(world).sent(np.array([AT_US + n * MINUTE_US for n in (2, 4)]))
        assert first == {"ash": AT_US, "birch": AT_US + 3 * MINUTE_US}
        assert {name: counts.tolist() for name, counts in sent.items()} == {"ash": [2, 0, 1], "birch": [0, 1, 0]}

    def test_the_first_exchange_of_a_campaigns_accounts(self, world):
        first = {name: (at - AT_US) // MINUTE_US for name, at in open_truth(world).first_asked().items()}
        assert first == {"a1": 0, "a2": 2, "b1": 3, "b2": 6}

    @pytest.mark.parametrize("rows", [ROWS[:-1], [*ROWS, ("x7", None, "h1")], [ROWS[1], ROWS[0], *ROWS[2:]]])
    def test_exchanges_that_are_not_those_of_the_truth_are_told(self, world, rows):
        write(world / "exchanges.parquet", columns_of(rows), ["exchange_id", "asked_at"])
        with pytest.raises(TruthUnreadable) as told:
            extraction(world)
        assert told.value.found == "rows of the truth that are not those of the exchanges"


def test_a_world_without_campaigns_may_have_columns_without_a_type(world):
    nulls = {"exchange_id": pa.array(["x0"]).dictionary_encode(), "campaign": pa.nulls(1)}
    write(world / "truth_exchanges.parquet", nulls, nulls)
    write(world / "exchanges.parquet", columns_of(ROWS[:1]), ["exchange_id", "asked_at"])
    assert extraction(world) == []
    assert next(open_truth(world).exchanges()).to_pylist() == [{"exchange_id": "x0", "campaign": None}]


def test_no_instants_anywhere_are_told(world):
    (world / "exchanges.parquet").unlink()
    with pytest.raises(TruthUnreadable) as told:
        extraction(world)
    assert told.value.found == "no `asked_at`, neither here nor in Parquet exchanges of the world"


def test_an_extraction_exchange_without_an_instant_is_told(world):
    columns = columns_of(ROWS) | {"asked_at": pa.nulls(len(ROWS), pa.timestamp("us", "UTC"))}
    write(world / "exchanges.parquet", columns, ["exchange_id", "asked_at"])
    with pytest.raises(TruthUnreadable) as told:
        extraction(world)
    assert told.value.found == "exchanges without `asked_at`"


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ({"account_id": ["a"]}, "1. no column `campaign`; 2. no column `role`"),
        ({"account_id": [1], "campaign": ["ash"], "role": ["x"]}, "1. `account_id` is int64"),
        ({"account_id": ["a", None], "campaign": ["ash"] * 2, "role": ["x"] * 2}, "accounts without `account_id`"),
    ],
)
def test_all_faults_of_a_file_are_told_together(tmp_path, columns, found):
    path = tmp_path / "truth_accounts.parquet"
    write(path, columns, columns)
    with pytest.raises(TruthUnreadable) as told:
        open_truth(tmp_path)
    assert (told.value.where, told.value.found) == (str(path), found)


def test_what_is_not_there_or_damaged_is_told(world, tmp_path):
    with pytest.raises(TruthUnreadable, match="the truth of a world") as told:
        open_truth(tmp_path / "nowhere")
    assert told.value.found == "no such file"
    (world / "truth_exchanges.parquet").write_bytes(b"PAR1 and no more")
    for ask in (truths.Truth.exchanges_count, lambda truth: list(truth.exchanges()), lambda t: list(t.extraction())):
        with pytest.raises(TruthUnreadable, match="the truth of a world"):
            ask(open_truth(world))


def test_what_findings_say(tmp_path):
    rows = {"campaign_id": ["c-1", "c-1", None], "account_id": ["a1", None, "a2"], "other": [1, 2, 3]}
    write(tmp_path / "accounts.parquet", rows, rows)
    assert read_said(tmp_path) == [("c-1", "a1")]
    with pytest.raises(FindingsUnscorable, match="cannot be held against"):
        read_said(tmp_path / "nowhere")
