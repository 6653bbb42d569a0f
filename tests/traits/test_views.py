import pytest

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
