from stillwatch.traits.address import Address

CASES = [
    ({"ip": "203.0.113.7"}, ["203.0.113.7"], "the address as the log has it"),
    ({"ip": "2001:db8::7"}, ["2001:db8::7"], "version 6 too"),
    ([{"ip": "203.0.113.7"}, {"ip": "203.0.113.7"}], ["203.0.113.7"], "one value however often it is shown"),
    ([{"ip": "203.0.113.7"}, {"ip": "203.0.113.8"}], ["203.0.113.7", "203.0.113.8"], "neighbours differ"),
    ([{"ip": None}, {"ip": "203.0.113.7"}], ["203.0.113.7"], "a log may know only some addresses"),
    ({"asn": 64500}, [], "the network alone is no address"),
]


def test_what_is_shown(check_cases):
    check_cases(Address(), CASES)
