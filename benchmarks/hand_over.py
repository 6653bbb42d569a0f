"""Whether an account that falls silent is followed by one that begins, more often than chance: docs/decisions/0034.

    python benchmarks/hand_over.py [STORY...] [--seeds 1,2] [--hours 0.5,1,2]

Of the accounts of each campaign that the truth names, who ends is followed where another begins within so many hours.
Chance is the same with all beginnings moved by whole days, so that both keep their hours of the day; `as often` is the
share of such moves by which as many or more are followed.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from members import members_of

from stillwatch.worlds.world import World, make_world

STORIES = ("february", "june", "hydra", "regrowth", "adaptive")
Times = npt.NDArray[np.int64]
_HOUR_US, _DAY_US = 3_600_000_000, 86_400_000_000
_SILENT_DAYS, _NEW_DAYS, _FEWEST = 2, 1, 8  # until the logs end; after they begin; accounts that end


@dataclass(frozen=True)
class Lives:
    """When accounts of one campaign end and others of it begin, in microseconds; from when to when the logs are."""

    ends: Times
    begins: Times
    first: int
    last: int

    def followed(self, hours: float, days: int = 0) -> int:
        """Return how many ends a beginning follows within so many hours, all beginnings moved by whole days."""
        span = self.last - self.first + 1
        begins = np.sort((self.begins - self.first + days * _DAY_US) % span)
        ends = self.ends - self.first
        nexts = np.append(begins, 2 * span)[np.searchsorted(begins, ends, side="right")]
        return int((nexts - ends <= hours * _HOUR_US).sum())

    def by_chance(self, hours: float) -> npt.NDArray[np.int64]:
        """Return how many are followed for each move by whole days but none."""
        return np.array([self.followed(hours, day) for day in range(1, (self.last - self.first + 1) // _DAY_US)])


def lives_of(world: World) -> Iterator[tuple[str, Lives]]:
    """Yield the lives of each campaign of which enough accounts end."""
    asked = world.exchanges["asked_at"].cast(pa.int64()).to_numpy()
    campaigns, rows = members_of(world)
    begin, end = np.full(len(campaigns), np.iinfo(np.int64).max), np.zeros(len(campaigns), np.int64)
    np.minimum.at(begin, rows, asked)
    np.maximum.at(end, rows, asked)
    first, last = int(asked.min()), int(asked.max())
    for name in sorted({*campaigns.tolist()} - {""}):
        own = campaigns == name
        ends = end[own & (last - end > _SILENT_DAYS * _DAY_US)]
        begins = begin[own & (begin - first > _NEW_DAYS * _DAY_US)]
        if len(ends) >= _FEWEST:
            yield name, Lives(ends, begins, first, last)


def main() -> None:
    """Print a line for each story, seed and campaign."""
    asked = argparse.ArgumentParser()
    asked.add_argument("stories", nargs="*", default=STORIES)
    asked.add_argument("--seeds", default="1")
    asked.add_argument("--hours", default="0.5,1,2")
    given = asked.parse_args()
    hours = [float(one) for one in given.hours.split(",")]
    print(
        "| story | seed | campaign | end |", " | ".join(f"followed in {h:g} h, by chance, as often" for h in hours), "|"
    )
    print("|---|---|---|---|" + "---|" * len(hours))
    for story in given.stories:
        for seed in map(int, given.seeds.split(",")):
            for name, lives in lives_of(make_world(story, seed=seed)):
                told = []
                for one in hours:
                    followed, chance = lives.followed(one), lives.by_chance(one)
                    told.append(f"{followed}, {chance.mean():.1f}, {(chance >= followed).mean():.2f}")
                print(f"| `{story}` | {seed} | {name} | {len(lives.ends)} |", " | ".join(told), "|", flush=True)


if __name__ == "__main__":
    main()
