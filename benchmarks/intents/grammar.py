"""Prompts from the phrasings of this folder, each with its intent and the family of wordings that it comes from."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from stillwatch.marks.intents import HARVEST, INTENTS

STARRED = 10
PHRASINGS = Path(__file__).parent / "phrasings"
OPENINGS = ("ok so ", "hi, ", "Hello! ", "please ", "quick one: ", "hey ", "So, ", "Next: ", "你好，", "Hola, ",
            "Bitte: ", "すみません、", "[system note] ", "Task 12. ", "- ")  # fmt: skip
ENDINGS = (" pls", " (keep it short)", " Thanks!", " thank you", " ASAP", " Answer in English.", "\n\nBe precise.",
           " ok?", " 谢谢", " gracias", " danke", " お願いします。", "\n---", " Use markdown.",
           " No preamble.")  # fmt: skip
CONTENTS = ("math", "question", "code", "passage", "answer", "math", "question", "table", "zh_math", "zh_question",
            "zh_answer", "es_question", "es_answer", "de_question", "de_answer", "ja_question",
            "ja_answer")  # fmt: skip


@dataclass(frozen=True)
class Prompt:
    """One prompt to learn from; a whole `family` is left out at a time when the model is judged."""

    text: str
    intent: str
    family: str


@cache
def fills() -> dict[str, tuple[str, ...]]:
    """Return what may stand for each `{name}`."""
    lines = (PHRASINGS / "fills.txt").read_text(encoding="utf-8").splitlines()
    named = (line.split(": ", 1) for line in lines)
    return {name: tuple(value.replace("\\n", "\n") for value in values.split(" | ")) for name, values in named}


@dataclass(frozen=True)
class Kind:
    """A way of asking for hidden reasoning; `words` are its own, so that they can leave the training with it."""

    name: str
    words: re.Pattern[str]
    phrasings: tuple[str, ...]


@cache
def kinds() -> tuple[Kind, ...]:
    """Return the kinds of asking for hidden reasoning."""
    text = (PHRASINGS / "reasoning_kinds.txt").read_text(encoding="utf-8")
    parts = (part.splitlines() for part in text.split("\n## ")[1:])
    heads = ((head.split(" :: "), lines) for head, *lines in parts)
    return tuple(
        Kind(name, re.compile(words, re.I), tuple(line.replace("\\n", "\n") for line in lines if line))
        for (name, words), lines in heads
    )


def families(intent: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each family of an intent's phrasings: an English paragraph, or a line under the name of a language."""
    text = (PHRASINGS / f"{intent.replace(' ', '_')}.txt").read_text(encoding="utf-8")
    number = 0
    for paragraph in re.split(r"\n\s*\n", text):
        lines = [line.replace("\\n", "\n") for line in paragraph.splitlines() if line and not line.startswith("#")]
        alone = re.match(r"# [a-z]{2}\n", paragraph)
        for group in [[line] for line in lines] if alone else [lines]:
            number += 1
            yield f"{intent} {number}", tuple(group)
    if intent == "reasoning elicitation":
        yield from ((f"kind {kind.name}", kind.phrasings) for kind in kinds())


def split_choice(phrasing: str, at: int) -> tuple[list[str], int]:
    """Return the choices of the bracket that opens before `at`, and where it ends."""
    choices, depth, start = [], 1, at
    while depth:
        letter = phrasing[at]
        depth += (letter == "[") - (letter == "]")
        if not depth or (letter == "|" and depth == 1):
            choices.append(phrasing[start:at])
            start = at + 1
        at += 1
    return choices, at


def choose(phrasing: str, random: Random) -> str:
    """Return the phrasing with one choice made in each bracket."""
    written, at = [], 0
    while (to := phrasing.find("[", at)) >= 0:
        choices, end = split_choice(phrasing, to + 1)
        written += [phrasing[at:to], choose(random.choice(choices), random)]
        at = end
    return "".join([*written, phrasing[at:]])


def fill(text: str, random: Random) -> str:
    """Return the text with every `{name}` filled, the names in fills too."""

    def filled(match: re.Match[str]) -> str:
        values = fills().get(match[1])
        return fill(random.choice(values), random) if values else match[0]

    return re.sub(r"\{([a-z_]+)\}", filled, text)


def thinned(text: str, random: Random) -> str:
    """Return the text without about a tenth of its words, so that no single word decides."""
    words = text.split(" ")
    return " ".join(word for word in words if random.random() > 0.1) if len(words) > 8 and text.isascii() else text


def content(random: Random, real: tuple[str, ...]) -> str:
    """Return what is pasted around a request: one text mostly, sometimes a page, at times 4,000 words."""
    several = random.choices((1, 3, 12, 150), (78, 14, 7, 1))[0]
    texts = [
        random.choice(real) if real and random.random() < 0.6 else fill(f"{{{random.choice(CONTENTS)}}}", random)
        for _ in range(several)
    ]
    return "\n\n".join(texts)


def around(text: str, random: Random, real: tuple[str, ...]) -> str:
    """Return the request with content after it, before it or, half of the time, none; and with small talk."""
    place = random.random()
    gap = random.choice(("\n\n", "\n", " ", "\n\n---\n\n"))
    if place < 0.3:
        text = text + gap + content(random, real)
    elif place < 0.5:
        text = content(random, real) + gap + text
    if random.random() < 0.2:
        text = random.choice(OPENINGS) + text
    return text + random.choice(ENDINGS) if random.random() < 0.2 else text


def write_prompts(seed: int, real: tuple[str, ...] = (), each: int = 40) -> list[Prompt]:
    """Return prompts of every family, the same for the same seed.

    Parameters
    ----------
    real
        Honest texts to paste around the requests.
    each
        Prompts of each phrasing; of a frame, which begins with a star, `STARRED` times as many.
    """
    prompts = []
    for intent in INTENTS:
        for family, phrasings in families(intent):
            random = Random(f"{seed} {family}")
            for phrasing in phrasings:
                star = phrasing.startswith("* ")
                for _ in range(STARRED * each if star else each):
                    text = fill(choose(phrasing.removeprefix("* "), random), random)
                    text = thinned(text, random) if random.random() < 0.35 else text
                    pasted = intent in HARVEST or intent == "tool use"
                    prompts.append(
                        Prompt(around(text, random, real) if pasted else small_talk(text, random), intent, family)
                    )
    return prompts


def small_talk(text: str, random: Random) -> str:
    """Return an honest request with what people put around it, never with content that would be a request itself."""
    before = random.choice(OPENINGS) if random.random() < 0.2 else ""
    return before + text + (random.choice(ENDINGS) if random.random() < 0.2 else "")


def framed() -> set[str]:
    """Return the families that hold frames."""
    named = ((name, lines) for intent in INTENTS for name, lines in families(intent))
    return {name for name, lines in named if any(line.startswith("* ") for line in lines)}


def unseen_prompts() -> list[Prompt]:
    """Return the prompts of `unseen.txt`, which were written after the grammar and are never learned from."""
    lines = (PHRASINGS / "unseen.txt").read_text(encoding="utf-8").splitlines()
    parts = (line.split(" :: ", 1) for line in lines if " :: " in line)
    return [Prompt(text.replace("\\n", "\n"), intent, "unseen") for intent, text in parts]
