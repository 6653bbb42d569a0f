import hashlib

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


def own(engine, table="campaign_openings"):
    return {row["digest"]: row["level"] for row in engine.sql(f"FROM {table}").to_pylist()}


def test_what_two_members_share_has_a_level_by_how_rare_it_is_among_the_honest(read):
    rows = [
        *(row for who in ("m1", "m2") for row in asked(who, 40, opening_digest=1)),
        *asked("m1", 20, opening_digest=2),  # a single member's
        *(row for who in ("m1", "m2") for row in asked(who, 10, opening_digest=3)),
        *asked("h1", 39, opening_digest=3), *asked("h1", 361),
    ]  # fmt: skip
    # 80 of 120 against none of 400, to which one is added; 20 of 120 against 39 of 400
    assert own(read(rows)) == {1: 5, 3: 1}


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
    assert engine.sql("FROM campaign_openings").to_pylist() == [{"campaign": 1, "digest": 2, "level": 5}]


def test_nobody_is_honest(read):
    assert own(read([row for who in ("m1", "m2") for row in asked(who, 3, opening_digest=1)])) == {1: 1}


def test_a_sample_is_as_large_as_it_should_be_and_the_same_in_any_order(bench):
    names = [f"e{number}" for number in range(20_000)]
    bench.engine.name("sampled_from", pa.table({"exchange_id": names}))
    kept = bench.engine.sql(f"SELECT exchange_id FROM sampled_from WHERE {sampled('exchange_id', 20_000, 5_000)}")
    assert len(kept) == pytest.approx(5_000, rel=0.05)
    limit = f"{16**8 // 4:08x}"
    assert set(kept["exchange_id"].to_pylist()) == {
        one for one in names if hashlib.md5(one.encode(), usedforsecurity=False).hexdigest() < limit
    }
