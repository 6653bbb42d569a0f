"""Pairs of honest and attackers' prompts for `window.py`: published attacks, pools, and those that settings rest on."""

import re
from collections.abc import Callable, Iterable
from random import Random

import material
import pyarrow.parquet as pq

PUBLISHED = ("ME_BERT_boolq_random", "Meaeq_AGNEWS", "Meaeq_HATESPEECH")
OWN = (
    ("benign/msmarco_queries", "attack/alpaca_en"),
    ("benign/clinc150", "attack/self_instruct_seeds"),
    ("benign/banking77", "attack/alpaca_en"),
    ("benign/taskmaster4", "attack/taubench_gpt4o_airline"),
)
MOST = {"attack/alpaca_en": 3000}
FEW, THEIRS = 1900, 2000  # as in the published attacks
Texts = tuple[list[str], list[str]]


def texts_of(source: str) -> list[str]:
    """Return the different texts of a pool in a fixed random order."""
    texts = sorted(set(material.texts_of(source, 10**6)))
    return Random(source).sample(texts, min(MOST.get(source, len(texts)), len(texts)))


def published(label: str) -> Texts:
    """Return the honest and the attacker's prompts of a published attack."""
    sides = []
    for side in ("normal", "attacker"):
        table = pq.read_table(material.DATA / f"extraction_pairs/{side}.parquet").to_pylist()
        sides.append([row["text"] for row in table if row["label"] == label])
    return sides[0], sides[1]


def chosen_on() -> dict[str, Texts]:
    """Return pairs made as the published attacks are: few honest prompts, and attackers who imitate their form.

    The attackers send sentences from elsewhere, words at random in the honest form, or another pool in the honest
    pool's case, punctuation and length. All settings of the test were chosen on these.
    """
    queries, dialogues = texts_of("benign/msmarco_queries"), texts_of("benign/dialogsum")
    passages = [text[:600] for text in texts_of("benign/autoj_scenarios") if len(text) > 250]
    asked = [_passage(text, query) for text, query in zip(passages, queries, strict=False)]
    turns = [turn.split(": ", 1)[-1] for text in dialogues for turn in text.split("\n") if 25 < len(turn) < 180]
    given = {
        "news, sentences of instructions": (texts_of("benign/ntrex_translation"), _sentences("benign/autoj_scenarios")),
        "news, sentences of personas": (texts_of("benign/ntrex_translation"), _sentences("benign/awesome_prompts")),
        "chat, turns of dialogues": (texts_of("benign/hh_rlhf_harmless"), Random(5).sample(turns, THEIRS)),
        "dialogues, words at random": (dialogues, _heaps(_words("benign/autoj_scenarios"), _dialogue)),
        "passages, words at random": (asked, _heaps(_words("benign/arena_hard"), _heaped_passage)),
        "banking, clinc in its form": (texts_of("benign/banking77"), [*map(_question, texts_of("benign/clinc150"))]),
        "queries, alpaca in their form": (queries, [*map(_plain, texts_of("attack/alpaca_en"))]),
        "clinc, lima in its form": (texts_of("benign/clinc150"), [*map(_plain, texts_of("benign/lima"))]),
        "code, code of others": (
            texts_of("attack/code_alpaca_2k"),
            [text for text in texts_of("attack/gpteacher_codegen") if len(text) < 250],
        ),
        "orders, airline": (texts_of("benign/taskmaster4"), texts_of("attack/taubench_gpt4o_airline")),
    }
    return {name: (honest[:FEW], theirs[:THEIRS]) for name, (honest, theirs) in given.items()}


def _passage(text: str, query: str) -> str:
    return f"Passage: {text}\nQuestion: {query}"


def _plain(text: str) -> str:
    return re.sub(r"[^\w ]", "", text.lower().replace("\n", " ")).strip()[:60]


def _question(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}?"


def _sentences(source: str) -> list[str]:
    found = {
        part.strip() for text in texts_of(source) for part in re.split(r"(?<=[.!?])\s+|\n+", text) if len(part) < 260
    }
    whole = [one for one in found if len(one) > 50 and one[0].isupper() and one[-1] in ".!?" and one.count(" ") > 5]
    return Random(source).sample(sorted(whole), THEIRS)


def _words(source: str) -> list[str]:
    return [word for text in texts_of(source) for word in text.split()]


def _heaps(words: list[str], form: Callable[[Iterable[str]], str]) -> list[str]:
    random = Random(3)
    return [form(random.choices(words, k=random.randint(20, 110))) for _ in range(THEIRS)]


def _dialogue(words: Iterable[str]) -> str:
    given = list(words)
    return f"#Person1#: {' '.join(given[::2])}\n#Person2#: {' '.join(given[1::2])}"


def _heaped_passage(words: Iterable[str]) -> str:
    given = list(words)
    return _passage(" ".join(given[8:]), " ".join(given[:8]))
