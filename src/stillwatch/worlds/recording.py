"""What the gateway records: the planned visits of all accounts as rows of the table `exchanges`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.tables import EXCHANGES
from stillwatch.worlds import calls
from stillwatch.worlds.accounts import Account
from stillwatch.worlds.calendar import Calendar
from stillwatch.worlds.places import COUNTRIES
from stillwatch.worlds.seeds import mix
from stillwatch.worlds.text import shipped_grammar, with_slips, write_texts
from stillwatch.worlds.visits import VISIT, Visits

PROVIDER = "lantern"
_BATCH_ROWS = 65_536


@dataclass(frozen=True)
class Plan:
    """All visits in the order of time, with the row of their account and of their device."""

    accounts: Sequence[Account]
    visits: Visits
    account: npt.NDArray[np.int64]
    device: npt.NDArray[np.int64]


def plan_visits(accounts: Sequence[Account]) -> Plan:
    """Bring the visits of all accounts into the order of time, equal instants by their seeds."""
    visits = np.concatenate([np.zeros(0, VISIT), *(account.visits for account in accounts)])
    account = np.repeat(np.arange(len(accounts)), [len(account.visits) for account in accounts])
    devices = [len(account.addresses) * len(account.stacks) for account in accounts]
    device = (np.cumsum(devices) - devices)[account] + visits["device"] if len(accounts) else account
    order = np.lexsort((visits["seed"], visits["at"]))
    return Plan(accounts, visits[order], account[order], device[order])


def record_exchanges(plan: Plan, calendar: Calendar) -> Iterator[pa.RecordBatch]:
    """Yield the table `exchanges`, in batches, in the order of time.

    A row depends on its own visit and account only, so the size of the batches changes nothing.
    """
    known = _Known.of(plan.accounts, calendar)
    for start in range(0, len(plan.visits), _BATCH_ROWS):
        part = slice(start, start + _BATCH_ROWS)
        yield _record(plan.visits[part], plan.account[part], plan.device[part], known)


@dataclass(frozen=True)
class _Known:
    """What does not change from one exchange of an account, or of a device, to the next."""

    of_account: dict[str, pa.Array]
    of_device: dict[str, pa.Array]
    settings: calls.Settings

    @classmethod
    def of(cls, accounts: Sequence[Account], calendar: Calendar) -> "_Known":
        pairs = [(a, s) for account in accounts for a in account.addresses for s in account.stacks]
        habits = [account.habits for account in accounts]
        return cls(
            {
                "account_id": pa.array([account.account_id for account in accounts], pa.string()),
                "org_id": pa.array([account.org_id for account in accounts], pa.string()),
                "email_domain": pa.array([account.email_domain for account in accounts], pa.string()),
                "payment_hash": pa.array([account.payment_hash for account in accounts], pa.string()),
                "country": pa.array([COUNTRIES[account.country][0] for account in accounts], pa.string()),
                "account_created_at": pa.array([account.created_us for account in accounts], pa.int64()),
                "access_path": pa.array([habit.access_path for habit in habits], pa.string()),
                "endpoint": pa.array([habit.endpoint for habit in habits], pa.string()),
                "stream": pa.array([habit.stream for habit in habits], pa.bool_()),
                "reasoning_effort": pa.array([habit.reasoning_effort for habit in habits], pa.string()),
            },
            {
                "ip": pa.array([address.ip for address, _ in pairs], pa.string()),
                "asn": pa.array([address.asn for address, _ in pairs], pa.uint32()),
                "user_agent": pa.array([stack.user_agent for _, stack in pairs], pa.string()),
                "ja4": pa.array([stack.ja4 for _, stack in pairs], pa.string()),
            },
            calls.Settings.of(accounts, calendar),
        )


def _record(
    visits: Visits, account: npt.NDArray[np.int64], device: npt.NDArray[np.int64], known: _Known
) -> pa.RecordBatch:
    prompts, systems = _prompts(visits), _systems(visits)
    columns: dict[str, Any] = {name: values.take(pa.array(account)) for name, values in known.of_account.items()}
    columns |= {name: values.take(pa.array(device)) for name, values in known.of_device.items()}
    columns |= {
        "exchange_id": calls.hexadecimal("x", visits["seed"]),
        "asked_at": pa.array(visits["at"]),
        "provider": pa.repeat(PROVIDER, len(visits)),
        "system_text": systems,
        "prompt_text": prompts,
    }
    columns |= calls.call_columns(visits, account, known.settings, (prompts, systems))
    arrays = [
        columns[field.name].cast(field.type) if field.name in columns else pa.nulls(len(visits), field.type)
        for field in EXCHANGES.schema
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=EXCHANGES.schema)


def _prompts(visits: Visits) -> pa.Array:
    scopes = {"here": visits["words"], "talk": visits["talk"], "speaker": visits["speaker"], "group": visits["group"]}
    texts = write_texts(shipped_grammar(), visits["says"], scopes)
    typed = np.flatnonzero(visits["typed"])
    if not len(typed):
        return texts
    slipped = with_slips(texts.take(pa.array(typed)), visits["speaker"][typed], visits["seed"][typed])
    return pc.replace_with_mask(texts, pa.array(visits["typed"]), slipped)


def _systems(visits: Visits) -> pa.Array:
    keys = mix(visits["system_seed"], visits["system"].astype(np.uint64))
    _, first, back = np.unique(keys, return_index=True, return_inverse=True)
    seeds, symbols = visits["system_seed"][first], visits["system"][first]
    shown = np.flatnonzero(symbols >= 0)
    scopes = dict.fromkeys(("here", "talk", "speaker", "group"), seeds[shown])
    texts = write_texts(shipped_grammar(), symbols[shown], scopes)
    places = np.full(len(first), -1)
    places[shown] = np.arange(len(shown))
    place = places[back]
    return texts.take(pa.array(place, mask=place < 0))
