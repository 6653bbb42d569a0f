"""What the gateway records: planned visits as rows of the table `exchanges`, and their conversations."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.tables import EXCHANGES
from stillwatch.worlds import calls
from stillwatch.worlds.calendar import DAY_US
from stillwatch.worlds.conversations import Recorded
from stillwatch.worlds.planning import Plan
from stillwatch.worlds.registry import Known, Rows
from stillwatch.worlds.seeds import Seeds, mix
from stillwatch.worlds.text import shipped_grammar, with_slips, write_texts
from stillwatch.worlds.text.grammar import Grammar
from stillwatch.worlds.visits import NO_VISITS, Visits

PROVIDER = "lantern"
BATCH_ROWS = 32_768
OPENINGS = (("opening.agent", "answer.agent"), ("opening.agent2", "answer.agent2"))


@dataclass(frozen=True)
class Batch:
    """Rows in the order of time, with what is true of them: the number of the account, and whether it is extraction."""

    recorded: Recorded
    visits: Visits


@dataclass(frozen=True)
class Recorder:
    """Records visits. A row depends on its own visit and account only, so the size of the batches changes nothing.

    Parameters
    ----------
    known
        The accounts.
    released
        Models released meanwhile, the oldest first.
    grammar
        What texts are written from.
    """

    known: Known
    released: tuple[str, ...]
    grammar: Grammar

    @classmethod
    def of(cls, plan: Plan, grammar: Grammar | None = None) -> "Recorder":
        """Return the recorder of a plan; without a grammar, with the one that ships."""
        released = tuple(release.model for release in plan.calendar.releases)
        return cls(plan.known, released, grammar or shipped_grammar())

    def batches(self, plan: Plan, *, threads: int = 1, by_day: bool = False) -> Iterator[Batch]:
        """Yield all rows in the order of time; with `by_day` no batch holds rows of two days."""
        with ThreadPoolExecutor(threads) as pool:
            waiting: deque[Future[Batch]] = deque()
            for visits in _cut(plan.visits.hours(), by_day=by_day):
                waiting.append(pool.submit(self.record, visits))
                if len(waiting) > threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def record(self, visits: Visits) -> Batch:
        """Record visits, in the order in which they are given."""
        account = visits["account"].astype(np.int64)
        prompts, systems, replies = self._prompts(visits), self._systems(visits), self._replies(visits)
        sizes = (_sizes(prompts), _sizes(systems), _sizes(replies))
        columns: dict[str, Any] = self.known.texts(account)
        columns |= self.known.device_texts(account, visits["talk"])
        columns |= calls.call_columns(visits, self.known, self.released, sizes)
        answered = pc.equal(columns["status_code"], 200)
        columns |= {
            "exchange_id": calls.hexadecimal("x", visits["seed"]),
            "asked_at": pa.array(visits["at"]),
            "provider": pa.repeat(PROVIDER, len(visits)),
            "system_text": systems,
            "prompt_text": prompts,
            "response_text": pc.if_else(answered, replies, None),
            "reasoning_text": self._thoughts(visits, answered),
        }
        arrays = [columns[field.name].cast(field.type) for field in EXCHANGES.schema]
        rows = pa.RecordBatch.from_arrays(arrays, schema=EXCHANGES.schema)
        return Batch(Recorded(rows, visits["talk"], replies, visits["opening"] - np.int8(1), visits["last"]), visits)

    def openings(self) -> list[tuple[str, str]]:
        """Return the first request of each framework, and its answer, which all who use it have alike."""
        return [(self._one(asked), self._one(answered)) for asked, answered in OPENINGS]

    def _one(self, symbol: str) -> str:
        seeds = np.zeros(1, np.uint64)
        numbers = np.array([self.grammar.numbers[symbol]])
        return str(write_texts(self.grammar, numbers, dict.fromkeys(("here", "talk", "speaker", "group"), seeds))[0])

    def _prompts(self, visits: Visits) -> pa.Array:
        texts = write_texts(self.grammar, visits["says"], _scopes(visits, visits["words"]))
        typed = np.flatnonzero(visits["typed"])
        if not len(typed):
            return texts
        slipped = with_slips(texts.take(pa.array(typed)), visits["speaker"][typed], visits["seed"][typed])
        return pc.replace_with_mask(texts, pa.array(visits["typed"]), slipped)

    def _replies(self, visits: Visits) -> pa.Array:
        return write_texts(
            self.grammar, _replies_to(self.grammar)[visits["says"]], _scopes(visits, mix(visits["seed"], 65))
        )

    def _thoughts(self, visits: Visits, answered: pa.Array) -> pa.Array:
        shown = calls.reasons(visits) & self.known.accounts["replays_signatures"][visits["account"]]
        rows = np.flatnonzero(shown & answered.to_numpy(zero_copy_only=False))
        symbols = np.full(len(rows), self.grammar.numbers["thought"], np.int16)
        texts = write_texts(self.grammar, symbols, _scopes(visits[rows], mix(visits["seed"][rows], 66)))
        places = np.full(len(visits), -1)
        places[rows] = np.arange(len(rows))
        return texts.take(pa.array(places, mask=places < 0))

    def _systems(self, visits: Visits) -> pa.Array:
        keys = mix(visits["system_seed"], visits["system"].astype(np.uint64))
        _, first, back = np.unique(keys, return_index=True, return_inverse=True)
        seeds, symbols = visits["system_seed"][first], visits["system"][first]
        shown = np.flatnonzero(symbols >= 0)
        scopes = dict.fromkeys(("here", "talk", "speaker", "group"), seeds[shown])
        texts = write_texts(self.grammar, symbols[shown], scopes)
        places = np.full(len(first), -1)
        places[shown] = np.arange(len(shown))
        place = places[back]
        return texts.take(pa.array(place, mask=place < 0))


def _cut(hours: Iterable[Visits], *, by_day: bool) -> Iterator[Visits]:
    """Yield visits in batches of one size, the last of all, or of a day, excepted."""
    held = NO_VISITS
    for visits in hours:
        if by_day and len(held) and held["at"][0] // DAY_US != visits["at"][0] // DAY_US:
            yield held
            held = NO_VISITS
        held = np.concatenate([held, visits])
        while len(held) >= BATCH_ROWS:
            yield held[:BATCH_ROWS]
            held = held[BATCH_ROWS:]
    if len(held):
        yield held


def _scopes(visits: Visits, here: Seeds) -> dict[str, Seeds]:
    return {"here": here, "talk": visits["talk"], "speaker": visits["speaker"], "group": visits["group"]}


def _sizes(texts: pa.Array) -> Rows:
    return np.asarray(pc.fill_null(pc.binary_length(texts), 0).to_numpy(zero_copy_only=False))


@cache
def _replies_to(grammar: Grammar) -> npt.NDArray[np.int16]:
    """Return for each symbol the one that answers it: `reply.` and the last part of its name that has a reply."""
    numbers = grammar.numbers
    answers = np.full(len(grammar.names), numbers["reply.en"], np.int16)
    for number, name in enumerate(grammar.names):
        known = [part for part in reversed(name.split(".")) if f"reply.{part}" in numbers]
        if known:
            answers[number] = numbers[f"reply.{known[0]}"]
    return answers
