"""All that is measured of speed, memory and growth, in one table: what `make bench` runs.

    python benchmarks/bench.py [--millions 1 4] [--accounts 10000 100000 1000000] [--into docs/benchmarks.md]

`--millions 1 4 16` scans `february` at the size of the report of February 2026: half an hour, and 20 GB of disk.
Kernels are compared with rensa and datasketch where those are installed, and with C where there is a compiler.
"""

import argparse
import importlib.metadata
import os
import platform
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import kernels
import whole
from page_tables import publish

import links

Row = dict[str, Any]
_VERSIONS = ("numpy", "numba", "pyarrow", "duckdb", "networkit")


def whole_rows(millions: list[float]) -> list[Row]:
    """Return what whole scans take, stage by stage, and how that grows."""
    with tempfile.TemporaryDirectory() as folder:
        found = whole.measured(millions, "3GB", Path(folder))
    out: list[Row] = []
    for row in found:
        size = row["exchanges"]
        for name, work in row["processor"].items():
            out.append(_row(f"{size:,} exchanges: {name}", work / size * 1e6, "CPU s per million"))
        full = size >= 15e6
        out.append(_row(f"{size:,} exchanges: all", sum(row["seconds"].values()), "s", "120" if full else ""))
        peak = max(row["peak"].values())
        out.append(_row(f"{size:,} exchanges: peak memory", peak / 1e9, "GB", "4" if full else ""))
    for small, large in pairwise(found):
        between = f"from {small['exchanges']:,} to {large['exchanges']:,}"
        out.append(_row(f"exponent of CPU time {between}", whole.exponent(small, large, "processor"), "", "1.05"))
        out.append(_row(f"exponent of peak memory {between}", whole.exponent(small, large, "peak"), ""))
    return out


def _row(name: str, value: float, unit: str, bar: str = "") -> Row:
    return {"name": name, "value": value, "unit": unit, "bar": bar}


def table(rows: list[Row]) -> str:
    """Return rows as a table; a figure that could not be had is a dash."""
    lines = ["| what | figure | unit | bar |", "|---|---|---|---|"]
    for row in rows:
        value = "–" if row["value"] is None else f"{row['value']:,.2f}"
        lines.append(f"| {row['name']} | {value} | {row['unit']} | {'' if row['bar'] is None else row['bar']} |")
    return "\n".join(lines)


def machine() -> str:
    """Return the machine and the versions in a sentence."""
    known = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _VERSIONS)
    return f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, {known}."


def main() -> None:
    """Measure everything; print it, or write it into the page and keep what that says by hand."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--millions", nargs="*", type=float, default=[1.0, 4.0])
    parser.add_argument("--accounts", nargs="*", type=int, default=list(links.SIZES))
    parser.add_argument("--into", type=Path)
    given = parser.parse_args()
    parts = {
        "Kernels": kernels.rows(),
        "Links": links.rows(given.accounts),
        "The whole scan": whole_rows(sorted(given.millions)),
    }
    page = "\n".join(
        ["# Speed, memory and growth", "", "    make bench", "", machine(), ""]
        + [f"## {name}\n\n{table(rows)}\n" for name, rows in parts.items()]
    )
    publish(page, given.into)


if __name__ == "__main__":
    main()
