"""What a prompt may want, which of these wants build training sets, and the weights that tell them apart."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

MEANINGS = MappingProxyType(
    {
        "reasoning elicitation": "asks the model to write out, reconstruct or expose hidden reasoning as material, for "
        "a task or a finished answer; a mere `think step by step` in a question is not it",
        "rubric judging": "asks the model to grade or compare answers in a fixed form, as a reward model does",
        "synthetic data": "asks for exercises, questions with answers, instructions, variants or rows of a data set",
        "agentic": "has the model plan, act and observe in text towards a goal of many steps",
        "tool use": "offers functions, their schemas or API calls, and asks for calls",
        "coding": "asks to write, mend, explain or test code",
        "data analysis": "asks for work on tables, queries over data, statistics or charts",
        "computer use": "has the model operate a screen: clicks, typing, screenshots, a browser",
        "vision": "asks about an image, or for words that describe one",
        "sensitive rewriting": "asks to rewrite politically sensitive questions or answers so that they are safe, "
        "neutral or official",
        "role play": "gives the model a person or a character to be",
        "other": "everything else that people ask",
    }
)
INTENTS = tuple(MEANINGS)

REASONS = MappingProxyType(
    {
        "reasoning elicitation": "written-out reasoning is what a student model is trained on, and no answer needs it",
        "rubric judging": "scores in a fixed form over answers of another model make this model a reward model",
        "synthetic data": "exercises and answers in number are a training set as such",
        "agentic": "trajectories played in text, without a product around them, teach a student to act",
        "sensitive rewriting": "pairs of a sensitive question and a safe answer train a student's refusals",
    }
)
HARVEST = frozenset(REASONS)


@dataclass(frozen=True)
class Weights:
    """A linear model over the rows that `words.feature_rows` gives and over the meaning vector of the prompt.

    `bias + weights[rows].sum(axis=0) * scale + vector @ meanings * meaning_scale`, with `vector` as in
    `meanings.meaning_of_words`. `weights` is int8, 2^15 x 12, `meanings` int8, 64 x 12, `bias` float64, 12. The scores
    are log odds, calibrated: their softmax is the probability of each of `INTENTS`.
    """

    weights: npt.NDArray[np.int8]
    bias: npt.NDArray[np.float64]
    scale: float
    meanings: npt.NDArray[np.int8]
    meaning_scale: float


@cache
def load_weights() -> Weights:
    """Return the weights that the package ships; `docs/intents.md` says what they were trained on."""
    with files("stillwatch.marks").joinpath("intents.npz").open("rb") as file, np.load(file) as stored:
        weights, bias, meanings = stored["weights"], stored["bias"], stored["meanings"]
        scale, meaning_scale = float(stored["scale"]), float(stored["meaning_scale"])
    for array in (weights, bias, meanings):
        array.flags.writeable = False
    return Weights(weights, bias, scale, meanings, meaning_scale)
