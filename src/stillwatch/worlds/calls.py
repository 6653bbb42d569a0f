"""The call itself: model, settings, tokens, conversation and tools of each visit, drawn from its seeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.worlds.accounts import Account
from stillwatch.worlds.calendar import Calendar
from stillwatch.worlds.clients import TOOLS
from stillwatch.worlds.seeds import Seeds, mix, unit
from stillwatch.worlds.text import shipped_grammar
from stillwatch.worlds.visits import Visits

OLD_MODELS = ("lantern-3", "lantern-3-mini", "lantern-2.5")
_OLD_SHARES = np.cumsum([0.68, 0.22, 0.10])
_HEX = np.array([f"{byte:02x}".encode() for byte in range(256)], "S2")
_STATUS = np.array([200, 429, 500, 529], np.int16)
_STATUS_SHARES = np.cumsum([0.972, 0.019, 0.005, 0.004])

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Settings:
    """Each account's habits as arrays; numbers that an account leaves to the server are NaN or 0."""

    temperature: npt.NDArray[np.float32]
    top_p: npt.NDArray[np.float32]
    max_tokens: npt.NDArray[np.int32]
    tools: npt.NDArray[np.int64]
    keys: npt.NDArray[np.bool_]
    names_conversations: npt.NDArray[np.bool_]
    names_end_users: npt.NDArray[np.bool_]
    replays_signatures: npt.NDArray[np.bool_]
    organised: npt.NDArray[np.bool_]
    moves_us: npt.NDArray[np.int64]
    seeds: Seeds
    released: tuple[str, ...]

    @classmethod
    def of(cls, accounts: Sequence[Account], calendar: Calendar) -> "Settings":
        """Gather the habits of accounts."""
        habits = [account.habits for account in accounts]
        return cls(
            np.array([np.nan if h.temperature is None else h.temperature for h in habits], np.float32),
            np.array([np.nan if h.top_p is None else h.top_p for h in habits], np.float32),
            np.array([h.max_tokens or 0 for h in habits], np.int32),
            np.array([h.tools for h in habits], np.int64),
            np.array([h.client != "chat" for h in habits], bool),
            np.array([h.names_conversations for h in habits], bool),
            np.array([h.names_end_users for h in habits], bool),
            np.array([h.replays_signatures for h in habits], bool),
            np.array([account.org_id is not None for account in accounts], bool),
            np.array([account.moves_us for account in accounts], np.int64),
            np.array([account.seed for account in accounts], np.uint64),
            tuple(release.model for release in calendar.releases),
        )


def hexadecimal(prefix: str, seeds: Seeds, shown: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """Write seeds as a prefix and 16 digits; null where not `shown`."""
    digits = np.ascontiguousarray(_HEX[seeds.astype(">u8").view(np.uint8)]).view("S16")
    texts = pc.binary_join_element_wise(prefix, pa.array(digits, pa.binary()).cast(pa.string()), "")
    return texts if shown is None else pc.if_else(pa.array(shown), texts, None)


def call_columns(visits: Visits, account: Rows, settings: Settings, texts: tuple[pa.Array, pa.Array]) -> dict[str, Any]:
    """Return the columns of a call that follow from the visit and the account.

    Parameters
    ----------
    account
        Row of each visit's account in `settings`.
    texts
        Prompts and system prompts, for their sizes.
    """
    seed, talk, owner = visits["seed"], visits["talk"], settings.seeds[account]
    key = mix(owner, (unit(mix(seed, 41)) ** 3 * 3).astype(np.uint64))
    fails = _STATUS[np.searchsorted(_STATUS_SHARES, unit(mix(seed, 42)), side="right").clip(0, 3)]
    temperature = settings.temperature[account]
    top_p = settings.top_p[account]
    most = settings.max_tokens[account]
    project = settings.organised[account] | (settings.keys[account] & (unit(mix(owner, 43)) < 0.25))
    return {
        "api_key_hash": hexadecimal("key_", key, settings.keys[account]),
        "project_id": hexadecimal("prj_", mix(owner, 44), project),
        "end_user_id": hexadecimal("u_", mix(visits["speaker"], 45), settings.names_end_users[account]),
        "conversation_id": hexadecimal("c_", mix(talk, owner), settings.names_conversations[account]),
        "model": _models(seed, owner, visits["at"], settings.moves_us[account], settings.released),
        "status_code": pa.array(fails),
        "turn": pa.array(visits["turn"]),
        "temperature": pa.array(temperature, mask=np.isnan(temperature)),
        "top_p": pa.array(top_p, mask=np.isnan(top_p)),
        "max_tokens": pa.array(most, mask=most == 0),
        "n": pa.array(np.ones(len(seed), np.int32), mask=~settings.keys[account]),
        "logprobs": pa.array(unit(mix(owner, 46)) < 0.04, mask=~settings.keys[account]),
        "has_image": pa.array(_images(visits)),
        "history_digests": _history(visits),
        "reasoning_signatures": _signatures(visits, settings.replays_signatures[account]),
        **_tools(seed, settings.tools[account]),
        **_tokens(visits, fails, most, settings.tools[account], texts),
    }


def _models(seed: Seeds, owner: Seeds, at: Rows, moves_us: Rows, released: Sequence[str]) -> pa.Array:
    names = [*OLD_MODELS, *released]
    old = np.searchsorted(_OLD_SHARES, unit(mix(owner, 51)), side="right").clip(0, 2)
    now = (at >= moves_us) & (unit(mix(seed, 52)) < 0.93)
    return pa.array(names, pa.string()).take(pa.array(np.where(now, len(names) - 1, old)))


def _images(visits: Visits) -> npt.NDArray[np.bool_]:
    grammar = shipped_grammar()
    seeing = np.isin(visits["says"], [grammar.numbers[name] for name in grammar.names if name.endswith(".vision")])
    return np.asarray(unit(mix(visits["seed"], 53)) < np.where(seeing, 0.8, 0.03))


def _history(visits: Visits) -> pa.Array:
    turns = visits["turn"]
    offsets = np.concatenate([[0], np.cumsum(turns)]).astype(np.int32)
    place = np.arange(offsets[-1]) - np.repeat(offsets[:-1], turns)
    talk, opening = np.repeat(visits["talk"], turns), np.repeat(visits["opening"], turns)
    digests = mix(np.where((place == 0) & (opening > 0), opening, talk), place.astype(np.uint64) + np.uint64(61))
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(digests.view(np.int64)))


def _reasons(visits: Visits) -> npt.NDArray[np.bool_]:
    return np.asarray(unit(mix(visits["talk"], 54)) < 0.4)


def _signatures(visits: Visits, replays: npt.NDArray[np.bool_]) -> pa.Array:
    counts = np.where(replays & _reasons(visits), np.minimum(visits["turn"], 2), 0)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    back = np.arange(offsets[-1]) - np.repeat(offsets[:-1], counts) + 1
    turn = (np.repeat(visits["turn"], counts) - back).astype(np.uint64)
    signed = mix(np.repeat(visits["talk"], counts), turn + np.uint64(1000))
    return pa.ListArray.from_arrays(pa.array(offsets), hexadecimal("sig_", signed))


def _tools(seed: Seeds, tools: Rows) -> dict[str, pa.Array]:
    offered = pa.array([[], *map(list, TOOLS)], pa.list_(pa.string())).take(pa.array(tools + 1))
    used = [[], *([tool] for tools in TOOLS for tool in tools)]
    first = np.cumsum([0, *map(len, TOOLS)])
    sizes = np.array([1, *map(len, TOOLS)])
    one = 1 + first[tools.clip(0)] + (mix(seed, 55) % sizes[tools + 1].astype(np.uint64)).astype(np.int64)
    calls = (tools >= 0) & (unit(mix(seed, 56)) < 0.6)
    return {
        "tools_offered": offered,
        "tools_called": pa.array(used, pa.list_(pa.string())).take(pa.array(np.where(calls, one, 0))),
    }


def _tokens(
    visits: Visits,
    status: npt.NDArray[np.int16],
    most: npt.NDArray[np.int32],
    tools: Rows,
    texts: tuple[pa.Array, pa.Array],
) -> dict[str, pa.Array]:
    seed, good = visits["seed"], status == 200
    sizes = [pc.fill_null(pc.binary_length(text), 0).to_numpy(zero_copy_only=False) for text in texts]
    history = visits["turn"] * (180 + 500 * unit(mix(visits["talk"], 57)))
    inputs = ((sizes[0] + sizes[1]) / 3.9 + history).astype(np.int64) + 4
    # a log-normal without the normal's logarithms: the logit of a uniform draw, times 0.6
    draw = unit(mix(seed, 58)).clip(1e-9, 1 - 1e-9)
    wanted = (330 * (draw / (1 - draw)) ** 0.6).astype(np.int64) + 1
    outputs = np.where(good, np.where(most > 0, np.minimum(wanted, most), wanted.clip(max=16384)), 0)
    thought = np.where(_reasons(visits), (outputs * (0.2 + 0.5 * unit(mix(seed, 59)))).astype(np.int64), 0)
    ends = np.where((most > 0) & (wanted >= most), 1, np.where((tools >= 0) & (unit(mix(seed, 56)) < 0.6), 2, 0))
    names = pa.array(["stop", "length", "tool_use"])
    kept = np.where((visits["turn"] > 0) & (unit(mix(seed, 60)) < 0.7), 0.9 * history, 0).astype(np.int64)
    return {
        "input_tokens": pa.array(inputs),
        "output_tokens": pa.array(outputs),
        "reasoning_tokens": pa.array(thought),
        "cached_input_tokens": pa.array(kept),
        "finish_reason": names.take(pa.array(np.where(good, ends, 0), mask=~good)),
    }
