"""Accounts whose addresses are at the same e-mail domain."""

from stillwatch.traits.base import Trait


class EmailDomain(Trait):
    """The domain of the account's e-mail address."""

    name = "e-mail domain"
    family = "identity"
    reads = ("email_domain",)
    honest_reasons = ("colleagues or students with addresses of their institution", "a popular mail provider")
    evasion = "addresses at large free providers, which cost a phone number each"
    value = "lower(email_domain)"
