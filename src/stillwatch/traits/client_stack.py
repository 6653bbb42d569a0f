"""Accounts that use the same rare pair of TLS client and user agent."""

from stillwatch.traits.base import Trait


class ClientStack(Trait):
    """The TLS fingerprint together with the user agent."""

    name = "client stack"
    family = "client"
    reads = ("ja4", "user_agent")
    honest_reasons = ("one release of one SDK on one platform", "a firm that rolls out one client to its staff")
    evasion = "drawing both from a list of real pairs for each account"
    value = "ja4 || ' | ' || user_agent"
