"""Accounts paid for with the same card."""

from stillwatch.traits.base import Trait


class PaymentCard(Trait):
    """The payment card or bank account behind an account, as the source's digest."""

    name = "payment card"
    family = "money"
    reads = ("payment_hash",)
    honest_reasons = ("one company pays for its staff's accounts", "a family shares a card")
    evasion = "one prepaid card for each account"
    value = "payment_hash"
