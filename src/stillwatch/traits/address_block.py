"""Accounts that come from the same block of addresses."""

from stillwatch.traits.base import Trait


class AddressBlock(Trait):
    """The /24 (IPv4) or /48 (IPv6) around the address."""

    name = "address block"
    family = "network"
    reads = ("ip",)
    honest_reasons = ("subscribers of one provider in one town", "machines rented in one data centre")
    evasion = "proxies bought from several providers"
    # One block has one spelling: zeros that an address leaves out are put back, those that say nothing go.
    value = r"""
        CASE WHEN contains(ip, '.')
             THEN nullif(regexp_extract(lower(ip), '^(?:::ffff:)?(\d+\.\d+\.\d+)\.\d+\z', 1), '') || '.0/24'
             ELSE nullif(regexp_extract(
                 regexp_replace(regexp_replace(lower(ip), '::.*', ':0:0:0', 'g'), '(^|:)0+([0-9a-f])', '\1\2', 'g'),
                 '^((?:[0-9a-f]{1,4}:){2}[0-9a-f]{1,4})(?::|\z)', 1), '') || '::/48' END"""
