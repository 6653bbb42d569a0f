from stillwatch.traits.hosting_range import HostingRange

RANGES = dict.fromkeys(["198.51.100.7", "198.51.100.9"], "198.51.100.0/24 (vpn)")
CASES = [
    ({"ip": "198.51.100.7"}, ["198.51.100.0/24 (vpn)"], "the listed range that holds the address"),
    (
        [{"ip": "198.51.100.7"}, {"ip": "198.51.100.9"}],
        ["198.51.100.0/24 (vpn)"],
        "addresses of one range show the same",
    ),
    ({"ip": "203.0.113.7"}, [], "an address that no listed range holds"),
    ({}, [], "no address"),
]


def test_what_is_shown(check_cases):
    check_cases(HostingRange(), CASES, ranges=RANGES)


def test_without_a_list_nothing_is_shown(check_cases):
    check_cases(HostingRange(), [({"ip": "198.51.100.7"}, [], "no list")])
