import hashlib

import pyarrow as pa
import pytest

from stillwatch.findings.own_marks import FEATURES, described, keep_own_marks, read_members, sample_honest, sampled


@pytest.fixture
def read(bench, small_world):
    """Reads rows as the exchanges of members `m...` and of honest accounts `h...`, and keeps what is their own."""

    def reads(rows):
        engine = bench.engine
        marks = small_world.rows_of(rows)
        bench.show(marks)
        for table, letter in (("members", "m"), ("honest", "h")):
            names = {row["account_id"] for row in rows if row["account_id"].startswith(letter)}
            bench.name_accounts(table, sorted(names))
        sample_honest(engine)
        read_members(engine)
        keep_own_marks(engine)
        engine.keep("beginnings", "SELECT prefix FROM member_exchange WHERE false")
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
    engine = read(rows)
    seen = engine.sql(
        f"SELECT DISTINCT * FROM ({described('member_exchange', 'account_id')}) ORDER BY later, account_id"
    )
    ours = {"later": 0, "wording": 6, "repeated": 2, "tools": 2, "intent": "coding", "words": 5, "seeded": 1}
    last = {"later": 1, "wording": 0, "repeated": 0, "tools": 1, "intent": "", "words": 0, "seeded": 0}
    assert seen.to_pylist() == [{"account_id": "m1"} | ours, {"account_id": "m2"} | ours, {"account_id": "m1"} | last]
    assert set(FEATURES) == set(ours) - {"seeded"}


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
