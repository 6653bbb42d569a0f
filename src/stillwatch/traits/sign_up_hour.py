"""Accounts that were opened within the same hour."""

from stillwatch.traits.base import Trait


class SignUpHour(Trait):
    """The hour in which the account was opened."""

    name = "sign-up hour"
    family = "identity"
    reads = ("account_created_at",)
    honest_reasons = ("a class or a team that signs up together", "a launch or an article that brings many people")
    evasion = "opening accounts over weeks, and letting them age"
    value = "strftime(date_trunc('hour', created), '%Y-%m-%dT%HZ')"
