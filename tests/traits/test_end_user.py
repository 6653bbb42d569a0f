from stillwatch.traits.end_user import EndUser

CASES = [
    ({"end_user_id": "4711"}, ["4711"], "the caller's own name for its end user"),
    ([{"end_user_id": "4711"}, {"end_user_id": "4712"}], ["4711", "4712"], "a reseller shows each of its own"),
    ({"account_id": "b"}, [], "the account is not its end user"),
]


def test_what_is_shown(check_cases):
    check_cases(EndUser(), CASES)
