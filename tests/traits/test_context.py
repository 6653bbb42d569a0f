import ipaddress

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.errors import ListUnreadable
from stillwatch.tables import ADDRESS_RANGES, DISPOSABLE_DOMAINS
from stillwatch.traits.context import AddressRanges, label_addresses, read_domains, read_ranges

ROWS = [
    ("198.51.100.0/24", "datacenter"), ("198.51.100.64/26", "vpn"), ("198.51.100.70/32", "tor_exit"),
    ("203.0.113.9", "relay"), ("203.0.113.128/25", "vpn"), ("203.0.113.128/25", "datacenter"),
    ("2001:db8::/32", "datacenter"), ("2001:db8:5::/48", "vpn"), ("192.0.2.77/24", "relay"),
]  # fmt: skip
CASES = [
    ("198.51.100.7", "198.51.100.0/24 (datacenter)", "the only range that holds it"),
    ("198.51.100.65", "198.51.100.64/26 (vpn)", "a narrower range within it counts"),
    ("198.51.100.70", "198.51.100.70/32 (tor_exit)", "down to one address"),
    ("198.51.100.128", "198.51.100.0/24 (datacenter)", "just past the narrower one"),
    ("198.51.101.0", None, "just past the range"),
    ("203.0.113.9", "203.0.113.9/32 (relay)", "an address alone is a range of one"),
    ("203.0.113.200", "203.0.113.128/25 (datacenter, vpn)", "a range of two kinds"),
    ("192.0.2.5", "192.0.2.0/24 (relay)", "a range named by an address within it"),
    ("2001:db8:1::1", "2001:db8::/32 (datacenter)", "version 6"),
    ("2001:DB8:5:0::1", "2001:db8:5::/48 (vpn)", "nested, and written in another way"),
    ("2001:db9::1", None, "another network of version 6"),
    ("::ffff:198.51.100.65", "198.51.100.64/26 (vpn)", "version 4 written as version 6"),
    ("198.51.100", None, "no address"),
    ("", None, "nothing"),
]


def write(path, rows, names=("prefix", "kind")):
    if path.suffix == ".csv":
        lines = [",".join(names), *(",".join(str(value or "") for value in row) for row in rows)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    else:
        pq.write_table(pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows]), path)
    return path


@pytest.fixture(params=["csv", "parquet", "PARQUET"])
def listed(request, tmp_path):
    return lambda rows, names=("prefix", "kind"): write(tmp_path / f"ranges.{request.param}", rows, names)


@pytest.mark.parametrize("order", [1, -1])
def test_the_narrowest_range_wins(listed, order):
    ranges = read_ranges(listed(ROWS[::order]))
    assert {ip: ranges.label(ip) for ip, _, _ in CASES} == {ip: label for ip, label, _ in CASES}


def test_other_columns_and_spaces_do_not_matter(listed):
    rows = [("17", " 192.0.2.0/24 ", "vpn ", "a provider")]
    assert read_ranges(listed(rows, ("asn", "prefix", "kind", "provider"))).label("192.0.2.1") == "192.0.2.0/24 (vpn)"


def test_an_empty_list_holds_nothing(tmp_path):
    (tmp_path / "ranges.csv").write_text("prefix,kind\n")
    assert read_ranges(tmp_path / "ranges.csv").label("192.0.2.1") is None


NETWORKS = st.builds(
    lambda ip, length: ipaddress.ip_network((ip, length), strict=False),
    st.ip_addresses(v=4, network="198.51.0.0/16"), st.integers(8, 32),
) | st.builds(
    lambda ip, length: ipaddress.ip_network((ip, length), strict=False),
    st.ip_addresses(v=6, network="2001:db8::/32"), st.integers(16, 128),
)  # fmt: skip


@given(networks=st.lists(NETWORKS, max_size=12), place=st.integers(0, 11), step=st.integers(-1, 1))
def test_the_label_is_what_trying_every_range_gives(networks, place, step):
    near = networks[place % len(networks)] if networks else ipaddress.ip_network("192.0.2.0/24")
    ip = near.network_address + step
    held = [network for network in networks if network.version == ip.version and ip in network]
    narrowest = max(held, key=lambda network: network.prefixlen, default=None)
    wanted = narrowest and f"{narrowest} (vpn)"
    assert AddressRanges((network, "vpn") for network in networks).label(str(ip)) == wanted


def test_addresses_that_a_range_holds_are_a_declared_table(listed):
    ranges = read_ranges(listed(ROWS))
    table = label_addresses(["198.51.100.65", "8.8.8.8", "198.51.100.65"], ranges)
    ADDRESS_RANGES.check(table, "label_addresses")
    assert table.to_pylist() == [{"ip": "198.51.100.65", "address_range": "198.51.100.64/26 (vpn)"}]
    assert label_addresses(["198.51.100.65"], None).equals(ADDRESS_RANGES.empty())


TEXT = """\
# addresses that live ten minutes
Mail1.Example
mail2.example   # since May

  mail1.example
"""


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n"), "\ufeff" + TEXT])
def test_domains_are_read_once_each_in_lower_case(text, tmp_path):
    (tmp_path / "domains.txt").write_bytes(text.encode())
    table = read_domains(tmp_path / "domains.txt")
    DISPOSABLE_DOMAINS.check(table, "read_domains")
    assert table["domain"].to_pylist() == ["mail1.example", "mail2.example"]


def test_domains_from_parquet(tmp_path):
    rows = [("Mail2.Example", 4), (None, 5), (" mail1.example", 6), ("", 7)]
    table = read_domains(write(tmp_path / "domains.parquet", rows, ("domain", "rank")))
    assert table["domain"].to_pylist() == ["mail1.example", "mail2.example"]


def test_a_list_of_no_domains(tmp_path):
    (tmp_path / "domains.txt").write_text("# none yet\n")
    assert read_domains(tmp_path / "domains.txt").equals(DISPOSABLE_DOMAINS.empty())


BAD = [
    ("192.0.2.0/24", "vpn"),
    ("10.0.0.0/33", "vpn"),
    ("", "vpn"),
    ("192.0.2.0/24", ""),
    ("10", "vpn"),
    ("::g/8", "vpn"),
]
UNREADABLE = {
    "ranges_absent": (read_ranges, "absent.csv", None),
    "ranges_folder": (read_ranges, ".", None),
    "ranges_bad_rows": (read_ranges, "ranges.csv", [*BAD, ("300.0.0.1", "vpn"), ("x.example", "vpn")]),
    "ranges_bad_parquet_rows": (read_ranges, "ranges.parquet", [("10.0.0.0/33", None), (None, "vpn")]),
    "ranges_other_columns": (read_ranges, "ranges.csv", b"cidr;kind\n192.0.2.0/24;vpn\n"),
    "ranges_no_prefix": (read_ranges, "ranges.csv", b"cidr,kind\n192.0.2.0/24,vpn\n"),
    "domains_absent": (read_domains, "absent.txt", None),
    "domains_absent_parquet": (read_domains, "absent.parquet", None),
    "domains_not_text": (read_domains, "domains.txt", b"mail1.example\n\xff\xfe"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_an_unreadable_list_is_told(name, tmp_path, stored):
    read, file, content = UNREADABLE[name]
    if isinstance(content, bytes):
        (tmp_path / file).write_bytes(content)
    elif content:
        write(tmp_path / file, content)
    with pytest.raises(ListUnreadable) as caught:
        read(tmp_path / file)
    stored(f"errors/{name}.txt", str(caught.value).replace(str(tmp_path), "lists") + "\n")


@pytest.mark.parametrize("name", ["ranges.csv", "ranges.parquet", "cut.parquet", "numbers.parquet"])
def test_another_form_is_told(name, tmp_path):
    if name == "numbers.parquet":
        pq.write_table(pa.table({"prefix": [[1]], "kind": ["vpn"]}), tmp_path / name)
    else:
        (tmp_path / name).write_bytes(b"PAR1" if name == "cut.parquet" else b"")
    with pytest.raises(ListUnreadable):
        read_ranges(tmp_path / name)


def test_the_measured_lists_are_read(shared):
    ranges = read_ranges(shared / "data/context/ip_prefixes.parquet")
    given = pq.read_table(shared / "data/context/ip_prefixes.parquet", columns=["prefix"])["prefix"].to_pylist()
    assert all(ranges.label(prefix.split("/")[0]) for prefix in given[::997])
    assert len(read_domains(shared / "data/context/disposable_domains.parquet")) > 5_000
