"""What each stage of a scan takes: seconds, processor seconds, and the most memory until it ends."""

import resource
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

_STATUS = Path("/proc/self/status")
_UNIT = 1 if sys.platform == "darwin" else 1024  # of the largest resident set, which systems count differently


def peak_bytes() -> int:
    """Return the most memory that this process has held until now.

    Linux counts a new program from what the one that began it held; what it held itself stands in `/proc`.
    """
    if _STATUS.exists():
        [held] = [line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(held.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT


@dataclass
class Stages:
    """Takes the place of a scan's progress, and measures its stages."""

    seconds: Counter[str] = field(default_factory=Counter)
    processor: Counter[str] = field(default_factory=Counter)
    peak: dict[str, int] = field(default_factory=dict)
    now: tuple[str, float, float] | None = None

    def stage(self, name: str, _total: float | None, _unit: str) -> None:
        """End the stage before, and begin one."""
        wall, work = time.perf_counter(), time.process_time()
        if self.now:
            self.seconds[self.now[0]] += wall - self.now[1]
            self.processor[self.now[0]] += work - self.now[2]
            self.peak[self.now[0]] = peak_bytes()
        self.now = (name, wall, work) if name else None

    def advance(self, amount: float) -> None:
        """Pass over how far a stage is."""

    def note(self, text: str) -> None:
        """Pass over what a stage says."""

    def done(self) -> None:
        """End the last stage."""
        self.stage("", None, "")
