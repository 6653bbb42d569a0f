from datetime import timedelta

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stillwatch.columns import INSTANT
from stillwatch.marks.intents import INTENTS
from stillwatch.tables import EXCHANGES, MARKS, PROFILES, TRAITS
from stillwatch.traits.find import blind_traits, find_traits, intent_names, sees_too_little, shown_columns
from stillwatch.traits.registry import all_traits, listed_traits

DIFFERENT = {
    "payment_hash": ("x", None), "output_tokens": (1, 2), "temperature": (0.5, 0.7),
    "history_digests": ([1], [1, 2]), "wording_vector": (bytes(32), bytes([1] * 32)),
    "meaning_vector": (bytes(64), None),
    "wording_sketch": (bytes(64), None), "finish_reason": ("stop", "length"),
    "words_count": (None, 3), "has_image": (True, False),
}  # fmt: skip


@pytest.mark.parametrize("name", DIFFERENT)
def test_of_two_rows_with_one_id_the_same_stays_in_any_order(name, shelf):
    rows = [{"exchange_id": "e", "asked_at": 0, name: value} for value in DIFFERENT[name]]
    views = [pq.read_table(shelf.show(given)).to_pylist() for given in (rows, rows[::-1])]
    assert shelf.repeated == 1
    assert views[0] == views[1]
    assert len(views[0]) == 1


def test_of_two_accounts_with_one_id_the_same_stays_in_any_order(shelf):
    rows = [{"exchange_id": "e", "asked_at": 0, "account_id": account} for account in "ab"]
    others = [{"exchange_id": f"x{place}"} for place in range(30)]
    views = [pq.read_table(shelf.show([*given, *others])).to_pylist() for given in (rows, rows[::-1])]
    assert [[one["account_id"] for one in view if one["exchange_id"] == "e"] for view in views] == [["a"], ["a"]]


def test_repeated_ids_are_counted_once_across_files(shelf, crowd, tmp_path):
    rows, lists = crowd
    known = pq.read_table(shelf.show(rows, **lists)).num_rows
    marks = pq.read_table(shelf.keep("FROM marks")).cast(MARKS.schema)
    for name, part in [("0", marks), ("1", marks.slice(7, 30)), ("2", marks.slice(20, 5))]:
        pq.write_table(part, tmp_path / f"{name}.parquet")
    assert pq.read_table(shelf.show(tmp_path, **lists)).num_rows == known
    assert shelf.repeated == 35


def test_a_model_released_twice_repeats_no_exchange(shelf, noon):
    releases = [("m", noon - timedelta(hours=1)), ("m", noon - timedelta(hours=2))]
    (row,) = pq.read_table(shelf.show([{"model": "m"}], releases=releases)).to_pylist()
    assert row["released"] == (noon - timedelta(hours=2)).replace(tzinfo=None)


def test_the_view_says_what_the_lists_say(shelf, noon):
    said = {
        "prompt_digest": 7,
        "model": "m",
        "ip": "192.0.2.1",
        "email_domain": "Mail.Example",
        "account_created_at": noon,
    }
    kept = shelf.show(
        [said, {}],
        families={7: 3}, releases={"m": noon}, ranges={"192.0.2.1": "192.0.2.0/24 (vpn)"}, domains=["mail.example"],
    )  # fmt: skip
    names = ["wording_family", "released", "address_range", "domain_kind", "created"]
    known, unknown = sorted(
        pq.read_table(kept, columns=["exchange_id", *names]).to_pylist(), key=lambda r: r["exchange_id"]
    )
    moment = noon.replace(tzinfo=None)
    assert [known[name] for name in names] == [3, moment, "192.0.2.0/24 (vpn)", "disposable", moment]
    assert [unknown[name] for name in names] == [None] * 5


def found(shelf, rows, **lists):
    """The tables that `find_traits` keeps of the exchanges, as declared up to the zone of times and fixed lengths."""
    shelf.show(rows, **lists)
    find_traits(shelf.engine)
    return tuple(shelf.engine.sql(f"FROM {table.name}").cast(table.schema) for table in (TRAITS, PROFILES))


def test_all_traits_stand_in_one_table(shelf, crowd):
    rows, lists = crowd
    traits, profiles = found(shelf, rows, **lists)
    view = shelf.keep("FROM exchange")
    apart = [row for trait in all_traits() for row in shelf.rows(trait, view).cast(TRAITS.schema).to_pylist()]
    assert sorted(map(repr, traits.to_pylist())) == sorted(map(repr, apart))
    TRAITS.check(traits, "find_traits")
    PROFILES.check(profiles, "find_traits")


def test_no_exchanges_give_empty_tables(shelf):
    assert [len(table) for table in found(shelf, [])] == [0, 0]


def maybe(values):
    return st.none() | values


@st.composite
def exchanges(draw):
    row = {
        "account_id": draw(st.sampled_from("abc")),
        "asked_at": draw(st.integers(-(10**6), 2 * 86_400_000_000 + 10**6)),
        "history_digests": draw(maybe(st.lists(st.integers(0, 3), max_size=2))),
        "turn": draw(maybe(st.integers(0, 2))),
        "intent": draw(maybe(st.sampled_from(INTENTS))),
        "wording_vector": draw(maybe(st.integers(-128, 127).map(lambda i: bytes([i % 256, *range(31)])))),
        "meaning_vector": draw(maybe(st.integers(-128, 127).map(lambda i: bytes([*range(63), i % 256])))),
    }
    return row | {
        name: draw(maybe(st.integers(0, 2**40))) for name in ("input_tokens", "output_tokens", "reasoning_tokens")
    }


SEVERAL = st.lists(exchanges(), min_size=1, max_size=40)


def total(values):
    """The sum of what is known; null where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def numbers(vector, width):
    """The signed bytes of a vector; nulls for none."""
    return [None] * width if vector is None else [byte - 256 * (byte > 127) for byte in vector]


def counted(rows):
    """The profiles of exchanges, by counting."""
    days = {}
    for row in rows:
        days.setdefault((row["account_id"], row["asked_at"] // 86_400_000_000), []).append(row)
    return {key: profile(of_day) for key, of_day in days.items()}


def profile(rows):
    known = [row for row in rows if row["history_digests"] is not None or row["turn"] is not None]
    hours = [row["asked_at"] // 3_600_000_000 % 24 for row in rows]
    vectors = [numbers(row["wording_vector"], 32) for row in rows]
    meanings = [numbers(row["meaning_vector"], 64) for row in rows]
    return {
        "exchanges_count": len(rows),
        "standalone_count": sum(not row["history_digests"] and not row["turn"] for row in known) if known else None,
        "hours": [hours.count(hour) for hour in range(24)],
        "intent_counts": [sum(row["intent"] == intent for row in rows) for intent in INTENTS],
        "wording_sum": [total(column) for column in zip(*vectors, strict=True)],
        "meaning_sum": [total(column) for column in zip(*meanings, strict=True)],
        "first_seen_at": min(row["asked_at"] for row in rows),
        "last_seen_at": max(row["asked_at"] for row in rows),
    } | {name: total(row[name] for row in rows) for name in ("input_tokens", "output_tokens", "reasoning_tokens")}


def plain(table):
    """Profiles as `counted` gives them, times as microseconds since 1970."""
    for place, field in enumerate(table.schema):
        if field.type == INSTANT:
            table = table.set_column(place, field.name, table[field.name].cast("int64"))
    days = table["day"].cast("int32").to_pylist()
    rows = table.drop_columns(["account_id", "day"]).to_pylist()
    return dict(zip(zip(table["account_id"].to_pylist(), days, strict=True), rows, strict=True))


@settings(max_examples=10)
@given(rows=SEVERAL)
def test_profiles_are_what_counting_gives(rows, shelf):
    profiles = plain(found(shelf, rows)[1])
    assert profiles == counted(rows)


def test_what_may_continue_a_conversation_is_not_counted_as_standing_alone(shelf):
    rows = [{"history_digests": []}, {"turn": 0}, {"turn": 1}, {}, {}, {"account_id": "b"}]
    profiles = found(shelf, rows)[1].sort_by("account_id")
    assert profiles["standalone_count"].to_pylist() == [2, None]


@settings(max_examples=5)
@given(rows=SEVERAL, some=st.sets(st.integers(0, 2)))
def test_days_add_up(rows, some, shelf):
    rows = [row | {"exchange_id": str(place)} for place, row in enumerate(rows)]
    parts = [[row for row in rows if (row["asked_at"] // 86_400_000_000 in some) is chosen] for chosen in (True, False)]
    together, *apart = ([sorted(map(repr, t.to_pylist())) for t in found(shelf, some)] for some in (rows, *parts))
    assert together == [sorted(one + other) for one, other in zip(*apart, strict=True)]


def test_intents_are_those_of_the_marks():
    assert intent_names() == INTENTS


SHOWN = [
    ([], set(), "no exchanges"),
    ([{}], {"asked_at"}, "bare exchanges"),
    ([{}, {"ip": "192.0.2.1"}], {"asked_at", "ip"}, "one value is enough"),
    ([{"prompt_digest": 1}], {"asked_at", "prompt_text"}, "a prompt is known by its digest"),
    ([{"system_digest": 1, "tools_digest": 2}], {"asked_at", "system_text", "tools_offered"}, "so are these"),
    ([{"signature_digests": [1]}], {"asked_at", "reasoning_signatures"}, "and signed reasoning"),
    ([{"signature_digests": [], "history_digests": []}], {"asked_at"}, "empty lists show nothing"),
    ([{"history_digests": [1]}], {"asked_at", "history_digests"}, "an earlier prefix"),
    ([{"country": "NO", "language": "en"}], {"asked_at"}, "what no trait reads"),
]


@pytest.mark.parametrize(("rows", "names", "why"), SHOWN)
def test_columns_that_hold_a_value_are_shown(rows, names, why, shelf):
    shelf.show(rows)
    assert shown_columns(shelf.engine) == names, why


def test_the_crowd_blinds_no_trait(shelf, crowd):
    rows, lists = crowd
    shelf.show(rows, **lists)
    assert blind_traits(shown_columns(shelf.engine) | {"address_range", "domain_kind", "released"}) == ()


BLIND = {
    "address": None, "daily rhythm": None, "client stack": "user_agent", "hosting range": "address_range",
    "early adoption": "released", "disposable domain": "email_domain, domain_kind",
}  # fmt: skip


def test_each_blind_trait_says_what_it_lacks():
    blind = dict(blind_traits(frozenset({"asked_at", "ip", "ja4", "model"})))
    assert {name: blind.get(name) for name in BLIND} == BLIND


def test_without_columns_all_are_blind_and_with_all_none():
    everything = frozenset(EXCHANGES.names) | {"address_range", "domain_kind", "released"}
    assert blind_traits(everything) == ()
    assert [name for name, _ in blind_traits(frozenset())] == [one.name for one in listed_traits()]


def test_too_little_is_seen_where_fewer_families_see_than_must_speak():
    no_addresses = [one.name for one in listed_traits() if one.family != "timing" and one.name != "address"]
    assert not sees_too_little([], 3)
    assert not sees_too_little(no_addresses, 2)
    assert sees_too_little([*no_addresses, "address"], 2)
    assert sees_too_little(no_addresses, 3)
