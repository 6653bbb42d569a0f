from collections import Counter

import pytest

from stillwatch.tables import PROFILES, SHOWN_TRAITS, TRAITS
from stillwatch.traits.find import find_traits
from stillwatch.traits.registry import all_traits
from stillwatch.traits.shared import COUNTS, Named, find_shared_traits
from stillwatch.traits.views import is_of_contacts


def shown_by(rows, trait):
    """What each account shows of a trait, from rows of every day."""
    asked = Counter()
    for row in rows:
        if row["trait"] == trait.name:
            asked[row["account_id"], row["value"]] += row["exchanges_count"]
    return {pair: count for pair, count in asked.items() if count >= trait.least_exchanges}


@pytest.fixture
def found(shelf, crowd):
    """The rows of every day, the shared rows with one wanted value, how many are shown, and the profiles of both."""
    rows, lists = crowd
    shelf.show(rows, **lists)
    find_traits(shelf.engine)
    daily, profiles = (shelf.engine.sql(f"FROM {one.name}").cast(one.schema) for one in (TRAITS, PROFILES))
    daily = daily.to_pylist()
    alone = next(row for row in daily if row["trait"] == "conversation id" and row["exchanges_count"] == 1)
    find_shared_traits(shelf.engine, [Named("conversation id", alone["value"]), Named("address", "10.9.9.9")])
    shared, again = (shelf.engine.sql(f"FROM {one.name}").cast(one.schema) for one in (SHOWN_TRAITS, PROFILES))
    SHOWN_TRAITS.check(shared, "find_shared_traits")
    assert sorted(map(repr, again.to_pylist())) == sorted(map(repr, profiles.to_pylist()))
    return daily, shared.to_pylist(), shelf.engine.sql(f"FROM {COUNTS}").to_pylist(), alone


def test_what_several_accounts_show_is_that_of_all_days(found):
    daily, shared, _, alone = found
    for trait in all_traits():
        shown = shown_by(daily, trait)
        given = {
            (row["account_id"], row["value"]): row["exchanges_count"] for row in shared if row["trait"] == trait.name
        }
        assert given.items() <= shown.items()
        holders = Counter(value for _, value in shown)
        missing = {pair for pair in shown if pair not in given}
        assert all(holders[value] == 1 for _, value in missing)
        assert not missing or not is_of_contacts(trait.value)
    assert any((row["trait"], row["value"]) == ("conversation id", alone["value"]) for row in shared)


def test_the_first_and_the_last_exchange_are_those_of_all_days(found):
    daily, shared, _, _ = found
    for row in shared:
        days = [one for one in daily if all(one[name] == row[name] for name in ("account_id", "trait", "value"))]
        first = min(days, key=lambda one: (one["first_seen_at"], one["example_exchange_id"]))
        assert (row["first_seen_at"], row["example_exchange_id"]) == (
            first["first_seen_at"], first["example_exchange_id"],
        )  # fmt: skip
        assert row["last_seen_at"] == max(one["last_seen_at"] for one in days)


def test_values_of_one_account_alone_are_counted(found):
    daily, _, counts, _ = found
    wanted = Counter()
    for trait in all_traits():
        wanted.update((trait.name, account) for account, _ in shown_by(daily, trait))
    assert {(row["trait"], row["account_id"]): row["shown"] for row in counts} == wanted


def test_no_exchanges_show_nothing(shelf):
    shelf.show([])
    find_shared_traits(shelf.engine, ())
    assert [shelf.engine.sql(f"FROM {name}").num_rows for name in ("traits", COUNTS, "profiles")] == [0, 0, 0]
