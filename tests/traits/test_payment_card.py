from stillwatch.traits.payment_card import PaymentCard

CASES = [
    ({"payment_hash": "8f1d"}, ["8f1d"], "the source's digest of the card"),
    ([{"payment_hash": "8f1d"}, {"payment_hash": "99aa"}], ["8f1d", "99aa"], "a card that was replaced shows both"),
    ({"api_key_hash": "8f1d"}, [], "a key is no card"),
]


def test_what_is_shown(check_cases):
    check_cases(PaymentCard(), CASES)
