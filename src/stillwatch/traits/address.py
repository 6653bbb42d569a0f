"""Accounts that come from the same address."""

from stillwatch.traits.base import Trait


class Address(Trait):
    """The address that the request came from."""

    name = "address"
    family = "network"
    reads = ("ip",)
    honest_reasons = (
        "an office, a campus or a household behind one address",
        "a carrier that puts many subscribers behind one address",
        "a shared VPN exit",
    )
    evasion = "a residential proxy for each account, at some dollars a gigabyte"
    value = "ip"
