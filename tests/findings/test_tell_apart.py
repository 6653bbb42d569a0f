import random

import pytest

from stillwatch.findings.tell_apart import tell_apart


def told(bench, rows, *, forwarding=False):
    """The exchanges told to be extraction, where the queue's accounts are the members and strangers the reference."""
    accounts = bench.show(rows).accounts.to_pylist()
    bench.name_accounts("members", [one for one in accounts if one.startswith("queue")])
    bench.name_accounts("honest", [one for one in accounts if one.startswith("stranger")])
    tell_apart(bench.engine, forwarding=forwarding)
    return set(bench.engine.sql("SELECT exchange_id FROM extraction")["exchange_id"].to_pylist())


@pytest.fixture(scope="module")
def crowd(small_world):
    return [*small_world.strangers(120)]


@pytest.mark.parametrize(("cover", "least"), [(0.0, 0.97), (0.5, 0.97), (0.9, 0.9)])
def test_extraction_is_told_from_cover(bench, small_world, crowd, cover, least):
    queue = [*small_world.queue(asked=80, cover=cover)]
    found = told(bench, [*crowd, *queue])
    truth = {row["exchange_id"] for row in queue if row["exchange_id"].startswith("harvest")}
    assert len(found & truth) / len(found) >= least
    assert len(found & truth) / len(truth) >= least


def test_all_of_a_campaign_that_forwards_is_extraction(bench, small_world, crowd):
    queue = [*small_world.queue(4, cover=0.5)]
    assert told(bench, [*crowd, *queue], forwarding=True) == {row["exchange_id"] for row in queue}


def test_nothing_of_strangers_is_taken(bench, small_world, crowd):
    queue = [*small_world.queue(6, cover=0.5)]
    assert told(bench, [*crowd, *queue]) <= {row["exchange_id"] for row in queue}


def test_the_order_of_rows_changes_nothing(bench, small_world, crowd):
    rows = [{"exchange_id": f"e{place}", **row} for place, row in enumerate([*crowd, *small_world.queue(8, cover=0.5)])]
    first = told(bench, rows)
    for seed in (1, 2):
        assert told(bench, random.Random(seed).sample(rows, len(rows))) == first


@pytest.mark.parametrize("columns", [("intent",), ("opening_digest",), ("history_digests", "turn"), ("words_count",)])
def test_it_holds_without_a_column(bench, small_world, crowd, columns):
    queue = [*small_world.queue(cover=0.5)]
    rows = [{name: value for name, value in row.items() if name not in columns} for row in [*crowd, *queue]]
    truth = {row["exchange_id"] for row in queue if row["exchange_id"].startswith("harvest")}
    found = told(bench, rows)
    assert len(found & truth) / len(found) >= 0.9
    assert len(found & truth) / len(truth) >= 0.9
