import ipaddress

from hypothesis import given
from hypothesis import strategies as st

from stillwatch.traits.address_block import AddressBlock

CASES = [
    ({"ip": "203.0.113.7"}, ["203.0.113.0/24"], "the /24 around an address"),
    ([{"ip": "203.0.113.7"}, {"ip": "203.0.113.250"}], ["203.0.113.0/24"], "neighbours are in one block"),
    ([{"ip": "203.0.11.7"}, {"ip": "203.0.113.7"}], ["203.0.11.0/24", "203.0.113.0/24"], "11 is not 113"),
    ({"ip": "::ffff:203.0.113.7"}, ["203.0.113.0/24"], "version 4 written as version 6"),
    ({"ip": "2001:db8:5:1::7"}, ["2001:db8:5::/48"], "the /48 of version 6"),
    (
        [{"ip": ip} for ip in ("2001:db8::1", "2001:DB8:0:9::", "2001:0db8:0000:0:0:0:0:1")],
        ["2001:db8:0::/48"],
        "one block, however its zeros are written",
    ),
    ({"ip": "2001:db8:5::"}, ["2001:db8:5::/48"], "the block's own first address"),
    ({"ip": "::1"}, [], "a machine's word for itself is no block"),
    (
        [{"ip": ip} for ip in ("unknown", "203.0.113", "203.0.113.7, 10.0.0.1", "64:ff9b::203.0.113.7")],
        [],
        "no address",
    ),
]


def test_what_is_shown(check_cases):
    check_cases(AddressBlock(), CASES)


@given(
    ips=st.lists(st.ip_addresses(v=4) | st.ip_addresses(v=6, network="2000::/3"), min_size=1, max_size=20, unique=True)
)
def test_the_block_is_the_network_around_any_public_address(ips, shelf):
    view = shelf.keep(
        " UNION ALL ".join(
            f"SELECT '{ip}' AS account_id, 'e' AS exchange_id, now()::TIMESTAMP AS asked, '{ip}' AS ip" for ip in ips
        )
    )
    found = {
        row["account_id"]: ipaddress.ip_network(row["value"]) for row in shelf.rows(AddressBlock(), view).to_pylist()
    }
    lengths = {4: 24, 6: 48}
    assert found == {str(ip): ipaddress.ip_network((ip, lengths[ip.version]), strict=False) for ip in ips}
