"""Whether accounts of one campaign ask as much as each other at a time, as one queue would deal: docs/decisions/0036.

    python benchmarks/even_share.py [STORY...] [--seeds 1,2]

Of each campaign that the truth names: how many honest accounts of a member's own scale keep as near to the campaign's
mean, in bits of the median member, where amounts are compared phase by phase, and how many work and rest with it as
much, as *work phases* tells. A phase is a 64th of all exchanges.
"""

import argparse
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from members import members_of

from stillwatch.campaigns.closeness import closeness_to
from stillwatch.links.closeness import likeness
from stillwatch.links.incidence import Ints
from stillwatch.links.phases import PHASES
from stillwatch.traits.base import Compared
from stillwatch.worlds.world import World, make_world

STORIES = ("hydra", "untemplated", "patient", "ghost", "prober", "polyglot", "adaptive", "regrowth", "june", "february")
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
_FEWEST, _FEWEST_OF_SCALE, _SCALE = 10, 10, 1.5  # members; honest accounts of a member's scale; how many times as much


def counts_of(world: World) -> tuple[npt.NDArray[np.str_], Ints]:
    """Return the campaign of each account, or nothing, and what it asked in each phase."""
    campaigns, rows = members_of(world)
    order = np.argsort(world.exchanges["asked_at"].to_numpy(), kind="stable")
    phases = np.empty(len(rows), np.int64)
    phases[order] = PHASES * np.arange(len(rows)) // len(rows)
    counts = np.zeros((len(campaigns), PHASES), np.int64)
    np.add.at(counts, (rows, phases), 1)
    return campaigns, counts


def closeness(counts: Ints, compared: Compared, members: Ints) -> Floats:
    """Return how close each account is to the mean of the members, itself left out."""
    return closeness_to(likeness("", "", counts, 2, compared), members, np.arange(len(counts)))


def bits(score: Floats, totals: Ints, honest: Mask, members: Mask) -> float:
    """Return, of the median member, how few honest accounts of its scale score as high; NaN where too few are."""
    found = []
    for own, total in zip(score[members], totals[members], strict=True):
        near = score[honest & (totals >= total / _SCALE) & (totals <= total * _SCALE)]
        if len(near) >= _FEWEST_OF_SCALE:
            found.append(-np.log2((1 + (near >= own).sum()) / (1 + len(near))))
    return float(np.median(found)) if 2 * len(found) > members.sum() else float("nan")


def told(world: World) -> Iterator[tuple[str, int, float, float]]:
    """Yield each large campaign: its name, its accounts, and the bits of even shares and of work phases."""
    campaigns, counts = counts_of(world)
    honest, totals = campaigns == "", counts.sum(axis=1)
    for name in sorted({*campaigns.tolist()} - {""}):
        members = campaigns == name
        if members.sum() >= _FEWEST:
            even, phases = (
                bits(closeness(counts, of, np.flatnonzero(members)), totals, honest, members)
                for of in (Compared.AMOUNTS, Compared.DEPARTURES)
            )
            yield name, int(members.sum()), even, phases


def main() -> None:
    """Print a line for each story, seed and campaign."""
    asked = argparse.ArgumentParser()
    asked.add_argument("stories", nargs="*", default=STORIES)
    asked.add_argument("--seeds", default="1")
    given = asked.parse_args()
    print("| story | seed | campaign | accounts | even shares, bits | work phases, bits |\n|---|---|---|---|---|---|")
    for story in given.stories:
        for seed in map(int, given.seeds.split(",")):
            for name, count, even, phases in told(make_world(story, seed=seed)):
                print(f"| `{story}` | {seed} | {name} | {count} | {even:.1f} | {phases:.1f} |", flush=True)


if __name__ == "__main__":
    main()
