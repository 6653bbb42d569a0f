import random
from collections import Counter

import pyarrow as pa
import pytest

from stillwatch.findings.own_marks import sample_honest
from stillwatch.findings.tell_apart import tell_apart


@pytest.fixture
def told(bench):
    """The exchanges told to be extraction, where the queue's accounts are the members and the others the reference."""

    def tell(world, marks=None, *, forwarding=False):
        bench.show(world.marks if marks is None else marks)
        bench.name_members(world.of("queue"))
        bench.name_accounts("honest", world.of("person", "developer"))
        sample_honest(bench.engine)
        tell_apart(bench.engine, forwarding=[0] if forwarding else [])
        return taken(bench)

    return tell


def taken(bench, campaign=0):
    rows = bench.engine.sql(f"SELECT exchange_id FROM told_apart WHERE is_taken AND campaign = {campaign}")
    return set(rows["exchange_id"].to_pylist())


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


def test_campaigns_are_told_apart_each_by_itself(told, bench, small_world):
    """One that words its own prompts, one that passes others' on: together they are told as each alone."""
    world = small_world.made(*small_world.strangers(120), small_world.Queue(cover=0.3), small_world.Relay())
    alone = told(world)
    bench.name_members(world.of("relay"), world.of("queue"))
    tell_apart(bench.engine, forwarding=[0])
    assert taken(bench, 1) == alone
    assert taken(bench, 0) == world.asked_by("relay")


def test_what_is_learned_from_a_sample_tells_as_well(told, among, monkeypatch):
    world = among(cover=0.3)
    monkeypatch.setattr("stillwatch.findings.tell_apart._MOST_LEARNED", 300)
    assert min(shares(told(world), world.extraction("queue"))) >= 0.9


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
