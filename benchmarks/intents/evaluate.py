"""Judge the intent model: on wordings left out, on honest sources left out, and on sources never learned from."""

import argparse
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from grammar import Prompt, framed, unseen_prompts
from material import HONEST, JUDGED, LEARNED, texts_of
from train import HARVESTS, all_prompts, features, guessed, is_real, learn, odds_of

from stillwatch.marks.intents import INTENTS, load_weights

FOLDS = 5
Numbers = npt.NDArray[np.int64]
Odds = npt.NDArray[np.float64]


def folds_of(prompts: Sequence[Prompt]) -> Numbers:
    """Deal families out to folds, in turn within each intent; frames and real prompts are never left out (-1)."""
    seen: Counter[str] = Counter()
    fold: dict[str, int] = {}
    kept, real = framed(), is_real(prompts)
    for prompt, other in zip(prompts, real, strict=True):
        if prompt.family not in fold:
            fold[prompt.family] = -1 if other or prompt.family in kept else seen[prompt.intent] % FOLDS
            seen[prompt.intent] += fold[prompt.family] >= 0
    return np.array([fold[prompt.family] for prompt in prompts])


def families_left_out() -> tuple[Numbers, Odds]:
    """Return intents and odds of the written prompts, each by a model that did not see its family."""
    prompts = all_prompts()
    given = features([prompt.text for prompt in prompts])
    wanted, folds = guessed(prompts, given), folds_of(prompts)
    odds = np.zeros((len(prompts), len(INTENTS)))
    for fold in range(FOLDS):
        seen = folds != fold
        known = [prompt for prompt, kept in zip(prompts, seen, strict=True) if kept]
        odds[~seen] = odds_of(learn(known, given[seen], wanted[seen]), given[~seen])
    return wanted[folds >= 0], odds[folds >= 0]


def print_intents(wanted: Numbers, odds: Odds) -> None:
    """Print recall and precision of each intent, and how well the probabilities are calibrated."""
    called = odds.argmax(axis=1)
    print("| intent | prompts | recall | precision |\n|---|---|---|---|")
    for number, intent in enumerate(INTENTS):
        right, given, found = (
            ((wanted == number) & (called == number)).sum(),
            (wanted == number).sum(),
            (called == number).sum(),
        )
        print(f"| {intent} | {given} | {right / max(given, 1):.3f} | {right / max(found, 1):.3f} |")
    harvested = HARVESTS[wanted]
    print(f"\nany harvest intent: recall {HARVESTS[called][harvested].mean():.3f},", end=" ")
    print(f"false on wordings made to look like one {HARVESTS[called][~harvested].mean():.3f}")
    losses = {round(float(t), 2): log_loss(odds / t, wanted) for t in np.arange(0.5, 3.05, 0.05)}
    best = min(losses, key=lambda temperature: losses[temperature])
    print(f"log loss {losses[1.0]:.3f}; least, {losses[best]:.3f}, at temperature {best}\n")


def print_calibration(wanted: Numbers, odds: Odds) -> None:
    """Print what the probabilities promise and what holds: of the intent that is named, and of a harvest by tenths."""
    chances = np.exp(odds - np.logaddexp.reduce(odds, axis=1, keepdims=True))
    named, right = chances.max(axis=1), chances.argmax(axis=1) == wanted
    harvest, truth = chances[:, HARVESTS].sum(axis=1), HARVESTS[wanted]
    print(f"expected calibration error: {error_of(named, right):.3f} of the intent named,", end=" ")
    print(f"{error_of(harvest, truth):.3f} of any harvest intent\n")
    print("| probability of a harvest | prompts | mean probability | are a harvest |\n|---|---|---|---|")
    tenth = tenths_of(harvest)
    for number in np.unique(tenth):
        mine = tenth == number
        print(f"| {number / 10:.1f} to {(number + 1) / 10:.1f} | {mine.sum()} | {harvest[mine].mean():.3f}", end=" ")
        print(f"| {truth[mine].mean():.3f} |")
    print()


def tenths_of(chances: Odds) -> Numbers:
    """Return the tenth that each probability lies in, 0 to 9."""
    return np.minimum((10 * chances).astype(np.int64), 9)


def error_of(chances: Odds, truth: npt.NDArray[np.bool_]) -> float:
    """Return the expected calibration error over ten bins: how far the share that holds lies from what is promised."""
    tenth = tenths_of(chances)
    return float(sum(abs((chances - truth)[tenth == number].sum()) for number in range(10)) / len(chances))


def log_loss(odds: Odds, wanted: Numbers) -> float:
    """Return the mean log loss."""
    chances = odds - np.logaddexp.reduce(odds, axis=1, keepdims=True)
    return -float(chances[np.arange(len(wanted)), wanted].mean())


def print_false(source: str, texts: list[str], odds: Odds, show: int) -> Numbers:
    """Print how many honest texts are called an intent that builds a training set; return which."""
    called = odds.argmax(axis=1)
    wrong = np.flatnonzero(HARVESTS[called])
    named = ", ".join(f"{INTENTS[number]} {count}" for number, count in Counter(called[wrong].tolist()).most_common(2))
    print(f"| {source} | {len(called)} | {100 * len(wrong) / max(len(called), 1):.2f} | {named} |")
    for at in wrong[:show]:
        print("   ", INTENTS[called[at]], repr(texts[at][:150]))
    return wrong


def sources_left_out(show: int) -> None:
    """Print the false share on each honest source, by a model that learned from the other half of the sources."""
    print("| honest source left out | prompts | % called a harvest | as |\n|---|---|---|---|")
    wrong = total = 0
    for half in (HONEST[::2], HONEST[1::2]):
        prompts = all_prompts(half)
        given = features([prompt.text for prompt in prompts])
        weights = learn(prompts, given, guessed(prompts, given))
        for source in half:
            texts = texts_of(source, LEARNED[source][1])
            wrong += len(print_false(source, texts, odds_of(weights, features(texts)), show))
            total += len(texts)
    print(f"| all | {total} | {100 * wrong / max(total, 1):.2f} | |\n")


def shipped(show: int) -> None:
    """Print how the shipped weights do on wordings written after the grammar, and on sources never learned from."""
    weights, prompts = load_weights(), unseen_prompts()
    wanted = np.array([INTENTS.index(prompt.intent) for prompt in prompts])
    odds = odds_of(weights, features([prompt.text for prompt in prompts]))
    print_intents(wanted, odds)
    for at in np.flatnonzero(odds.argmax(axis=1) != wanted)[:show]:
        print("   ", INTENTS[odds[at].argmax()], "for", repr(prompts[at].text[:110]), prompts[at].intent)
    print("| source never learned from | prompts | % called a harvest | as |\n|---|---|---|---|")
    wrong = total = 0
    for source in JUDGED:
        texts = texts_of(source, 10_000)
        wrong += len(print_false(source, texts, odds_of(weights, features(texts)), show)) if texts else 0
        total += len(texts)
    print(f"| all | {total} | {100 * wrong / max(total, 1):.2f} | |")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--shipped", action="store_true", help="judge the shipped weights only")
    arguments.add_argument("--show", type=int, default=0, help="wrong prompts to show of each source")
    given = arguments.parse_args()
    if not given.shipped:
        left_out = families_left_out()
        print_intents(*left_out)
        print_calibration(*left_out)
        sources_left_out(given.show)
    shipped(given.show)


if __name__ == "__main__":
    main()
