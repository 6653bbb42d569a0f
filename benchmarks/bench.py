"""All that is measured of speed, memory and growth, on one page: what `make bench` runs.

    python benchmarks/bench.py [--millions 1 4 16] [--accounts 10000 ...] [--worlds FOLDER] [--into docs/benchmarks.md]

16 million exchanges are the size of the report of February 2026: 25 GB of disk, and half an hour for all.
Kernels are compared with rensa and datasketch where those are installed, and with C where there is a compiler.
"""

import argparse
import importlib.metadata
import os
import platform
import tempfile
from collections.abc import Iterable
from pathlib import Path

import kernels
import whole
from page_tables import publish

import links

_VERSIONS = ("numpy", "numba", "pyarrow", "duckdb", "networkit")
_MEMORY = "1.6GB"
_LINKED = {
    "shown": "values shown", "pairs": "pairs", "listing": "listing s", "weighing": "weighing s",
    "linking": "linking s", "peak": "peak MB", "ARI": "ARI", "precision": "precision", "recall": "recall",
    "gathering seconds": "gathering s", "gathering ARI": "ARI", "gathering precision": "precision",
    "gathering recall": "recall",
}  # fmt: skip
_OF_LINKS = """\
What accounts show, what is linked and what gathering adds: `benchmarks/links.py` says. Bars, at 1,000,000 accounts:
linking in 3 s, ARI 0.93 at precision 0.97."""
_OF_WHOLE = f"""\
`february` from Parquet to findings and report, warm, with `memory_bytes` at {_MEMORY}. Of each stage, CPU seconds a
million exchanges; then seconds in all. Bars: 16 million in 120 s under 4 GB, an exponent of time of 1.05. More is in
[docs/profile.md](profile.md)."""


def table(heads: list[str], rows: Iterable[list[str]]) -> str:
    """Return a table of a page."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def figure(value: float | None) -> str:
    """Return a figure with as many digits as it is worth; one that could not be had is a dash.

    Examples
    --------
    >>> [figure(value) for value in (None, 0.914, 2.625, 610.01)]
    ['–', '0.91', '2.62', '610']
    """
    return "–" if value is None else f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"


def kernels_part() -> str:
    """Measure kernels; return a table with their bars."""
    return table(
        ["what", "figure", "unit", "bar"],
        ([row["name"], figure(row["value"]), row["unit"], str(row["bar"] or "")] for row in kernels.rows()),
    )


def links_part(accounts: list[int]) -> str:
    """Measure linking and gathering; return a table with a row for each case, and how they grow."""
    found = links.measured_cases(accounts)
    cases = table(
        ["case", *_LINKED.values()],
        ([case.name, *(figure(row[name]) for name in _LINKED)] for case, row in found.items()),
    )
    grown = [
        f"- in {what}: " + ", ".join(f"{name} {figure(power)}" for name, power in powers.items())
        for what, powers in links.growth(found).items()
    ]
    return "\n".join([_OF_LINKS, "", cases, "", "Exponents of linking:", "", *grown])


def whole_part(millions: list[float], worlds: Path | None) -> str:
    """Measure whole scans; return a table with a row for each size, CPU seconds a million by stage."""
    with tempfile.TemporaryDirectory() as folder:
        found = whole.measured(millions, _MEMORY, worlds or Path(folder))
    stages = list(found[0]["processor"])
    rows = []
    for before, row in zip([None, *found], found, strict=False):
        size, work = row["exchanges"], row["processor"]
        grown = [whole.exponent(before, row, amount) if before else None for amount in ("processor", "peak")]
        spent = [*(work[name] / size * 1e6 for name in stages), sum(work.values()) / size * 1e6]
        taken = [sum(row["seconds"].values()), max(row["peak"].values()) / 1e9]
        rows.append([f"{size:,}", *map(figure, [*spent, *taken, *grown])])
    heads = ["exchanges", *stages, "all", "s", "peak GB", "exponent of CPU time", "of peak memory"]
    return f"{_OF_WHOLE}\n\n{table(heads, rows)}"


def machine() -> str:
    """Return the machine and the versions in a sentence."""
    known = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _VERSIONS)
    return f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, {known}."


def main() -> None:
    """Measure everything; print it, or write it into the page and keep what that says by hand."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--millions", nargs="*", type=float, default=[1.0, 4.0, 16.0])
    parser.add_argument("--accounts", nargs="*", type=int, default=list(links.SIZES))
    parser.add_argument("--worlds", type=Path, help="where worlds are made once and kept")
    parser.add_argument("--into", type=Path)
    given = parser.parse_args()
    parts = {
        "Kernels": kernels_part(),
        "Links": links_part(given.accounts),
        "The whole scan": whole_part(sorted(given.millions), given.worlds),
    }
    head = ["# Speed, memory and growth", "", "    make bench", "", machine(), ""]
    page = "\n".join(head + [f"## {name}\n\n{part}\n" for name, part in parts.items()])
    publish(page, given.into)


if __name__ == "__main__":
    main()
