"""Reads the operator's own lists: address ranges by kind, and disposable e-mail domains. Nothing is downloaded."""

import ipaddress
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from stillwatch.errors import ListUnreadable
from stillwatch.tables import ADDRESS_RANGES, DISPOSABLE_DOMAINS

DISPOSABLE = DISPOSABLE_DOMAINS.schema
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
_TOLD_FAULTS = 5


class AddressRanges:
    """Address ranges and their kinds; the narrowest range that holds an address counts.

    Parameters
    ----------
    ranges
        Pairs of a range and its kind (`datacenter`, `vpn`, `relay`, `tor_exit`...). A range may be of several kinds.
    """

    def __init__(self, ranges: Iterable[tuple[Network, str]]) -> None:
        self._kinds: dict[tuple[int, int, int], set[str]] = {}
        for network, kind in ranges:
            key = (network.version, network.prefixlen, int(network.network_address))
            self._kinds.setdefault(key, set()).add(kind)
        self._lengths = {
            version: sorted({length for of, length, _ in self._kinds if of == version}, reverse=True)
            for version in (4, 6)
        }

    def label(self, ip: str) -> str | None:
        """Return the narrowest range that holds the address, with its kinds, or None."""
        try:
            address = ipaddress.ip_address(ip)
        except ValueError:
            return None
        address = getattr(address, "ipv4_mapped", None) or address
        for length in self._lengths[address.version]:
            left_out = address.max_prefixlen - length
            start = int(address) >> left_out << left_out
            if kinds := self._kinds.get((address.version, length, start)):
                return f"{ipaddress.ip_network((start, length))} ({', '.join(sorted(kinds))})"
        return None


def read_ranges(path: Path) -> AddressRanges:
    """Read address ranges from CSV or Parquet with the columns `prefix` and `kind`.

    Raises
    ------
    ListUnreadable
        The file is absent or of another form, or rows of it hold no range or no kind; the first faults together.
    """
    table = _columns(path, ("prefix", "kind"), "Parquet or CSV with the columns `prefix` and `kind`")
    ranges, faults = [], []
    for row, (prefix, kind) in enumerate(zip(table["prefix"].to_pylist(), table["kind"].to_pylist(), strict=True), 1):
        try:
            network = ipaddress.ip_network((prefix or "").strip(), strict=False)
        except ValueError:
            faults.append(f"`{prefix}` in row {row} is no range" if prefix else f"row {row} has no range")
            continue
        if kind and kind.strip():
            ranges.append((network, kind.strip()))
        else:
            faults.append(f"row {row} has no kind")
    if faults:
        raise ListUnreadable(path, _told(faults), "ranges in CIDR form, such as 192.0.2.0/24, each with its kind")
    return AddressRanges(ranges)


def read_domains(path: Path) -> pa.Table:
    """Read disposable domains from a text file (one a line, `#` comments) or Parquet with the column `domain`.

    Returns
    -------
    pa.Table
        Table `disposable_domains`, in lower case, each once.

    Raises
    ------
    ListUnreadable
        The file is absent or of another form.
    """
    if path.suffix.lower() == ".parquet":
        lines = _columns(path, ("domain",), "Parquet with the column `domain`")["domain"].to_pylist()
    else:
        needed = "a text file in UTF-8 with one domain a line"
        try:
            lines = _bytes(path, needed).decode("utf-8-sig").splitlines()
        except UnicodeDecodeError as error:
            raise ListUnreadable(path, f"no UTF-8 from byte {error.start} on", needed) from error
    names = {line.split("#")[0].strip().lower() for line in lines if line}
    return pa.table({"domain": sorted(names - {""})}, schema=DISPOSABLE)


def label_addresses(addresses: Iterable[str], ranges: AddressRanges | None) -> pa.Table:
    """Return the table `address_ranges`: the addresses that a listed range holds, with the range."""
    found = {ip: label for ip in addresses if ranges and (label := ranges.label(ip))}
    return pa.table([list(found), list(found.values())], schema=ADDRESS_RANGES.schema)


def _columns(path: Path, names: tuple[str, ...], needed: str) -> pa.Table:
    source = pa.BufferReader(_bytes(path, needed))
    as_text = pc.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    try:
        table = (
            pq.read_table(source) if path.suffix.lower() == ".parquet" else pc.read_csv(source, convert_options=as_text)
        )
        if missing := [f"`{name}`" for name in names if name not in table.column_names]:
            raise ListUnreadable(path, f"no column {' and '.join(missing)}", needed)
        return table.select(list(names)).cast(pa.schema({name: pa.string() for name in names}))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise ListUnreadable(path, _told(str(error).splitlines()[:1]), needed) from error


def _bytes(path: Path, needed: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ListUnreadable(path, error.strerror or "no reason given", needed) from error


def _told(faults: Sequence[str]) -> str:
    more = len(faults) - _TOLD_FAULTS
    numbered = [f"{number}. {fault}" for number, fault in enumerate(faults[:_TOLD_FAULTS], 1)]
    return "; ".join(numbered) + (f"; and {more:,} more" if more > 0 else "")
