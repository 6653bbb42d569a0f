"""Reads the operator's own lists: address ranges by kind, and disposable e-mail domains. Nothing is downloaded."""

import ipaddress
from bisect import bisect_right
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from stillwatch.errors import ListUnreadable

RANGED = pa.schema([("ip", pa.string()), ("address_range", pa.string())])
DISPOSABLE = pa.schema([("domain", pa.string())])


class AddressRanges:
    """Address ranges and their kinds; the narrowest range that holds an address counts.

    Parameters
    ----------
    ranges
        Pairs of a range in CIDR form and its kind (`datacenter`, `vpn`, `relay`, `tor_exit`...).
    """

    def __init__(self, ranges: Iterable[tuple[str, str]]) -> None:
        self._starts: dict[tuple[int, int], list[int]] = {}
        self._labels: dict[tuple[int, int, int], str] = {}
        for prefix, kind in sorted(set(ranges)):
            network = ipaddress.ip_network(prefix, strict=False)
            start, width = int(network.network_address), (network.version, network.prefixlen)
            self._starts.setdefault(width, []).append(start)
            self._labels[(*width, start)] = f"{network} ({kind})"
        for starts in self._starts.values():
            starts.sort()
        self._widths = sorted(self._starts, key=lambda width: -width[1])

    def label(self, ip: str) -> str | None:
        """Return the narrowest range that holds the address, with its kind, or None."""
        try:
            address = ipaddress.ip_address(ip)
        except ValueError:
            return None
        for version, length in self._widths:
            if version != address.version:
                continue
            start = int(address) >> (address.max_prefixlen - length) << (address.max_prefixlen - length)
            starts = self._starts[version, length]
            found = bisect_right(starts, start) - 1
            if found >= 0 and starts[found] == start:
                return self._labels[version, length, start]
        return None


def read_ranges(path: Path) -> AddressRanges:
    """Read address ranges from CSV or Parquet with the columns `prefix` and `kind`.

    Raises
    ------
    ListUnreadable
        The file is absent, of another form, or holds a prefix that is no CIDR range.
    """
    table = _columns(path, ("prefix", "kind"))
    try:
        return AddressRanges(zip(table["prefix"].to_pylist(), table["kind"].to_pylist(), strict=True))
    except ValueError as error:
        raise ListUnreadable(path, str(error), "ranges in CIDR form, such as 192.0.2.0/24") from error


def read_domains(path: Path) -> pa.Table:
    """Read disposable domains from a text file (one a line, `#` comments) or Parquet with the column `domain`.

    Raises
    ------
    ListUnreadable
        The file is absent or of another form.
    """
    if path.suffix == ".parquet":
        names = _columns(path, ("domain",))["domain"].to_pylist()
    else:
        try:
            names = [line.split("#")[0].strip() for line in path.read_text().splitlines()]
        except (OSError, UnicodeDecodeError) as error:
            raise ListUnreadable(path, str(error), "a text file with one domain a line") from error
    return pa.table({"domain": sorted({name.lower() for name in names if name})}, schema=DISPOSABLE)


def label_addresses(addresses: Iterable[str], ranges: AddressRanges | None) -> pa.Table:
    """Return the addresses that a listed range holds, with the range (columns `ip`, `address_range`)."""
    found = [(ip, label) for ip in addresses if ranges and (label := ranges.label(ip))]
    return pa.table({"ip": [ip for ip, _ in found], "address_range": [label for _, label in found]}, schema=RANGED)


def _columns(path: Path, names: tuple[str, ...]) -> pa.Table:
    needed = f"Parquet or CSV with the columns {', '.join(f'`{name}`' for name in names)}"
    try:
        table = pq.read_table(path) if path.suffix == ".parquet" else pc.read_csv(path)
        return table.select(list(names))
    except (OSError, pa.ArrowInvalid, KeyError) as error:
        raise ListUnreadable(path, str(error).splitlines()[0], needed) from error
