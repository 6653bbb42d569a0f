import random
from collections import Counter

import pyarrow as pa
import pytest

from stillwatch.findings.tell_apart import tell_apart


@pytest.fixture
def told(bench):
    """The exchanges told to be extraction, where the queue's accounts are the members and the others the reference."""

    def tell(world, marks=None, *, forwarding=False):
        bench.show(world.marks if marks is None else marks)
        bench.name_accounts("members", world.of("queue"))
        bench.name_accounts("honest", world.of("person", "developer"))
        tell_apart(bench.engine, forwarding=forwarding)
        return set(bench.engine.sql("SELECT exchange_id FROM extraction")["exchange_id"].to_pylist())

    return tell


@pytest.fixture(scope="module")
def among(small_world):
    """A job queue in a crowd of 120."""

    def make(seed=1, **queue):
        return small_world.made(*small_world.strangers(120), small_world.Queue(**queue), seed=seed)

    return make


def shares(found, truth):
    """Precision and recall."""
    return len(found & truth) / len(found), len(found & truth) / len(truth)


@pytest.mark.parametrize(
    ("cover", "seed", "least"),
    [(0.0, 1, 0.97), (0.3, 1, 0.97), (0.3, 2, 0.97), (0.5, 6, 0.97), (0.9, 1, 0.9), (0.9, 2, 0.9)],
)
def test_extraction_is_told_from_cover(told, among, cover, seed, least):
    world = among(seed, asked=80 if cover > 0.5 else 40, cover=cover)
    assert min(shares(told(world), world.extraction("queue"))) >= least


@pytest.mark.parametrize("cover", [0.5, 0.9])
def test_extraction_is_not_missed_in_much_cover(told, among, cover):
    world = among(asked=80, cover=cover)
    assert shares(told(world), world.extraction("queue"))[1] >= 0.95


def test_all_of_a_campaign_that_forwards_is_extraction(told, among):
    world = among(accounts=4, cover=0.5)
    assert told(world, forwarding=True) == world.asked_by("queue") > world.extraction("queue")


@pytest.mark.parametrize(("cover", "least"), [(0.0, 0.97), (0.4, 0.9)])
def test_a_campaign_of_one_is_told_by_what_it_repeats(told, among, bench, cover, least):
    """It shares with nobody; what it fills again and again and nobody else does is its own."""
    world = among(accounts=1, asked=1_500, cover=cover)
    truth = world.extraction("queue")
    assert min(shares(told(world), truth)) >= least
    filled = Counter(row["opening_digest"] for row in world.rows if row["exchange_id"] in truth)
    own = set(bench.engine.sql("FROM campaign_openings")["digest"].to_pylist())
    assert own >= {digest for digest, count in filled.items() if digest and count >= 50}
    assert sum(filled[digest] for digest in own) > 0.9 * sum(filled.values())


def test_nothing_of_strangers_is_taken(told, among):
    world = among(accounts=6, cover=0.5)
    assert told(world) <= world.asked_by("queue")


def test_the_order_of_rows_changes_nothing(told, among):
    world = among(accounts=8, cover=0.5)
    first, places = told(world), range(len(world.marks))
    for seed in (1, 2):
        shuffled = world.marks.take(pa.array(random.Random(seed).sample(places, len(places))))
        assert told(world, shuffled) == first


@pytest.mark.parametrize("columns", [("intent",), ("opening_digest",), ("history_digests", "turn"), ("words_count",)])
def test_it_holds_without_a_column(told, among, small_world, columns):
    world = among(cover=0.3)
    assert min(shares(told(world, small_world.without(world.marks, columns)), world.extraction("queue"))) >= 0.9
