"""Accounts that come from one rented range, VPN or relay."""

from stillwatch.traits.base import Trait


class HostingRange(Trait):
    """The listed range (data centre, VPN, relay, Tor) that holds the address, from the operator's own list."""

    name = "hosting range"
    family = "network"
    reads = ("ip", "address_range")
    honest_reasons = ("applications that run in the same cloud", "people who use the same VPN")
    evasion = "residential or mobile proxies, which the lists do not hold"
    value = "address_range"
