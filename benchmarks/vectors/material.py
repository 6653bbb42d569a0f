"""What the word vectors are fitted on, and what may only judge them: texts of others are read where they lie."""

import sys
from pathlib import Path
from random import Random

import pyarrow.parquet as pq

sys.path.append(str(Path(__file__).parents[1] / "intents"))
from grammar import write_prompts

DATA = Path(__file__).parents[3] / "shared/data"
LEARNED = {  # MIT, Apache-2.0, CC BY or CC0; at most so many prompts of each
    "attack/gsm8k": 2000,
    "attack/gpteacher_codegen": 2000,
    "attack/gpteacher_toolformer": 600,
    "attack/self_instruct_seeds": 439,
    "attack/llm_judge_prompts": 400,
    "attack/taubench_gpt4o_airline": 1000,
    "benign/hh_rlhf_harmless": 2000,
    "benign/arena_hard": 1250,
    "benign/banking77": 1500,
    "benign/clinc150": 2000,
    "benign/taskmaster4": 1200,
    "benign/awesome_prompts": 700,
}
JUDGED = (
    "attack/alpaca_en", "attack/code_alpaca_2k", "benign/lima", "benign/autoj_scenarios", "benign/msmarco_queries",
    "benign/dialogsum", "benign/ntrex_translation",
)  # fmt: skip
SENTENCES_FROM = ("benign/awesome_prompts", "benign/arena_hard", "attack/llm_judge_prompts", "benign/hh_rlhf_harmless")
SENTENCES, WRITTEN, BAGS, BAG_WORDS = 5000, 3000, 20_000, (3, 5, 9)
SEED = 20261125


def missing() -> str | None:
    """Return why the texts cannot be read here, or None."""
    return None if (DATA / "prompts").is_dir() else f"no folder {DATA / 'prompts'}"


def texts_of(source: str, most: int) -> list[str]:
    """Return the texts of a source, or a fixed random choice of them."""
    texts = pq.read_table(DATA / f"prompts/{source}.parquet", columns=["text"])["text"].to_pylist()
    texts = [text for text in texts if text and text.strip()]
    return Random(source).sample(texts, most) if most < len(texts) else texts


def sentences(random: Random) -> list[str]:
    """Return sentences of the longer texts, of which the encoder reads the beginnings only."""
    found = {
        part.strip()
        for source in SENTENCES_FROM
        for text in texts_of(source, LEARNED[source])
        for part in text.replace("\n", ". ").split(". ")
        if 20 < len(part) < 300
    }
    return random.sample(sorted(found), min(SENTENCES, len(found)))


def written(random: Random) -> list[str]:
    """Return prompts of the project's own, from the phrasings that the intents are learned from."""
    return random.sample([prompt.text for prompt in write_prompts(SEED, each=6)], WRITTEN)


def bags(vocabulary: list[str], random: Random) -> list[str]:
    """Return words of the encoder's own vocabulary, each alone, and in heaps without sense or order."""
    heaps = [" ".join(random.choices(vocabulary, k=random.choice(BAG_WORDS))) for _ in range(BAGS)]
    return [*vocabulary, *heaps]


def prompts() -> dict[str, list[str]]:
    """Return what is learned from, by source; `sentences` and `written` are the last two."""
    random = Random(SEED)
    found = {source: texts_of(source, most) for source, most in LEARNED.items()}
    return {**found, "sentences": sentences(random), "written": written(random)}
