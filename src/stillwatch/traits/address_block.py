"""Accounts that come from the same block of addresses."""

from stillwatch.traits.base import Trait


class AddressBlock(Trait):
    """The /24 (IPv4) or /48 (IPv6) around the address."""

    name = "address block"
    family = "network"
    reads = ("ip",)
    honest_reasons = ("subscribers of one provider in one town", "machines rented in one data centre")
    evasion = "proxies bought from several providers"
    value = r"""CASE WHEN contains(ip, ':') THEN nullif(regexp_extract(ip, '^([0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F]*)', 1), '')
                     ELSE nullif(regexp_extract(ip, '^(\d+\.\d+\.\d+)\.', 1), '') END"""
