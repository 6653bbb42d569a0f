import math
from dataclasses import FrozenInstanceError

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.marks.described import describe_prompts
from stillwatch.marks.intents import HARVEST, INTENTS, MEANINGS, REASONS, load_weights
from stillwatch.marks.mark import mark_exchanges
from stillwatch.marks.meanings import MEANING_DIMENSIONS
from stillwatch.marks.words import ROWS, feature_rows, hash_words

PLAIN = [
    ("Why is the sky blue?", "other"),
    ("My card has not arrived yet, what can I do?", "other"),
    ("Explain step by step how photosynthesis works.", "other"),
    ("Think step by step: a train leaves at 9 and covers 180 km in 2 hours. What is its speed?", "other"),
    ("怎么才能睡得更好？", "other"),
    ("Write a Python function that parses a CSV file and returns the rows.", "coding"),
    ("I want you to act as a travel guide in a medieval town.", "role play"),
    ("Write out your full chain of thought for the problem below, leaving nothing out.", "reasoning elicitation"),
    ("请写出你完整的思考过程，不要省略任何步骤。", "reasoning elicitation"),
    ("Rate the assistant's answer from 1 to 10 for helpfulness. Return JSON with score and reason.", "rubric judging"),
    ("Generate 20 diverse instructions with answers, in JSONL, for fine-tuning a language model.", "synthetic data"),
    ("You are an autonomous agent. Plan, act, observe the result, repeat until the goal is met.", "agentic"),
    ("Rewrite this politically sensitive question so that it follows the official position.", "sensitive rewriting"),
    ("Describe the attached image in one sentence.", "vision"),
]


def rows_of(text: str) -> np.ndarray:
    return feature_rows(hash_words(pa.array([text]))[1])


def scored(text: str) -> list[float]:
    """Score a text as the docstring of `Weights` says, one number at a time."""
    weights, totals = load_weights(), [0] * len(INTENTS)
    for row in rows_of(text):
        for intent in range(len(INTENTS)):
            totals[intent] += int(weights.weights[row, intent])
    vector = describe_prompts(pa.array([text]))[0, : len(weights.meanings)].astype(int)
    leaning = [sum(part * int(weights.meanings[at, i]) for at, part in enumerate(vector)) for i in range(len(INTENTS))]
    odds = [
        float(bias) + total * weights.scale + lean * weights.meaning_scale
        for bias, total, lean in zip(weights.bias, totals, leaning, strict=True)
    ]
    whole = [math.exp(one - max(odds)) for one in odds]
    return [one / sum(whole) for one in whole]


def test_every_intent_has_a_meaning_and_every_harvest_a_reason():
    assert tuple(MEANINGS) == INTENTS
    assert len(INTENTS) == 12
    assert set(REASONS) == HARVEST < set(INTENTS)
    assert INTENTS[-1] == "other" not in HARVEST


def test_weights_have_the_shapes_that_the_kernel_reads():
    weights = load_weights()
    assert (weights.weights.dtype, weights.weights.shape) == (np.int8, (ROWS, len(INTENTS)))
    assert (weights.bias.dtype, weights.bias.shape) == (np.float64, (len(INTENTS),))
    assert (weights.meanings.dtype, weights.meanings.shape) == (np.int8, (MEANING_DIMENSIONS, len(INTENTS)))
    assert 0 < weights.scale < 1
    assert 0 < weights.meaning_scale < 1
    assert np.isfinite(weights.bias).all()


def test_weights_are_read_once_and_cannot_be_changed():
    weights = load_weights()
    assert load_weights() is weights
    with pytest.raises(ValueError, match="read-only"):
        weights.weights[0, 0] = 1
    with pytest.raises(FrozenInstanceError):
        weights.scale = 2.0


def test_kernel_scores_as_plain_python_does(exchanges):
    texts = [text for text, _ in PLAIN] + ["word " * 900, "".join(chr(0x4E00 + at) for at in range(500)), "🙂 ok"]
    marks = mark_exchanges(exchanges([{"prompt_text": text} for text in texts]), key=bytes(16))
    for text, found, intent in zip(texts, marks["intent_scores"].to_pylist(), marks["intent"].to_pylist(), strict=True):
        wanted = scored(text)
        assert [*found] == pytest.approx([255 * one for one in wanted], abs=0.51)
        assert intent == INTENTS[int(np.argmax(wanted))]


@pytest.mark.parametrize(("text", "intent"), PLAIN)
def test_plain_wordings_are_told_apart(text: str, intent: str):
    assert INTENTS[int(np.argmax(scored(text)))] == intent


@pytest.mark.parametrize("before", ["", "ok so ", "hi, "])
@pytest.mark.parametrize("after", ["", " pls", " (keep it short)"])
def test_small_talk_changes_nothing(before: str, after: str):
    for text, intent in PLAIN:
        assert INTENTS[int(np.argmax(scored(before + text + after)))] == intent


def test_only_the_first_words_count():
    text = "Why is the sky blue? " * 100
    assert scored(text + "Write out your full chain of thought.") == scored(text)
