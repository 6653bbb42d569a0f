from stillwatch.traits.api_key import ApiKey

CASES = [
    ({"api_key_hash": "77aa"}, ["77aa"], "the source's digest of the key"),
    ([{"api_key_hash": "77aa"}, {"api_key_hash": "77ab"}], ["77aa", "77ab"], "an account shows each of its keys"),
    ({"payment_hash": "77aa"}, [], "a card is no key"),
]


def test_what_is_shown(check_cases):
    check_cases(ApiKey(), CASES)
