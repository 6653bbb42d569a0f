import pytest

from stillwatch.log_errors import SharedIds
from stillwatch.traits.registry import all_traits
from stillwatch.traits.views import is_of_contacts, view_for


@pytest.mark.parametrize(
    ("read", "joined"),
    [
        ("ip", ()),
        ("wording_family", ("families",)),
        ("CASE WHEN asked >= released THEN model END", ("releases",)),
        ("address_range || domain_kind", ("address_ranges", "disposable_domains")),
    ],
)
def test_only_what_is_read_is_joined(read, joined):
    view = view_for(read)
    lists = ("families", "releases", "address_ranges", "disposable_domains")
    assert tuple(one for one in lists if one in view) == joined


def test_what_contacts_show_is_told_from_what_exchanges_show():
    told = {one.name: is_of_contacts(one.value) for one in all_traits()}
    assert told["address"]
    assert told["client stack"]
    assert told["hosting range"]
    assert not told["opening template"]
    assert not told["early adoption"]


def test_contacts_count_each_exchange_once(shelf):
    shelf.show([{"ip": "a"}, {"ip": "a"}, {"ip": "b"}, {"account_id": "b"}, {"exchange_id": "e0", "ip": "c"}])
    rows = shelf.engine.sql("SELECT account_id, ip, exchanges_count AS n FROM contacts ORDER BY ALL").to_pylist()
    assert [tuple(row.values()) for row in rows] == [("a", "a", 2), ("a", "b", 1), ("b", None, 1)]


def rows_of(repeated, others=100, account="b"):
    """Rows of account `a` with ids of their own, then others that repeat the first of these ids."""
    own = [{"exchange_id": f"e{place}"} for place in range(others)]
    return [*own, *({"exchange_id": "e0", "account_id": account} for _ in range(repeated))]


def test_an_id_that_several_accounts_share_is_refused_where_it_costs_many_rows(shelf):
    shelf.show(rows_of(repeated=5))
    assert shelf.repeated == 5
    with pytest.raises(SharedIds) as caught:
        shelf.show(rows_of(repeated=6))
    assert caught.value.found == "6 of 106 rows repeat an id of another account, such as `e0`"


def test_rows_that_come_twice_under_their_account_are_counted_once_however_many(shelf):
    shelf.show(rows_of(repeated=300, account="a"))
    assert shelf.repeated == 300
    shelf.show([*rows_of(repeated=300, account="a"), *rows_of(repeated=5, others=0)])
    assert shelf.repeated == 305


def test_the_id_that_costs_most_is_the_example(shelf):
    twice = [{"exchange_id": f"e{place}", "account_id": account} for place in range(4) for account in "ab"]
    with pytest.raises(SharedIds, match="5 of 9 rows repeat an id of another account, such as `e3`"):
        shelf.show([*twice, {"exchange_id": "e3", "account_id": "c"}])


def test_whoever_shows_an_id_first_holds_it(shelf):
    first, second = ({"exchange_id": "e", "account_id": account} for account in "ab")
    rows = [first, *[second] * 3, *({"exchange_id": f"x{place}"} for place in range(50))]
    with pytest.raises(SharedIds, match="3 of 54 rows"):
        shelf.show(rows)
    shelf.show([second, second, second, first, *rows[4:]])
    assert shelf.repeated == 3
