"""The whole scan of `february`, from Parquet to findings and report: where time and memory go, and how they grow.

    python benchmarks/whole.py [MILLIONS ...] [--memory 3GB] [--worlds FOLDER] [--into docs/profile.md]

MILLIONS of exchanges, 1 and 4 unless told; 16 is the size of the report of February 2026 and takes some 10 GB of disk
for the world and 10 GB for temporary files. Each size is scanned in a process of its own, after its kernels were
loaded and its file was read once, so that it is warm. Worlds are made first, and kept where FOLDER says.
"""

import argparse
import itertools
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
from page_tables import publish
from stages import Stages, peak_bytes

from stillwatch import __version__
from stillwatch.kernels import prepare_kernels
from stillwatch.operator_lists import read_releases
from stillwatch.progress import SILENT
from stillwatch.scanning import scan
from stillwatch.settings import Settings
from stillwatch.settings_table import parse_bytes
from stillwatch.worlds import Making, find_story, make
from stillwatch.worlds.score import score
from stillwatch.worlds.truth import open_truth

STORY, FULL_MILLIONS = "february", 26.6
SIZES = (1.0, 4.0)
Row = dict[str, Any]


def made_world(millions: float, worlds: Path) -> Path:
    """Return the folder of a world of about so many exchanges, made if it is not there."""
    folder = worlds / f"{STORY}-{millions:g}"
    if not folder.exists():
        make(Making(find_story(STORY), scale=millions / FULL_MILLIONS), folder)
    return folder


def mean_prompt_bytes(file: Path) -> float:
    """Return the mean size of the prompts, reading all of them once and holding few."""
    total = rows = 0
    with pq.ParquetFile(file, pre_buffer=False, buffer_size=1 << 20) as opened:
        for group in range(opened.num_row_groups):
            for batch in opened.iter_batches(8_192, row_groups=[group], columns=["prompt_text"]):
                total += pc.sum(pc.binary_length(batch["prompt_text"])).as_py() or 0
                rows += batch.num_rows
    return total / max(rows, 1)


def measure(world: Path, memory_bytes: int) -> Row:
    """Scan a world in this process; return what it took."""
    prepare_kernels(SILENT)
    prompt_bytes, before, stages = mean_prompt_bytes(world / "exchanges.parquet"), peak_bytes(), Stages()
    settings = Settings(memory_bytes=memory_bytes)
    with tempfile.TemporaryDirectory() as into:
        done = scan(
            world / "exchanges.parquet", into=Path(into) / "findings", settings=settings, progress=stages,
            releases=tuple(read_releases(world / "releases.json")),
        )  # fmt: skip
        rates = score(open_truth(world), Path(into) / "findings").as_data()
    return {
        "exchanges": done.summary.exchanges_count, "accounts": done.summary.accounts_count,
        "prompt_bytes": prompt_bytes, "before": before, "seconds": dict(stages.seconds),
        "processor": dict(stages.processor), "peak": stages.peak, "rates": rates, "memory": memory_bytes,
    }  # fmt: skip


def in_own_process(world: Path, memory: str) -> Row:
    """Scan a world in a process of its own, so that its memory is its own."""
    command = [sys.executable, __file__, "--one", str(world), "--memory", memory]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(run.stdout.splitlines()[-1])


def exponent(small: Row, large: Row, amount: str) -> float:
    """Return the power of the exchanges by which an amount grew between two sizes."""
    return math.log(_all(large, amount) / _all(small, amount)) / math.log(large["exchanges"] / small["exchanges"])


def _all(row: Row, amount: str) -> float:
    return max(row["peak"].values()) if amount == "peak" else sum(row[amount].values())


def table(row: Row) -> str:
    """Return the stages of one size as a table."""
    millions = row["exchanges"] / 1e6
    lines = [
        f"### {row['exchanges']:,} exchanges of {row['accounts']:,} accounts, "
        f"mean prompt {row['prompt_bytes']:,.0f} bytes",
        "",
        "| stage | s | CPU s | s per million | CPU s per million | peak MB until then |",
        "|---|---|---|---|---|---|",
    ]
    for name in row["seconds"]:
        seconds, work = row["seconds"][name], row["processor"][name]
        lines.append(
            f"| {name} | {seconds:.1f} | {work:.1f} | {seconds / millions:.2f} | {work / millions:.2f}"
            f" | {row['peak'][name] / 1e6:,.0f} |"
        )
    seconds, work, peak = (_all(row, amount) for amount in ("seconds", "processor", "peak"))
    of_million = f"{seconds / millions:.2f} | {work / millions:.2f}"
    lines.append(f"| **all** | **{seconds:.1f}** | {work:.1f} | {of_million} | {peak / 1e6:,.0f} |")
    gained = peak - row["before"]
    lines += ["", f"Beyond what was loaded before: {gained / 1e6:,.0f} MB, {gained / row['exchanges']:,.0f} bytes an"
              f" exchange, {gained / row['accounts']:,.0f} bytes an account; the setting `memory_bytes` was"
              f" {row['memory'] / 1e9:.1f} GB."]  # fmt: skip
    return "\n".join(lines)


def growth(rows: list[Row]) -> str:
    """Return how time and memory grow from each size to the next."""
    lines = ["| from | to | time | CPU time | peak memory |", "|---|---|---|---|---|"]
    for small, large in itertools.pairwise(rows):
        powers = [f"{exponent(small, large, amount):.2f}" for amount in ("seconds", "processor", "peak")]
        lines.append(f"| {small['exchanges']:,} | {large['exchanges']:,} | {' | '.join(powers)} |")
    return "\n".join(lines)


def found(rows: list[Row]) -> str:
    """Return what was found at each size, by the scorer of the worlds."""
    lines = [
        "| exchanges | honest accounts | campaigns | account precision | recall | B-cubed F1 | exchanges P / R "
        "| honest flagged per 10,000 | false campaigns |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        rates = row["rates"]
        lines.append(
            f"| {row['exchanges']:,} | {rates['fp'] + rates['tn']:,} | {rates['campaigns_true']} "
            f"| {rates['account_precision']:.4f} | {rates['account_recall']:.4f} | {rates['bcubed_f1']:.4f} "
            f"| {rates['exchange_precision']:.3f} / {rates['exchange_recall']:.3f} "
            f"| {rates['honest_flagged_per_10k']:.1f} | {rates['false_campaigns']} |"
        )
    return "\n".join(lines)


def measured(sizes: list[float], memory: str, worlds: Path) -> list[Row]:
    """Make and scan the sizes, smallest first."""
    return [in_own_process(made_world(size, worlds), memory) for size in sorted(sizes)]


def page(rows: list[Row]) -> str:
    """Return the measured part of docs/profile.md."""
    head = (
        "# Where the time of a scan goes\n\n"
        "    python benchmarks/whole.py 4 16 --memory 1.6GB --into docs/profile.md\n\n"
        f"`february` at growing sizes, warm, Stillwatch {__version__}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores ({platform.machine()}). Where a machine is shared, CPU seconds tell more.\n"
    )
    parts = [head, *(table(row) + "\n" for row in rows)]
    parts.append(f"## What was found\n\nThe more accounts there are, the more agree by chance.\n\n{found(rows)}\n")
    if len(rows) > 1:
        parts.append(f"## Growth\n\nThe power of the exchanges by which each grew:\n\n{growth(rows)}\n")
    return "\n".join(parts)


def main() -> None:
    """Measure what is asked for; print it, or write it into the page and keep what that says by hand."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("millions", nargs="*", type=float, default=list(SIZES))
    parser.add_argument("--memory", default="3GB")
    parser.add_argument("--worlds", type=Path)
    parser.add_argument("--into", type=Path)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.one, parse_bytes(given.memory))))
        return
    with tempfile.TemporaryDirectory() as folder:
        made = page(measured(given.millions, given.memory, given.worlds or Path(folder)))
    publish(made, given.into)


if __name__ == "__main__":
    main()
