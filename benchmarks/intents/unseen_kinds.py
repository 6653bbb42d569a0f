"""Leave one kind of asking for hidden reasoning out of the training, and say how much of it is found all the same.

The bar is set so that 1.4 % of honest prompts of sources never learned from are flagged, on one half of them; the other
half says what share is flagged in truth. With `--write` the prompts are kept for `unmimic_guard.py`.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from grammar import Kind, Prompt, kinds, write_prompts
from material import HONEST, JUDGED, real_prompts, texts_of
from scipy.sparse import csr_matrix
from train import HARVESTS, SEED, features, guessed, learn, odds_of

from stillwatch.marks.intents import Weights, load_weights

FLAGGED = 0.014
OF_EACH_SOURCE = 1000
WRITTEN = 15  # prompts of a phrasing to learn from
ASKED = 10  # prompts of a phrasing to judge with
REAL = 12_000
ELICITATION = "reasoning elicitation"
Scores = npt.NDArray[np.float64]


def learned() -> list[Prompt]:
    """Return what is learned from: fewer prompts than the shipped weights, since it is learned from over and over."""
    real = real_prompts()
    chosen = np.random.default_rng(SEED).permutation(len(real))[:REAL]
    pasted = tuple(
        prompt.text for prompt in real if prompt.intent in ("other", "coding", "") and len(prompt.text) < 2000
    )
    return write_prompts(SEED, pasted, WRITTEN) + [real[at] for at in chosen]


def asked(kind: Kind) -> list[str]:
    """Return prompts of a kind, with other fills than those that were learned from."""
    return [prompt.text for prompt in write_prompts(SEED + 1, (), ASKED) if prompt.family == f"kind {kind.name}"]


def honest() -> list[str]:
    """Return honest prompts of sources never learned from, equally many of each."""
    return [text for source in JUDGED for text in texts_of(source, OF_EACH_SOURCE)]


def leads(weights: Weights, given: csr_matrix) -> Scores:
    """Return by how much the best intent that builds a training set leads the best other one."""
    odds = odds_of(weights, given)
    return np.asarray(odds[:, HARVESTS].max(axis=1) - odds[:, ~HARVESTS].max(axis=1))


def bar_of(leads: Scores) -> float:
    """Return the lead that `FLAGGED` of the first half of honest prompts exceed."""
    return float(np.quantile(leads[::2], 1 - FLAGGED))


def kept_without(prompts: Sequence[Prompt], kind: Kind, *, words_too: bool) -> npt.NDArray[np.bool_]:
    """Return which prompts may be learned from when a kind is left out, or also whatever has its words."""
    return np.array(
        [
            prompt.family != f"kind {kind.name}"
            and not (words_too and prompt.intent == ELICITATION and kind.words.search(prompt.text))
            for prompt in prompts
        ]
    )


def print_attacks(attacks: dict[str, list[str]], fair: Sequence[str]) -> None:
    """Print what the shipped weights find of attacks that others wrote: at the bar, and called a harvest as shipped."""
    weights = load_weights()
    bar, texts = bar_of(leads(weights, features(fair))), [text for family in attacks.values() for text in family]
    print("| family | prompts | found at the bar | called a harvest |\n|---|---|---|---|")
    for name, family in [*attacks.items(), ("all", texts)]:
        found = leads(weights, features(family))
        print(f"| {name} | {len(family)} | {(found > bar).mean():.3f} | {(found > 0).mean():.3f} |")


def print_kinds(tests: dict[str, list[str]], fair: Sequence[str]) -> None:
    """Print how much of each kind is found by models that did not learn it."""
    prompts = learned()
    given, judged = features([prompt.text for prompt in prompts]), features(fair)
    wanted = guessed(prompts, given)
    print(
        "| kind left out | prompts | found, its phrasings left out | found, its words left out too | honest flagged |"
    )
    print("|---|---|---|---|---|")
    shares = []
    for kind in kinds():
        found, false = [], []
        for words_too in (False, True):
            kept = kept_without(prompts, kind, words_too=words_too)
            known = [prompt for prompt, stays in zip(prompts, kept, strict=True) if stays]
            weights = learn(known, given[kept], wanted[kept])
            ahead = leads(weights, judged)
            bar = bar_of(ahead)
            found.append(float((leads(weights, features(tests[kind.name])) > bar).mean()))
            false.append(float((ahead[1::2] > bar).mean()))
        shares.append([*found, *false])
        print(
            f"| {kind.name} | {len(tests[kind.name])} | {found[0]:.3f} | {found[1]:.3f} | {false[1]:.4f} |", flush=True
        )
    mean = np.mean(shares, axis=0)
    print(
        f"| mean of kinds | {sum(map(len, tests.values()))} | {mean[0]:.3f} | {mean[1]:.3f} | {mean[2:].mean():.4f} |"
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--write", type=Path, help="where to keep the prompts that are judged")
    arguments.add_argument("--attacks", type=Path, help="attacks of others by family, for the shipped weights alone")
    options = arguments.parse_args()
    tests, fair = {kind.name: asked(kind) for kind in kinds()}, honest()
    if options.attacks:
        print_attacks(json.loads(options.attacks.read_text(encoding="utf-8")), fair)
        return
    if options.write:
        benign = [text for source in HONEST for text in texts_of(source, 150)]
        kept = {"kinds": tests, "honest": fair, "learned": benign}
        options.write.write_text(json.dumps(kept), encoding="utf-8")
    print_kinds(tests, fair)


if __name__ == "__main__":
    main()
