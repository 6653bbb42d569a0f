"""Judge the intent model: on families of wordings left out, on honest sources left out, and on sources never learned from."""

import argparse
from collections import Counter

import numpy as np
import numpy.typing as npt
from material import HONEST, JUDGED, texts_of
from train import HARVESTS, all_prompts, features, fit, guessed, odds_of, stored

from stillwatch.marks.intents import INTENTS, load_weights

FOLDS = 5


def folds_of(families: list[str]) -> npt.NDArray[np.int64]:
    """Deal the families out to folds, in turn within each intent, so that each fold leaves some of every intent out."""
    seen: Counter[str] = Counter()
    fold = {}
    for family in sorted(set(families)):
        intent = family.rstrip("0123456789") if not family.startswith(("attack/", "benign/")) else "real"
        fold[family] = seen[intent] % FOLDS
        seen[intent] += 1
    return np.array([fold[family] for family in families])


def left_out() -> tuple[list[str], npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return the family, the intent and the odds of every prompt, by a model that did not see its family."""
    prompts = all_prompts()
    given = features([prompt.text for prompt in prompts])
    wanted = guessed(prompts, given)
    families = [prompt.family for prompt in prompts]
    folds, odds = folds_of(families), np.zeros((len(prompts), len(INTENTS)))
    for fold in range(FOLDS):
        seen = folds != fold
        odds[~seen] = odds_of(stored(fit(given[seen], wanted[seen])), given[~seen])
    return families, wanted, odds


def temperature_of(odds: npt.NDArray[np.float64], wanted: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Return the temperature under which the intents are likeliest, and the mean log loss there."""
    losses = {}
    for temperature in np.arange(0.5, 3.05, 0.05):
        tempered = odds / temperature
        logs = tempered - np.logaddexp.reduce(tempered, axis=1, keepdims=True)
        losses[round(float(temperature), 2)] = -float(logs[np.arange(len(wanted)), wanted].mean())
    return min(losses.items(), key=lambda item: item[1])


def print_intents(wanted: npt.NDArray[np.int64], called: npt.NDArray[np.int64]) -> None:
    print("| intent | prompts | recall | precision |\n|---|---|---|---|")
    for number, intent in enumerate(INTENTS):
        right = int(((wanted == number) & (called == number)).sum())
        print(f"| {intent} | {(wanted == number).sum()} | {right / max((wanted == number).sum(), 1):.3f} |"
              f" {right / max((called == number).sum(), 1):.3f} |")


def print_false(source: str, called: npt.NDArray[np.int64]) -> None:
    worst = Counter(INTENTS[number] for number in called[HARVESTS[called]]).most_common(2)
    named = ", ".join(f"{intent} {count}" for intent, count in worst)
    print(f"| {source} | {len(called)} | {100 * HARVESTS[called].mean():.2f} | {named} |")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--shipped", action="store_true", help="only the shipped weights on sources never learned from")
    arguments.add_argument("--show", type=int, default=0, help="wrong prompts to show of each source")
    given = arguments.parse_args()
    if not given.shipped:
        families, wanted, odds = left_out()
        called, names = odds.argmax(axis=1), np.array(families)
        ours = ~np.char.startswith(names, "attack/") & ~np.char.startswith(names, "benign/") & (names != "pages")
        print_intents(wanted[ours], called[ours])
        print(f"harvest recall {HARVESTS[called][ours & HARVESTS[wanted]].mean():.3f}")
        print("temperature {}, log loss {:.3f}".format(*temperature_of(odds[ours], wanted[ours])))
        lost = Counter(names[ours & HARVESTS[wanted] & ~HARVESTS[called]])
        print("families lost most:", lost.most_common(12))
        print("| honest source left out | prompts | % called a harvest | which |\n|---|---|---|---|")
        for source in [*HONEST, "pages", "attack/gsm8k", "attack/gpteacher_codegen", "attack/taubench_gpt4o_airline"]:
            print_false(source, called[names == source])
    print("| source never learned from | prompts | % called a harvest | which |\n|---|---|---|---|")
    weights = load_weights()
    for source in JUDGED:
        texts = texts_of(source, 10_000)
        called = odds_of(weights, features(texts)).argmax(axis=1)
        print_false(source, called)
        for at in np.flatnonzero(HARVESTS[called])[: given.show]:
            print("   ", INTENTS[called[at]], repr(texts[at][:150]))


if __name__ == "__main__":
    main()
