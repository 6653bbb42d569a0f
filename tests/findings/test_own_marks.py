import hashlib

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.findings.own_marks import described, keep_own_marks, kind_parts, sample_honest, sampled, show_members
from stillwatch.marks.intents import INTENTS


@pytest.fixture
def read(bench, small_world):
    """Reads rows as the exchanges of members `m...` and of honest accounts `h...`, and keeps what is their own."""

    def reads(rows):
        engine = bench.engine
        marks = small_world.rows_of(rows)
        bench.show(marks)
        members, honest = (sorted({row["account_id"] for row in rows if row["account_id"][0] == one}) for one in "mh")
        bench.name_members(members)
        bench.name_accounts("honest", honest)
        sample_honest(engine)
        show_members(engine)
        keep_own_marks(engine)
        return engine

    return reads


def asked(account, times, **shown):
    return [{"account_id": account, **shown}] * times


def own(engine, level="level"):
    rows = engine.sql(f"SELECT digest, {level} AS level FROM campaign_openings WHERE {level} IS NOT NULL")
    return {row["digest"]: row["level"] for row in rows.to_pylist()}


def test_what_two_members_share_has_a_level_by_how_rare_it_is_among_the_honest(read):
    rows = [
        *(row for who in ("m1", "m2") for row in asked(who, 40, opening_digest=1)),
        *asked("m1", 20, opening_digest=2),  # a single member's
        *(row for who in ("m1", "m2") for row in asked(who, 10, opening_digest=3)),
        *asked("h1", 39, opening_digest=3), *asked("h1", 361),
    ]  # fmt: skip
    # besides itself 79 of 120 against none of 400, to which one is added; 19 of 120 against 39 of 400
    assert own(read(rows)) == {1: 5, 3: 1}


def test_an_exchange_of_the_honest_is_described_as_one_of_a_member(read):
    """What an exchange shares it shares with others: a member's with another's, an honest one's with any member's."""
    rows = [
        *asked("m1", 20, opening_digest=2), *asked("m1", 5, opening_digest=3), *asked("m2", 75, opening_digest=3),
        *asked("m2", 20, opening_digest=4), *asked("m1", 5, opening_digest=5), *asked("m2", 5, opening_digest=5),
        *(asked("h1", 1, opening_digest=value)[0] for value in (2, 3, 6)), *asked("h1", 397),
    ]  # fmt: skip
    engine = read(rows)
    assert own(engine) == {3: 4, 5: 3}  # 79 of 130 against one of 400 and one more; 9 against that one
    assert own(engine, "honest_level") == {2: 3, 3: 4}  # 20 of 130 against one of 400; 80


def test_cover_shares_as_much_as_the_honest_do(read):
    """Members and honest accounts who ask alike, of two thousand openings: both are then of the kinds as often."""
    rng = np.random.default_rng(3)
    rows = [
        {"account_id": f"{side}{number}", "opening_digest": int(value)}
        for side, count in (("m", 40), ("h", 100)) for number in range(count) for value in rng.integers(1, 2001, 40)
    ]  # fmt: skip
    engine = read(rows)
    members, honest = (
        engine.sql(f"SELECT kind, count(*) AS n FROM ({described(exchanges, 'wanted', level)}) GROUP BY kind")
        for exchanges, level in (
            ("(SELECT *, 1 AS opens FROM member_exchange)", "level"),
            ("(SELECT *, 0 AS campaign, 1 AS opens FROM honest_exchange)", "honest_level"),
        )
    )
    shares = [
        np.bincount(kind_parts(one["kind"].to_numpy())["wording"], one["n"].to_numpy(), 7) / sum(one["n"].to_pylist())
        for one in (members, honest)
    ]
    assert shares[0] == pytest.approx(shares[1], abs=0.05)
    assert shares[0][0] < 0.9, "and many are shared"


@pytest.mark.parametrize(("times", "kept"), [(4, {}), (5, {1: 5})])
def test_a_campaign_of_one_owns_what_it_uses_again_and_again(read, times, kept):
    assert own(read([*asked("m1", times, opening_digest=1), *asked("h1", 400)])) == kept


def test_exchanges_are_described_without_nulls(read):
    rows = [
        *(row for who in ("m1", "m2") for row in asked(
            who, 3, opening_digest=1, prompt_digest=7, tools_digest=9, intent="coding", words_count=31)),
        *asked("m1", 1, tools_digest=8, turn=2), *asked("h1", 1000),
    ]  # fmt: skip
    exchanges = "(SELECT *, CASE WHEN continues THEN 0 ELSE 1 END AS opens FROM member_exchange)"
    seen = read(rows).sql(f"SELECT DISTINCT * FROM ({described(exchanges, 'member')}) ORDER BY seeded DESC, member")
    coding = INTENTS.index("coding") + 1
    ours = {"campaign": 0, "later": 0, "wording": 6, "repeated": 2, "tools": 2, "wanted": coding, "words": 5}
    last = {"campaign": 0, "later": 1, "wording": 0, "repeated": 0, "tools": 1, "wanted": 0, "words": 0}
    assert [one.tolist() for one in (seen["member"].to_numpy(), seen["seeded"].to_numpy(zero_copy_only=False))] == [
        [1, 2, 1], [True, True, False],
    ]  # fmt: skip
    parts = kind_parts(seen["kind"].to_numpy())
    assert [{name: int(part[at]) for name, part in parts.items()} for at in range(3)] == [ours, ours, last]


def test_what_is_shared_between_campaigns_is_of_neither(read, bench):
    rows = [
        *(row for who in ("m1", "m3") for row in asked(who, 9, opening_digest=1)),
        *(row for who in ("m3", "m4") for row in asked(who, 9, opening_digest=2)), *asked("m2", 9), *asked("h1", 1000),
    ]  # fmt: skip
    engine = read(rows)
    assert own(engine) == {1: 5, 2: 5}
    bench.name_members(["m1", "m2"], ["m3", "m4"])
    show_members(engine)
    keep_own_marks(engine)
    assert engine.sql("SELECT campaign, digest, level FROM campaign_openings").to_pylist() == [
        {"campaign": 1, "digest": 2, "level": 5}
    ]


def test_nobody_is_honest(read):
    """Five of the six others against the one that is added to nothing."""
    assert own(read([row for who in ("m1", "m2") for row in asked(who, 3, opening_digest=1)])) == {1: 0}


def test_a_sample_is_as_large_as_it_should_be_and_the_same_in_any_order(bench):
    names = [f"e{number}" for number in range(20_000)]
    bench.engine.name("sampled_from", pa.table({"exchange_id": names}))
    kept = bench.engine.sql(f"SELECT exchange_id FROM sampled_from WHERE {sampled('exchange_id', 20_000, 5_000)}")
    assert len(kept) == pytest.approx(5_000, rel=0.05)
    limit = f"{16**8 // 4:08x}"
    assert set(kept["exchange_id"].to_pylist()) == {
        one for one in names if hashlib.md5(one.encode(), usedforsecurity=False).hexdigest() < limit
    }
