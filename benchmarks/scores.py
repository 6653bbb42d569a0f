"""Scans each shared world and scores what was found: the table of figures in the README.

usage: python benchmarks/scores.py [WORLD...]     (worlds stand in ../shared/worlds; their scorer is ../shared/score.py)

Each world is scanned twice, as a process of its own on two threads: cold, with an empty cache of compiled kernels,
and warm.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SHARED = Path(__file__).parents[2] / "shared"


def timed_scan(world: Path, into: Path, cache: Path) -> tuple[float, float]:
    """Scan a world; return wall seconds and peak memory in MB."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "stillwatch", "scan", str(world / "exchanges.parquet"), "--into", str(into),
               "--releases", str(world / "releases.json"), "--threads", "2", "--quiet"]  # fmt: skip
    process = subprocess.Popen(command, env={**os.environ, "NUMBA_CACHE_DIR": str(cache)}, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 10):
        sys.exit(f"{world.name}: the scan ended with {process.returncode}")
    return time.perf_counter() - started, usage.ru_maxrss / 1e3


def scored(world: Path, into: Path) -> dict[str, float]:
    """Score findings with the worlds' own scorer."""
    done = subprocess.run(
        [sys.executable, str(SHARED / "score.py"), str(world), str(into), "--json"], capture_output=True, check=True
    )
    return dict(json.loads(done.stdout))


def main(names: list[str]) -> None:
    """Print one line for each world."""
    if not (SHARED / "worlds").is_dir():
        sys.exit("the shared worlds are not here: ../shared/worlds")
    print("| world | precision | recall | B-cubed F1 | exchanges precision / recall | honest flagged per 10,000 "
          "| false campaigns | cold s | warm s | peak MB |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|")
    for world in sorted((SHARED / "worlds").iterdir()):
        if names and world.name not in names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            into, cache = Path(folder) / "findings", Path(folder) / "cache"
            cold, _ = timed_scan(world, into, cache)
            warm, peak = timed_scan(world, into, cache)
            score = scored(world, into)
        attacked = score["tp"] + score["fn"] > 0
        shown = [
            f"{score[name]:.3f}" if attacked else "-" for name in ("account_precision", "account_recall", "bcubed_f1")
        ]
        told = f"{score['exchange_precision']:.3f} / {score['exchange_recall']:.3f}" if attacked else "-"
        print(f"| {world.name} | {' | '.join(shown)} | {told} | {score['benign_flagged_per_10k']:.1f} "
              f"| {score['false_campaigns']} | {cold:.1f} | {warm:.1f} | {peak:.0f} |", flush=True)  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
