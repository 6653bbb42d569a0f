"""The call itself: model, settings, tokens, conversation and tools of each visit, drawn from its seeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.worlds.clients import TOOLS
from stillwatch.worlds.registry import Known
from stillwatch.worlds.seeds import Seeds, mix, unit
from stillwatch.worlds.text import shipped_grammar
from stillwatch.worlds.visits import Visits

OLD_MODELS = ("lantern-3", "lantern-3-mini", "lantern-2.5")
_OLD_SHARES = np.cumsum([0.68, 0.22, 0.10])
_HEX = np.array([f"{byte:02x}".encode() for byte in range(256)], "S2")
_STATUS = np.array([200, 429, 500, 529], np.int16)
_STATUS_SHARES = np.cumsum([0.972, 0.019, 0.005, 0.004])

Rows = npt.NDArray[np.int64]


def hexadecimal(prefix: str, seeds: Seeds, shown: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """Write seeds as a prefix and 16 digits; null where not `shown`."""
    digits = np.ascontiguousarray(_HEX[seeds.astype(">u8").view(np.uint8)]).view("S16")
    texts = pc.binary_join_element_wise(prefix, pa.array(digits, pa.binary()).cast(pa.string()), "")
    return texts if shown is None else pc.if_else(pa.array(shown), texts, None)


def call_columns(
    visits: Visits, known: Known, released: Sequence[str], sizes: tuple[Rows, Rows, Rows]
) -> dict[str, Any]:
    """Return the columns of a call that follow from the visit and the account.

    Parameters
    ----------
    released
        Models released meanwhile, the oldest first.
    sizes
        Bytes of the prompts, the system prompts and the replies.
    """
    seed, account = visits["seed"], visits["account"]
    of = _Habits(known, account)
    owner = of["seed"]
    key = mix(owner, (unit(mix(seed, 41)) ** 3 * 3).astype(np.uint64))
    fails = _STATUS[np.searchsorted(_STATUS_SHARES, unit(mix(seed, 42)), side="right").clip(0, 3)]
    temperature, top_p, most = of["temperature"], of["top_p"], of["max_tokens"]
    project = of["organised"] | (of["keys"] & (unit(mix(owner, 43)) < 0.25))
    return {
        "api_key_hash": hexadecimal("key_", key, of["keys"]),
        "project_id": hexadecimal("prj_", mix(owner, 44), project),
        "end_user_id": hexadecimal("u_", mix(visits["speaker"], 45), of["names_end_users"]),
        "conversation_id": hexadecimal("c_", mix(visits["talk"], owner), of["names_conversations"]),
        "model": _models(visits, owner, of["moves_us"], of["retreats_us"], released),
        "status_code": pa.array(fails),
        "turn": pa.array(turns_of(visits).astype(np.int32)),
        "temperature": pa.array(temperature, mask=np.isnan(temperature)),
        "top_p": pa.array(top_p, mask=np.isnan(top_p)),
        "max_tokens": pa.array(most, mask=most == 0),
        "n": pa.array(np.ones(len(seed), np.int32), mask=~of["keys"]),
        "logprobs": pa.array(unit(mix(owner, 46)) < 0.04, mask=~of["keys"]),
        "has_image": pa.array(_images(visits)),
        "history_digests": _history(visits),
        "reasoning_signatures": _signatures(visits, of["replays_signatures"]),
        **_tools(seed, of["tools"], fails),
        **_tokens(visits, fails, most, of["tools"], sizes),
    }


@dataclass(frozen=True)
class _Habits:
    """What the accounts of some visits are used to."""

    known: Known
    account: npt.NDArray[np.int32]

    def __getitem__(self, name: str) -> Any:
        return self.known.accounts[name][self.account]


def turns_of(visits: Visits) -> Rows:
    """Return how many requests came before in the conversation, the one with which a framework opens it too."""
    return np.asarray(visits["turn"].astype(np.int64) + (visits["opening"] > 0))


def reasons(visits: Visits) -> npt.NDArray[np.bool_]:
    """Return in which conversations the model is asked to reason."""
    return np.asarray(unit(mix(visits["talk"], 54)) < 0.4)


def _models(visits: Visits, owner: Seeds, moves_us: Rows, retreats_us: Rows, released: Sequence[str]) -> pa.Array:
    names = [*OLD_MODELS, *released]
    old = np.searchsorted(_OLD_SHARES, unit(mix(owner, 51)), side="right").clip(0, 2)
    mostly = unit(mix(visits["seed"], 52)) < 0.93
    moved = np.where((visits["at"] >= moves_us) & mostly, len(names) - 1, old)
    retreated = np.where((visits["at"] >= retreats_us) & mostly, len(OLD_MODELS) - 1, moved)
    return pa.array(names, pa.string()).take(pa.array(retreated))


def _images(visits: Visits) -> npt.NDArray[np.bool_]:
    grammar = shipped_grammar()
    seeing = np.isin(visits["says"], [grammar.numbers[name] for name in grammar.names if name.endswith(".vision")])
    return np.asarray(unit(mix(visits["seed"], 53)) < np.where(seeing, 0.8, 0.03))


def _history(visits: Visits) -> pa.Array:
    turns, opened = turns_of(visits), (visits["opening"] > 0).astype(np.int64)
    offsets = np.concatenate([[0], np.cumsum(turns)]).astype(np.int32)
    # what comes before a conversation's own first answer is the framework's, alike for all who use it
    place = np.arange(offsets[-1]) - np.repeat(offsets[:-1] + opened, turns)
    opening = np.repeat(visits["opening"], turns).astype(np.uint64)
    digests = mix(np.where(place < 0, opening, np.repeat(visits["talk"], turns)), (place + 62).astype(np.uint64))
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(digests.view(np.int64)))


def _signatures(visits: Visits, replays: npt.NDArray[np.bool_]) -> pa.Array:
    counts = np.where(replays & reasons(visits) & ~visits["unsigned"], np.minimum(visits["turn"], 2), 0)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    ahead = np.arange(offsets[-1]) - np.repeat(offsets[:-1], counts)
    turn = (np.repeat(visits["turn"] - counts, counts) + ahead).astype(np.uint64)
    signed = mix(np.repeat(visits["talk"], counts), turn + np.uint64(1000))
    return pa.ListArray.from_arrays(pa.array(offsets), hexadecimal("sig_", signed))


def _tools(seed: Seeds, tools: Rows, status: npt.NDArray[np.int16]) -> dict[str, pa.Array]:
    offered = pa.array([[], *map(list, TOOLS)], pa.list_(pa.string())).take(pa.array(tools + 1))
    used = [[], *([tool] for tools in TOOLS for tool in tools)]
    first = np.cumsum([0, *map(len, TOOLS)])
    sizes = np.array([1, *map(len, TOOLS)])
    one = 1 + first[tools.clip(0)] + (mix(seed, 55) % sizes[tools + 1].astype(np.uint64)).astype(np.int64)
    calls = (tools >= 0) & (status == 200) & (unit(mix(seed, 56)) < 0.6)
    return {
        "tools_offered": offered,
        "tools_called": pa.array(used, pa.list_(pa.string())).take(pa.array(np.where(calls, one, 0))),
    }


def _tokens(
    visits: Visits, status: npt.NDArray[np.int16], most: npt.NDArray[np.int32], tools: Rows, sizes: tuple[Rows, ...]
) -> dict[str, pa.Array]:
    seed, good = visits["seed"], status == 200
    prompt, system, reply = sizes
    history = visits["turn"] * (180 + 500 * unit(mix(visits["talk"], 57)))
    inputs = ((prompt + system) / 3.9 + history).astype(np.int64) + 4
    # hidden reasoning is longer than what is said, by a log-normal without the normal's logarithms: the logit of a
    # uniform draw, times 0.6
    draw = unit(mix(seed, 58)).clip(1e-9, 1 - 1e-9)
    thought = np.where(reasons(visits), (220 * (draw / (1 - draw)) ** 0.6).astype(np.int64), 0)
    wanted = (reply / 3.9).astype(np.int64) + 1 + thought
    outputs = np.where(good, np.where(most > 0, np.minimum(wanted, most), wanted.clip(max=16384)), 0)
    ends = np.where((most > 0) & (wanted >= most), 1, np.where((tools >= 0) & (unit(mix(seed, 56)) < 0.6), 2, 0))
    kept = np.where((visits["turn"] > 0) & (unit(mix(seed, 60)) < 0.7), 0.9 * history, 0).astype(np.int64)
    return {
        "input_tokens": pa.array(inputs),
        "output_tokens": pa.array(outputs),
        "reasoning_tokens": pa.array(np.minimum(thought, outputs)),
        "cached_input_tokens": pa.array(kept),
        "finish_reason": pa.array(["stop", "length", "tool_use"]).take(pa.array(np.where(good, ends, 0), mask=~good)),
    }
