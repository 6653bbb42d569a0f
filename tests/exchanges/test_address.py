import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.exchanges.address import one_spelling


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("::FFFF:cb00:7107", "203.0.113.7"),
        ("2001:DB8::1", "2001:db8::1"),
        ("2001:0db8:0:0:0:0:0:1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1%eth0"),
        ("203.0.113.7:443", "203.0.113.7"),
        ("[2001:DB8::1]:443", "2001:db8::1"),
        ("[::ffff:203.0.113.7]:80", "203.0.113.7"),
        ("203.0.113.7:https", "203.0.113.7:https"),
        ("a.example:443", "a.example:443"),
        ("[a]:443", "[a]:443"),
        ("no address: at all", None),
        ("no address", None),
        ("unknown", "unknown"),
        ("203.0.113.0/24", "203.0.113.0/24"),
        ("sha256:77aa", "sha256:77aa"),
        (" 203.0.113.7 ", "203.0.113.7"),
        (" unknown ", "unknown"),
        (" ", None),
        ("\tunknown\t", "\tunknown\t"),
        ("93.254.213.206, 10.0.0.216", "93.254.213.206"),
        ("93.254.213.206,10.0.0.216,10.0.0.1", "93.254.213.206"),
        ("93.254.213.206:443, 10.0.0.216", "93.254.213.206"),
        ("2001:DB8::1 ,::ffff:10.0.0.1", "2001:db8::1"),
        ("[2001:DB8::1]:443, 10.0.0.216", "2001:db8::1"),
        ("::ffff:203.0.113.7, 10.0.0.216", "203.0.113.7"),
        ("fe80::1%eth0, 10.0.0.216", "fe80::1%eth0"),
        ("unknown, 10.0.0.216", None),
        (", 10.0.0.216", None),
        (",", None),
        ("a\0:b", "a\0:b"),
        ("é:", "é:"),
        (None, None),
    ],
)
def test_an_address_has_one_spelling(written, spelled):
    column = pa.array([written, "::1", written])
    assert one_spelling(column).to_pylist() == [spelled, "::1", spelled]


@given(st.ip_addresses(v=6).filter(lambda address: int(address) >> 48))
def test_spelling_is_that_of_the_standard_library(address):
    written = pa.array([address.exploded, str(address).upper()])
    assert one_spelling(written).to_pylist() == [str(address)] * 2


def test_a_list_or_text_is_told_without_a_colon_in_the_column():
    assert one_spelling(pa.array(["203.0.113.7,10.0.0.1", None, "a"])).to_pylist() == ["203.0.113.7", None, "a"]
    assert one_spelling(pa.array(["\tunknown\t"])).to_pylist() == ["\tunknown\t"]
    assert one_spelling(pa.array(["no address", "203.0.113.7"])).to_pylist() == [None, "203.0.113.7"]


def test_a_column_that_is_spelled_well_is_not_copied():
    column = pa.array(["203.0.113.7", None])
    assert one_spelling(column) is column
    assert one_spelling(pa.array([], pa.string())).to_pylist() == []
