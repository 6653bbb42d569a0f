from stillwatch.traits.client_stack import ClientStack

CASES = [
    ({"ja4": "t13d", "user_agent": "sdk/2.1"}, ["t13d | sdk/2.1"], "the pair"),
    (
        [{"ja4": "t13d", "user_agent": "sdk/2.1"}, {"ja4": "t12d", "user_agent": "sdk/2.1"}],
        ["t12d | sdk/2.1", "t13d | sdk/2.1"],
        "one user agent over two TLS clients is two stacks",
    ),
    ({"ja4": "t13d"}, [], "half a pair is no pair"),
    ({"user_agent": "sdk/2.1"}, [], "nor is the other half"),
    ([{"ja4": "t13d"}, {"user_agent": "sdk/2.1"}], [], "halves of two exchanges are not put together"),
]


def test_what_is_shown(check_cases):
    check_cases(ClientStack(), CASES)
