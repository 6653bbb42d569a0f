from stillwatch.traits.tls_client import TlsClient

CASES = [
    (
        {"ja4": "t13d1516h2_8daaf6152771_02713d6af862"},
        ["t13d1516h2_8daaf6152771_02713d6af862"],
        "the fingerprint whole",
    ),
    ([{"ja4": "t13d1516h2"}, {"ja4": "t13d1517h2"}], ["t13d1516h2", "t13d1517h2"], "one cipher more is another client"),
    ({"user_agent": "curl/8"}, [], "what the client says of itself is another trait"),
]


def test_what_is_shown(check_cases):
    check_cases(TlsClient(), CASES)
