"""Makes a story at growing scales, each as a process of its own: exchanges per second, memory, size.

usage: python benchmarks/worlds.py [--story february] [--scales 0.01,0.1,1] [--into DIR]

A scale of 1 of `february` is some 27 million exchanges: the published 16.5 million, their cover, and honest traffic.
It takes some minutes and some 15 GB in DIR (else the system's temporary folder), which are removed when it ends.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def made(story: str, scale: str, into: Path) -> tuple[dict[str, int], float, float, float]:
    """Make a world; return what was made, wall seconds, processor seconds and peak memory in MB."""
    command = [sys.executable, "-m", "stillwatch", "worlds", "make", story, "--scale", scale, "--out", str(into),
               "--quiet", "--json"]  # fmt: skip
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    told = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{story} at scale {scale} ended with {process.returncode}")
    wall = time.perf_counter() - started
    return json.loads(told), wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e3


def main() -> None:
    """Print one line for each scale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--story", default="february")
    parser.add_argument("--scales", default="0.01,0.1,1")
    parser.add_argument("--into", type=Path)
    asked = parser.parse_args()
    print("| story | scale | exchanges | accounts | mean prompt bytes | s | exchanges per s | CPU s | peak MB "
          "| GB on disk |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|")
    for scale in asked.scales.split(","):
        with tempfile.TemporaryDirectory(dir=asked.into) as folder:
            told, wall, cpu, peak = made(asked.story, scale, Path(folder) / "world")
            size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
        rows, accounts = told["exchanges_count"], told["honest_accounts_count"] + told["campaign_accounts_count"]
        print(f"| {asked.story} | {scale} | {rows:,} | {accounts:,} | {told['prompt_bytes'] / rows:,.0f} | {wall:.0f} "
              f"| {rows / wall:,.0f} | {cpu:.0f} | {peak:,.0f} | {size / 1e9:.1f} |", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
