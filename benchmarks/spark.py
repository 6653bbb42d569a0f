"""What a scan on a cluster costs for each exchange, and a plan for a billion exchanges a day that follows from it.

    SPARK_LOCAL_IP=127.0.0.1 python benchmarks/spark.py [--master local[2]] [--scales S L] [--into docs/scale.md]

Scans the world `february` at two sizes. Starting Spark and compiling its queries costs the same at any size, so what an
exchange costs is the difference of the two, divided by the exchanges between them. Processor time is that of Spark and
of its Python workers together, as Linux counts it: it hardly depends on what else the machine does. Bytes are those
that Spark writes for shuffles, and those of the tables that it keeps.
"""

import argparse
import os
import re
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from stillwatch.engine.spark import SparkEngine, start_spark
from stillwatch.progress import Silent
from stillwatch.scanning import scan
from stillwatch.settings import read_settings
from stillwatch.worlds import Making, find_story, make

STAGES = ("reading and marking", "gathering wordings", "finding traits", "weighing links", "stating findings")
TABLES = ("marks_and_faults", "wordings", "families", "contacts", "traits", "profiles")
A_DAY, BUSY, CORES = 1e9, 0.6, 16
CORE_HOUR = 0.05  # what a rented core and its memory cost an hour, in US dollars: assumed, put your own
MARK = "<!-- made by benchmarks/spark.py: -->"


def processor_s(root: int) -> float:
    """Processor time of all processes below this one, those included that have ended."""
    times: dict[int, tuple[int, float]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        times[int(path.parent.name)] = int(fields[1]), sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    below, found = {root}, 0.0
    while below:
        below = {process for process, (parent, _) in times.items() if parent in below}
        found += sum(times[process][1] for process in below)
    return found


def shuffled(spark: Any) -> int:
    """Bytes that finished stages of the session have written for shuffles."""
    java, gateway = spark.sparkContext._jsc.sc(), spark.sparkContext._gateway
    none = gateway.new_array(gateway.jvm.double, 0)
    stages = java.statusStore().stageList(None, *(False, False), none, gateway.jvm.java.util.ArrayList())
    return sum(stages.apply(number).shuffleWriteBytes() for number in range(stages.size()))


@dataclass
class Meter(Silent):
    """Reads the meters where one stage of the scan ends and the next begins."""

    spark: Any
    read: list[tuple[str, float, int]] = field(default_factory=list)

    def stage(self, name: str, total: float | None, unit: str) -> None:
        """Read the meters."""
        del total, unit
        if not self.read or self.read[-1][0] != name:
            self.read.append((name, processor_s(os.getpid()), shuffled(self.spark)))

    def done(self) -> None:
        """Read the meters for the last time."""
        self.stage("end", None, "")

    def costs(self) -> dict[str, tuple[float, int]]:
        """Return for each stage its processor time and what it shuffled."""
        pairs = zip(self.read, self.read[1:], strict=False)
        return {one[0]: (two[1] - one[1], two[2] - one[2]) for one, two in pairs}


@dataclass
class Run:
    """What one scan cost."""

    exchanges: int
    accounts: int
    costs: dict[str, tuple[float, int]]
    kept: dict[str, tuple[int, int]]
    to_driver: int


class Counting(SparkEngine):
    """Counts the bytes of the answers that reach the driver."""

    to_driver = 0

    def sql(self, query: str) -> Any:
        """Run a query; count its answer."""
        found = super().sql(query)
        self.to_driver += found.nbytes
        return found


def measured(spark: Any, scale: float) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        make(Making(find_story("february"), scale=scale), Path(folder) / "world")
        logs, meter = Path(folder) / "world" / "exchanges.parquet", Meter(spark)
        with Counting(spark, folder=folder) as engine:
            done = scan(
                str(logs), engine=engine, into=Path(folder) / "findings", settings=read_settings(None), progress=meter
            )
            kept = {}
            for name in TABLES:
                files = list(Path(engine.folder).glob(f"{name}-*/*.parquet"))
                rows = sum(pq.read_metadata(one).num_rows for one in files)
                kept[name] = sum(one.stat().st_size for one in files), rows
            return Run(done.summary.exchanges_count, done.summary.accounts_count, meter.costs(), kept, engine.to_driver)


def table(small: Run, large: Run) -> str:
    more = large.exchanges - small.exchanges
    lines = [
        f"Measured between {small.exchanges:,} and {large.exchanges:,} exchanges of `february` "
        f"({small.accounts:,} and {large.accounts:,} accounts), `{' '.join(sys.argv[1:]) or 'no options'}`:", "",
        "| stage | processor time, us an exchange | shuffled, bytes an exchange |", "|---|---|---|",
    ]  # fmt: skip
    total = [0.0, 0.0]
    for name in STAGES:
        cost = [(large.costs[name][place] - small.costs[name][place]) / more for place in (0, 1)]
        total = [total[0] + cost[0], total[1] + cost[1]]
        lines.append(f"| {name} | {cost[0] * 1e6:,.0f} | {cost[1]:,.0f} |")
    lines += [
        f"| together | {total[0] * 1e6:,.0f} | {total[1]:,.0f} |",
        "",
        "| table | bytes an exchange | rows an exchange |",
        "|---|---|---|",
    ]
    kept = {name: [(large.kept[name][place] - small.kept[name][place]) / more for place in (0, 1)] for name in TABLES}
    lines += [
        f"| `{name.removesuffix('_and_faults')}` | {size:,.0f} | {rows:.2f} |" for name, (size, rows) in kept.items()
    ]
    driver = (large.to_driver - small.to_driver) / max(1, large.accounts - small.accounts)
    fixed = sum(cost for cost, _ in small.costs.values()) - total[0] * small.exchanges
    cores = total[0] * A_DAY / 86_400 / BUSY
    marks = (large.costs[STAGES[0]][0] - small.costs[STAGES[0]][0]) / more
    lines += [
        "",
        f"To the driver: {large.to_driver / 1e6:,.1f} MB at the larger size, {driver / 1e3:,.1f} kB for each account "
        f"more. Starting and compiling: {fixed:,.0f} s of processor time, at any size.",
        "",
        "A billion exchanges a day, worked from these:", "", "| | | from |", "|---|---|---|",
        f"| cores | {cores:,.1f} | {total[0] * 1e6:,.0f} us an exchange, over the day, {BUSY:.0%} busy |",
        f"| of them for marks | {marks * A_DAY / 86_400 / BUSY:,.1f} | {1 / marks:,.0f} exchanges a second and core |",
        f"| executors of {CORES} cores | {-(-cores // CORES):,.0f} | |",
        f"| cost | {cores * 24 * CORE_HOUR:,.0f} USD a day | at {CORE_HOUR} USD for a core and hour, assumed |",
        f"| shuffled | {total[1] * A_DAY / 1e12:,.2f} TB a day | {total[1]:,.0f} bytes an exchange |",
        f"| kept while a day is scanned | {sum(size for size, _ in kept.values()) * A_DAY / 1e12:,.2f} TB | tables |",
        f"| answers to the driver | {driver / 1e3:,.1f} GB for a million accounts "
        f"| {driver / 1e3:,.1f} kB for each account more |",
        f"| the one task that joins families | {kept['families'][1] * A_DAY * 80 / 1e9:,.0f} GB at most | "
        f"{kept['families'][1]:.2f} prompts with a family an exchange, 80 bytes each |",
    ]  # fmt: skip
    return "\n".join(lines)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--master", default="local[2]")
    options.add_argument("--scales", type=float, nargs=2, default=(0.02, 0.06))
    options.add_argument("--into", type=Path)
    given = options.parse_args()
    # of stages that its history has dropped Spark says no more what they shuffled
    os.environ.setdefault("PYSPARK_SUBMIT_ARGS", "--conf spark.ui.retainedStages=1000000 pyspark-shell")
    with start_spark(given.master) as spark:
        parts = 2 * spark.sparkContext.defaultParallelism  # Spark's 200 suit neither two cores nor two thousand
        spark.conf.set("spark.sql.shuffle.partitions", str(parts))
        measured(spark, given.scales[0] / 20)  # what is started and compiled once
        small, large = (measured(spark, scale) for scale in given.scales)
    if large.exchanges < 2 * small.exchanges:  # its campaigns are of one size, so that small scales hardly differ
        sys.exit(
            f"{small.exchanges:,} and {large.exchanges:,} exchanges are too near to tell: name scales further apart"
        )
    told = table(small, large)
    print(told)
    if given.into:
        page = re.sub(
            f"{re.escape(MARK)}.*?(?=\n## |\\Z)", lambda _: f"{MARK}\n\n{told}\n", given.into.read_text(), flags=re.S
        )
        given.into.write_text(page)


if __name__ == "__main__":
    main()
