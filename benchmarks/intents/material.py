"""Real prompts that others published, read where they lie: what may be learned from, and what may only judge."""

import re
from collections.abc import Collection
from pathlib import Path
from random import Random

import pyarrow.parquet as pq
from grammar import Prompt

PROMPTS = Path(__file__).parents[3] / "shared/data/prompts"
UNSURE = ""  # honest, but of several intents: the model's own guess among the intents that build no training set
LEARNED = {  # MIT, Apache-2.0, CC BY or CC0; at most so many prompts of each
    "attack/gsm8k": ("other", 2500),
    "attack/gpteacher_codegen": ("coding", 2500),
    "attack/gpteacher_toolformer": ("tool use", 1500),
    "attack/self_instruct_seeds": (UNSURE, 439),
    "attack/llm_judge_prompts": ("rubric judging", 1500),
    "attack/taubench_gpt4o_airline": ("other", 1490),
    "benign/hh_rlhf_harmless": (UNSURE, 2824),
    "benign/arena_hard": (UNSURE, 1250),
    "benign/banking77": ("other", 3000),
    "benign/clinc150": ("other", 5000),
    "benign/taskmaster4": ("other", 1500),
    "benign/awesome_prompts": (UNSURE, 1511),
}
HONEST = tuple(
    source for source in LEARNED if source not in ("attack/llm_judge_prompts", "attack/gpteacher_toolformer")
)
JUDGED = ("benign/msmarco_queries", "benign/dialogsum", "benign/lima", "benign/autoj_scenarios",
          "benign/ntrex_translation", "attack/alpaca_en", "attack/alpaca_gpt4_zh_demo")  # fmt: skip
PAGES = 8000


def texts_of(source: str, most: int) -> list[str]:
    """Return the texts of a source, or a fixed random choice of them; none where the source is absent."""
    path = PROMPTS / f"{source}.parquet"
    texts = pq.read_table(path, columns=["text"])["text"].to_pylist() if path.exists() else []
    return Random(source).sample(texts, most) if most < len(texts) else texts


def intent_of(text: str, source: str) -> str:
    """Return the intent of a real prompt: its source's, save where an honest prompt's first words give a role."""
    role = re.match(r"(i want you to )?act as\b|you are (a|an|my)\b|role:", text.lower())
    return "role play" if role and source.startswith("benign/") else LEARNED[source][0]


def questions_in_judgements(texts: list[str]) -> list[str]:
    """Return the questions that were asked of the judged model: honest ones, in Chinese and Japanese."""
    found = (re.search(r"\[(?:用户问题|ユーザーの質問|问题|質問)\]\s*(.+?)\s*\[", text, re.S) for text in texts)
    return sorted({match[1] for match in found if match})


def sentences_of(text: str) -> list[str]:
    """Return up to 30 sentences of a text."""
    return [part for part in re.split(r"(?<=[.!?。？！\n])\s+", text) if 3 < len(part) < 400][:30]


def pages(sentences: dict[str, list[str]], random: Random) -> list[str]:
    """Return pages of honest sentences in no order: length alone must not look like an intent."""
    made = []
    for _ in range(PAGES if sentences else 0):
        sources = random.choices(list(sentences), k=random.choice((1, 2, 3)))
        count = random.choice((4, 8, 15, 25, 40))
        made.append(" ".join(random.choice(sentences[random.choice(sources)]) for _ in range(count)))
    return made


def real_prompts(without: Collection[str] = ()) -> list[Prompt]:
    """Return the real prompts that may be learned from, but for some sources; the family is the source."""
    sources = {name: texts_of(name, most) for name, (_, most) in LEARNED.items() if name not in without}
    prompts = [Prompt(text, intent_of(text, name), name) for name, texts in sources.items() for text in texts]
    asked = questions_in_judgements(texts_of("attack/llm_judge_prompts", 10_000))
    prompts += [Prompt(text, "other", "real questions in judgements") for text in asked]
    sentences = {
        name: [sentence for text in texts for sentence in sentences_of(text)]
        for name, texts in sources.items()
        if name in HONEST and texts
    }
    return prompts + [Prompt(text, UNSURE, "real pages") for text in pages(sentences, Random(7))]
