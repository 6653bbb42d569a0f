"""What each kind of speaker talks about; topics stay with the speaker."""

from functools import cache

import numpy as np
import numpy.typing as npt

from stillwatch.worlds.seeds import Seeds, mix, unit
from stillwatch.worlds.text import shipped_grammar
from stillwatch.worlds.visits import Visits, says

_TOPICS_OF_ONE = 3
LANGUAGES = ("es", "de", "zh", "ja")
# symbols for a first turn and for later ones, each as often as it is named
VOICES = {
    "developer": (("ask.agent",) * 5 + ("ask.code",) * 3, ("follow.agent",) * 9 + ("follow.code",)),
    "coder": (("ask.code",) * 5 + ("ask.agent", "ask.table"), ("follow.code",)),
    "looping": (("ask.agent",), ("follow.loop",) * 3 + ("follow.agent",)),
    "office": (("ask.work",) * 6 + ("ask.code", "ask.table", "ask.maths"), ("follow.work",) * 3 + ("follow.en",)),
    "app": (("ask.app",), ("follow.app",)),
    "bare app": (("ask.app.bare",), ("follow.app",)),
    "nightly": (("ask.nightly",), ("follow.work",)),
    "flow": (("ask.app.flow",), ("follow.app",)),
    "commit tool": (("ask.code.commits",), ("follow.code",)),
    "log tool": (("ask.code.logs",), ("follow.code",)),
    "command tool": (("ask.code.commands",), ("follow.code",)),
    "class": (("ask.class",) * 3 + ("ask.en.study", "ask.work"), ("follow.en",)),
    "benchmark": (("ask.benchmark",), ("follow.en",)),
    "benchmark of letters": (("ask.benchmark2",), ("follow.en",)),
}


@cache
def _topics() -> npt.NDArray[np.int16]:
    people = [name for name in shipped_grammar().names if name.startswith("ask.en.")]
    return says(*people, "ask.code", "ask.maths", "ask.work")


def speak_as_people(visits: Visits, speakers: Seeds, language: str | None, *, mixed: bool = False) -> None:
    """Let people ask what people ask, each about three topics of their own, seven in ten of them in their language.

    Parameters
    ----------
    speakers
        One seed a visit: whose words they are.
    language
        A language other than English that is spoken where they live, if any.
    mixed
        The speakers come from everywhere: a fifth of them speak one of the other languages.
    """
    seed, talk, later = visits["seed"], visits["talk"], visits["turn"] > 0
    place = (unit(mix(talk, 72)) ** 2 * _TOPICS_OF_ONE).astype(np.uint64)
    topics = _topics()
    said = topics[(mix(mix(speakers, 73), place) % np.uint64(len(topics))).astype(np.int64)]
    said[unit(mix(talk, 74)) < 0.04] = says("ask.smalltalk")[0]
    # two later turns in five ask something new about the same topic
    turns = later & (unit(mix(seed, 78)) < 0.6)
    said = np.where(turns, says("follow.en")[0], said)
    draw = unit(mix(speakers, 75))
    for number, name in enumerate(LANGUAGES):
        spoken = (draw < 0.7) if name == language else (draw > 0.8 + 0.05 * number) & (draw <= 0.85 + 0.05 * number)
        own = spoken & (name == language or mixed) & (unit(mix(seed, 76)) < 0.95)
        said = np.where(own, np.where(turns, *says(f"follow.{name}", f"ask.{name}")), said)
    visits["says"], visits["speaker"], visits["typed"] = said, speakers, True


def let_some_code(visits: Visits, speakers: Seeds, coders_share: float) -> None:
    """Let a share of the speakers use a coding agent in place of what they say."""
    coding = unit(mix(speakers, 9)) < coders_share
    first, later = (says(*symbols) for symbols in VOICES["developer"])
    drawn = mix(visits["seed"], 10)
    asked = first[(drawn % np.uint64(len(first))).astype(np.int64)]
    chased = later[(drawn % np.uint64(len(later))).astype(np.int64)]
    visits["says"] = np.where(coding, np.where(visits["turn"] == 0, asked, chased), visits["says"])
    visits["typed"] &= ~coding


def speak_as(visits: Visits, voice: str, speakers: Seeds | int, group: int = 0) -> None:
    """Let speakers ask what a voice of `VOICES` asks.

    Parameters
    ----------
    speakers
        One seed a visit, or one seed for all.
    group
        Seed of what the speakers share: the template of an app, the assignment of a class.
    """
    first, later = (says(*symbols) for symbols in VOICES[voice])
    draw = mix(visits["seed"], 77)
    visits["says"] = np.where(
        visits["turn"] == 0, first[(draw % np.uint64(len(first))).astype(np.int64)],
        later[(draw % np.uint64(len(later))).astype(np.int64)],
    )  # fmt: skip
    visits["speaker"] = speakers
    visits["group"] = group
    visits["typed"] = voice in ("office", "class", "coder")


def set_system(visits: Visits, symbol: str, seed: int = 0) -> None:
    """Give visits a system prompt; the same seed gives the same text."""
    visits["system"], visits["system_seed"] = says(symbol)[0], seed
