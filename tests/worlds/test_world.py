import json

import polars as pl
import pyarrow.parquet as pq
import pytest

from stillwatch.errors import StoryUnknown
from stillwatch.tables import EXCHANGES
from stillwatch.worlds import STORIES, make_world, world, write_world

FILES = ("exchanges.parquet", "truth_accounts.parquet", "truth_exchanges.parquet", "releases.json", "prices.json")


@pytest.mark.parametrize("name", STORIES)
def test_every_story_builds_with_a_consistent_truth(made, name):
    small = made(name, 0.25)
    EXCHANGES.check(small.exchanges, f"story {name}")
    assert small.exchanges["exchange_id"].equals(small.truth_exchanges["exchange_id"])
    accounts = {row["account_id"]: row for row in small.truth_accounts.to_pylist()}
    assert set(small.exchanges["account_id"].to_pylist()) == set(accounts)
    owners = small.exchanges["account_id"].to_pylist()
    for owner, campaign in zip(owners, small.truth_exchanges["campaign"].to_pylist(), strict=True):
        assert campaign in (None, accounts[owner]["campaign"])
    assert {row["campaign"] for row in accounts.values()} - {None} == {one.name for one in STORIES[name].campaigns}
    assert all((row["role"] == "fraud") == (row["campaign"] is not None) for row in accounts.values())


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    for folder in ("one", "two", "other"):
        write_world(make_world("small_hydra", scale=0.1, seed=2 if folder == "other" else 1), tmp_path / folder)
    for file in FILES:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    assert (tmp_path / "one" / FILES[0]).read_bytes() != (tmp_path / "other" / FILES[0]).read_bytes()


def test_a_larger_world_keeps_the_honest_accounts_of_a_smaller(made):
    small, large = (pl.from_arrow(made("carrier_nat", scale).exchanges) for scale in (0.1, 0.25))
    persons = pl.from_arrow(made("carrier_nat", 0.1).truth_accounts).filter(pl.col("role") == "person")
    kept = large.join(persons, on="account_id", how="semi").sort("exchange_id")
    assert kept.equals(small.join(persons, on="account_id", how="semi").sort("exchange_id"))


def test_a_written_world_reads_back(made, tmp_path):
    small = made("small_hydra", 0.25)
    write_world(small, tmp_path / "new" / "world")
    assert sorted(path.name for path in (tmp_path / "new" / "world").iterdir()) == sorted(FILES)
    for name in ("exchanges", "truth_accounts", "truth_exchanges"):
        read = pq.read_table(tmp_path / "new" / "world" / f"{name}.parquet")
        assert read.equals(getattr(small, name))
    releases = json.loads((tmp_path / "new" / "world" / "releases.json").read_text())
    assert releases == [{"model": "lantern-4", "time": "2026-02-10T17:00:00.000000Z"}]


def test_a_failed_write_leaves_the_old_file_and_no_other(made, tmp_path, monkeypatch):
    small = made("small_hydra", 0.25)
    write_world(small, tmp_path)
    before = (tmp_path / "exchanges.parquet").read_bytes()

    def full(*_args, **_settings):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(world.pq, "write_table", full)
    with pytest.raises(OSError, match="No space"):
        write_world(small, tmp_path)
    assert (tmp_path / "exchanges.parquet").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == len(FILES)


def test_an_unknown_story_is_named_with_the_known_ones():
    with pytest.raises(StoryUnknown, match="no story has the name") as caught:
        make_world("spring")
    assert "february" in caught.value.needed


@pytest.mark.parametrize("name", ["classic", "relay"])
def test_the_layout_is_that_of_the_shared_worlds(made, name, pytestconfig):
    shared = pytestconfig.rootpath.parent / "shared" / "worlds" / name
    if not shared.exists():
        pytest.skip("the shared worlds are not beside the repository")
    ours = made("small_relay", 0.25)
    for table in ("truth_accounts", "truth_exchanges"):
        assert pl.read_parquet_schema(shared / f"{table}.parquet") == pl.from_arrow(getattr(ours, table)).schema
    theirs = pl.read_parquet_schema(shared / "exchanges.parquet")
    own = pl.from_arrow(ours.exchanges).schema
    assert {column: own[column] for column in theirs} == dict(theirs)
