"""Real prompts that others published, read where they lie: what may be learned from, and what may only judge."""

import re
from dataclasses import replace
from pathlib import Path
from random import Random

import pyarrow.parquet as pq

from grammar import Prompt

PROMPTS = Path(__file__).parents[3] / "shared/data/prompts"
UNSURE = ""  # honest, but of several intents: the model's own guess among the intents that build no training set
LEARNED = {  # MIT, Apache-2.0, CC BY or CC0: the folder's README names the licences
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
JUDGED = ("benign/msmarco_queries", "benign/dialogsum", "benign/lima", "benign/autoj_scenarios", "benign/ntrex_translation",
          "attack/alpaca_en", "attack/alpaca_gpt4_zh_demo")  # fmt: skip
HONEST = tuple(source for source in LEARNED if source.startswith("benign/"))


def texts_of(source: str, most: int | None = None) -> list[str]:
    """Return the texts of a source, or a fixed random choice of them; none where the source is absent."""
    path = PROMPTS / f"{source}.parquet"
    texts = pq.read_table(path, columns=["text"])["text"].to_pylist() if path.exists() else []
    return Random(source).sample(texts, most) if most is not None and most < len(texts) else texts


def intent_of(text: str, intent: str) -> str:
    """Return the intent of a real prompt: its source's, save where its first words give it a role."""
    return "role play" if re.match(r"(i want you to )?act as\b|you are (a|an|my)\b|role:", text.lower()) else intent


def questions_in_judgements(texts: list[str]) -> list[str]:
    """Return the questions that were asked of the judged model: honest ones, in Chinese and Japanese."""
    found = (re.search(r"\[(?:User )?(?:Question|用户问题|ユーザーの質問|问题|質問)\]\s*(.+?)\s*\[", text, re.S) for text in texts)
    return sorted({match[1] for match in found if match})


def pages(texts: list[str], count: int, random: Random) -> list[str]:
    """Return long honest texts, 3 to 300 short ones in a row: length must not look like an intent."""
    return ["\n\n".join(random.choices(texts, k=random.choice((3, 10, 30, 300)))) for _ in range(count)]


def real_prompts() -> list[Prompt]:
    """Return the real prompts that may be learned from; the family is the source."""
    prompts = [
        Prompt(text, intent_of(text, intent) if source in HONEST else intent, source)
        for source, (intent, most) in LEARNED.items()
        for text in texts_of(source, most)
    ]
    asked = questions_in_judgements(texts_of("attack/llm_judge_prompts"))
    prompts += [Prompt(text, "other", "questions in judgements") for text in asked]
    honest = [prompt.text for prompt in prompts if prompt.intent == "other" and len(prompt.text) < 600]
    if honest:
        prompts += [Prompt(text, "other", "pages") for text in pages(honest, 1500, Random(7))]
    bare = [prompt for prompt in prompts if prompt.intent == "tool use"]
    requests = [replace(prompt, text=prompt.text.rsplit(")\n", 1)[-1], intent="other") for prompt in bare[:700]]
    return prompts + [prompt for prompt in requests if len(prompt.text) < 500]
