"""The accounts of a world as columns: who they are, how they call, and on which devices."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.worlds.accounts import NEVER_US, Account
from stillwatch.worlds.places import COUNTRIES
from stillwatch.worlds.seeds import Seeds, mix, unit

Rows = npt.NDArray[np.int64]
_ON_FIRST_SHARE = 0.7


@dataclass
class Registry:
    """Columns of accounts and devices, filled some accounts at a time."""

    _accounts: list[dict[str, Any]] = field(default_factory=list)
    _devices: list[dict[str, pa.Array]] = field(default_factory=list)
    count: int = 0

    def add(self, accounts: Sequence[Account]) -> int:
        """Enter accounts; return the number of the first."""
        first, self.count = self.count, self.count + len(accounts)
        if accounts:
            self._accounts.append(_account_columns(accounts))
            self._devices.append(_device_columns(accounts))
        return first

    def close(self) -> "Known":
        """Return all that was entered."""
        whole = {
            name: np.concatenate(parts) if isinstance(parts[0], np.ndarray) else pa.concat_arrays(parts)
            for name, parts in _gathered(self._accounts).items()
        }
        devices = {name: pa.concat_arrays(parts) for name, parts in _gathered(self._devices).items()}
        return Known(whole, devices)


def _gathered(parts: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [part[name] for part in parts] for name in (parts[0] if parts else {})}


@dataclass(frozen=True)
class Known:
    """What does not change from one exchange of an account, or of a device, to the next.

    `accounts` holds Arrow arrays of what stands in the table `exchanges` as it is, and numpy arrays of the rest.
    """

    accounts: dict[str, Any]
    devices: dict[str, pa.Array]

    def texts(self, account: Rows) -> dict[str, pa.Array]:
        """Return the columns of `exchanges` that are the account's own, for each row."""
        return {
            name: values.take(pa.array(account))
            for name, values in self.accounts.items()
            if isinstance(values, pa.Array)
        }

    def device_texts(self, account: Rows, talk: Seeds) -> dict[str, pa.Array]:
        """Return the columns of the device that each conversation is held on; seven in ten are on the first."""
        counts = self.accounts["devices_count"]
        owner = mix(talk, self.accounts["seed"][account])
        any_one = (mix(owner, 49) % counts[account].astype(np.uint64)).astype(np.int64)
        starts = np.cumsum(counts) - counts
        device = starts[account] + np.where(unit(mix(owner, 48)) < _ON_FIRST_SHARE, 0, any_one)
        return {name: values.take(pa.array(device)) for name, values in self.devices.items()}


def _account_columns(accounts: Sequence[Account]) -> dict[str, Any]:
    habits = [account.habits for account in accounts]
    return {
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
        "campaign": pa.array([account.campaign for account in accounts], pa.string()),
        "role": pa.array([account.role for account in accounts], pa.string()),
        "closed_at": pa.array([account.closed_us for account in accounts], pa.int64()),
        "temperature": np.array([np.nan if h.temperature is None else h.temperature for h in habits], np.float32),
        "top_p": np.array([np.nan if h.top_p is None else h.top_p for h in habits], np.float32),
        "max_tokens": np.array([h.max_tokens or 0 for h in habits], np.int32),
        "tools": np.array([h.tools for h in habits], np.int64),
        "keys": np.array([h.client != "chat" for h in habits], bool),
        "names_conversations": np.array([h.names_conversations for h in habits], bool),
        "names_end_users": np.array([h.names_end_users for h in habits], bool),
        "replays_signatures": np.array([h.replays_signatures for h in habits], bool),
        "organised": np.array([account.org_id is not None for account in accounts], bool),
        "moves_us": np.array([min(account.moves_us, NEVER_US) for account in accounts], np.int64),
        "retreats_us": np.array([account.retreats_us for account in accounts], np.int64),
        "seed": np.array([account.seed for account in accounts], np.uint64),
        "devices_count": np.array([len(account.addresses) * len(account.stacks) for account in accounts], np.int64),
    }


def _device_columns(accounts: Sequence[Account]) -> dict[str, pa.Array]:
    pairs = [(address, stack) for account in accounts for address in account.addresses for stack in account.stacks]
    return {
        "ip": pa.array([address.ip for address, _ in pairs], pa.string()),
        "asn": pa.array([address.asn for address, _ in pairs], pa.uint32()),
        "user_agent": pa.array([stack.user_agent for _, stack in pairs], pa.string()),
        "ja4": pa.array([stack.ja4 for _, stack in pairs], pa.string()),
    }
