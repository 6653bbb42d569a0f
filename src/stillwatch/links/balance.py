"""How surprising it is that accounts which share something are given work as evenly as the accounts of one queue."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.engine.base import Engine
from stillwatch.links.incidence import Incidence, Ints
from stillwatch.traits.base import Profile

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_FEWEST_ACCOUNTS = 6
_WIDEST_SET = 2_000
_FEWEST_PAIRS_OF_DAYS = 30  # degrees of freedom below which evenness says nothing
_LEVELS = 8
_DRAWN_GROUPS = 200
_DRAWN_ACCOUNTS = 20
_UNCERTAINTY = 1.5  # the null is learned from few accounts, and its tail is not normal for sure
_TOLD_SETS = 300


@dataclass(frozen=True)
class Balance:
    """What accounts begin day by day, and the sets of accounts that share a value.

    Attributes
    ----------
    begun
        Accounts by days; NaN outside of the days between an account's first and last, which are rarely whole.
    set_start, set_accounts
        The accounts of set s are `set_accounts[set_start[s]:set_start[s + 1]]`.
    set_families
        The family of the trait whose value a set shares.
    """

    name: str
    family: str
    begun: npt.NDArray[np.float32]
    set_start: Ints
    set_accounts: Ints
    set_families: tuple[str, ...]

    def dealt(self, orders: Mapping[str, Ints]) -> "Balance":
        """Return the same with what each family shows dealt anew: sets by their trait's, counts by their own."""
        begun = np.full_like(self.begun, np.nan)
        order = orders[self.family]
        begun[order[order >= 0]] = self.begun[order >= 0]
        sizes = np.diff(self.set_start)
        owners = np.concatenate([np.zeros(0, np.int64), *(
            orders[family][self.set_accounts[self.set_start[at] : self.set_start[at + 1]]]
            for at, family in enumerate(self.set_families)
        )])  # fmt: skip
        kept = owners >= 0
        counts = np.bincount(np.repeat(np.arange(len(sizes)), sizes)[kept], minlength=len(sizes))
        return replace(self, begun=begun, set_start=np.concatenate([[0], np.cumsum(counts)]), set_accounts=owners[kept])


def read_balance(engine: Engine, accounts: pa.Array, profile: Profile, incidences: Sequence[Incidence]) -> Balance:
    """Read what accounts begin day by day, and who shares a value of a trait of another family.

    Parameters
    ----------
    accounts
        Every account id, sorted.
    """
    rows = engine.sql(f"SELECT account_id, day, coalesce({profile.vector}, 0) AS n FROM profiles")
    account = pc.index_in(rows["account_id"], value_set=accounts).to_numpy()
    day = rows["day"].cast(pa.int32()).to_numpy().astype(np.int64)
    day = day - day.min(initial=0)
    begun = np.zeros((len(accounts), int(day.max(initial=0)) + 1), np.float32)
    begun[account, day] = rows["n"].to_numpy()
    first, last = np.full(len(accounts), np.iinfo(np.int64).max), np.full(len(accounts), -1)
    np.minimum.at(first, account, day)
    np.maximum.at(last, account, day)
    days = np.arange(begun.shape[1])
    begun[(days <= first[:, None]) | (days >= last[:, None])] = np.nan
    begun[np.nansum(begun, axis=1) == 0] = np.nan
    starts, members, families = _sets(incidences, profile.family)
    return Balance(profile.name, profile.family, begun, starts, members, families)


def _sets(incidences: Sequence[Incidence], but: str) -> tuple[Ints, Ints, tuple[str, ...]]:
    """Return the sets of accounts that share a value, each set once."""
    parts: list[Ints] = []
    families: list[str] = []
    met: set[bytes] = set()
    for one in incidences:
        wide = (one.widths >= _FEWEST_ACCOUNTS) & (one.widths <= _WIDEST_SET)
        for value in np.flatnonzero(wide).tolist() if one.family != but else ():
            some = one.value_accounts[one.value_start[value] : one.value_start[value + 1]]
            if some.tobytes() not in met:
                met.add(some.tobytes())
                parts.append(some)
                families.append(one.family)
    starts = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int64)
    return starts, np.concatenate([np.zeros(0, np.int64), *parts]), tuple(families)


def balance_bits(one: Balance, a: Ints, b: Ints, reference: Mask) -> Floats:
    """Return for each pair how surprisingly even the work of a set is that holds both.

    The dispersion of a set is the variance of what its accounts begin on a day over the mean, over all days: 1 where
    work is dealt by chance, less where it is dealt in turn, far more among people. It is compared with that of honest
    accounts drawn at random that begin as much; of all sets looked at, so many would be as even by chance.

    References
    ----------
    Fisher (1950), The Significance of Deviations from Expectation in a Poisson Series: the index of dispersion.
    """
    bits = np.zeros(len(a))
    if not len(one.set_families) or not len(a):
        return bits
    dispersion, mean, freedom = _dispersions(one.begun, one.set_start, one.set_accounts)
    null = _null(one.begun, reference)
    tested = (freedom >= _FEWEST_PAIRS_OF_DAYS) & (dispersion > 0) & (mean > 0)
    if null is None or not tested.any():
        return bits
    levels, centre, spread = null
    sizes = np.diff(one.set_start)
    log_mean = np.log(np.where(tested, mean, 1.0))
    expected = np.interp(log_mean, levels, centre)
    width = np.interp(log_mean, levels, spread) * np.sqrt(_DRAWN_ACCOUNTS / np.maximum(sizes, 1)) * _UNCERTAINTY
    surprise = _normal_bits((np.log(np.where(tested, dispersion, 1.0)) - expected) / width)
    surprise = np.where(tested, surprise - np.log2(tested.sum()), 0.0)
    inside = np.zeros(len(one.begun), bool)
    for at in np.argsort(-surprise, kind="stable")[:_TOLD_SETS][::-1].tolist():
        if surprise[at] > 0:
            inside[:] = False
            inside[one.set_accounts[one.set_start[at] : one.set_start[at + 1]]] = True
            inside &= ~np.isnan(one.begun).all(axis=1)
            bits[inside[a] & inside[b]] = surprise[at]
    return bits


def _normal_bits(z: Floats) -> Floats:
    """Return how rarely a normal number is as low, in bits; beyond 37 deviations no lower."""
    return np.array([-math.log2(0.5 * math.erfc(-max(one, -37.0) / math.sqrt(2))) for one in z.tolist()])


def _dispersions(begun: npt.NDArray[np.float32], starts: Ints, accounts: Ints) -> tuple[Floats, Floats, Floats]:
    """Return for each set the index of dispersion, the mean of an account and day, and the degrees of freedom."""
    count, days = len(starts) - 1, begun.shape[1]
    total, squares, present = (np.zeros((count, days)) for _ in range(3))
    owner = np.repeat(np.arange(count), np.diff(starts))
    for day in range(days):
        x = begun[accounts, day].astype(np.float64)
        there = ~np.isnan(x)
        x = np.where(there, x, 0.0)
        total[:, day] = np.bincount(owner, x, count)
        squares[:, day] = np.bincount(owner, x * x, count)
        present[:, day] = np.bincount(owner, there, count)
    whole = (present >= 3) & (total > 0)
    mean = np.where(whole, total, 0.0) / np.where(whole, present, 1.0)
    chi = np.where(whole, (squares - mean * total) / np.where(whole, mean, 1.0), 0.0).sum(axis=1)
    freedom = np.where(whole, present - 1, 0.0).sum(axis=1)
    asked = np.where(whole, present, 0.0).sum(axis=1)
    return chi / np.maximum(freedom, 1), np.where(whole, total, 0.0).sum(axis=1) / np.maximum(asked, 1), freedom


def _null(begun: npt.NDArray[np.float32], reference: Mask) -> tuple[Floats, Floats, Floats] | None:
    """Return, for levels of what an account begins in a day (logarithms), the mean and spread of log dispersion."""
    able = np.flatnonzero(reference & ~np.isnan(begun).all(axis=1))
    if len(able) < 2 * _DRAWN_ACCOUNTS:
        return None
    rates = np.nanmean(begun[able], axis=1)
    order = able[np.argsort(rates, kind="stable")]
    rates = np.sort(rates)
    rng = np.random.default_rng(1)
    span = max(2 * _DRAWN_ACCOUNTS, len(order) // _LEVELS)
    levels, centre, spread = [], [], []
    for place in np.unique(np.linspace(0, len(order) - span, _LEVELS).astype(int)).tolist():
        some = order[place : place + span]
        drawn = np.concatenate([rng.choice(some, _DRAWN_ACCOUNTS, replace=False) for _ in range(_DRAWN_GROUPS)])
        starts = np.arange(0, len(drawn) + 1, _DRAWN_ACCOUNTS)
        dispersion, _, freedom = _dispersions(begun, starts, drawn)
        good = (freedom >= _FEWEST_PAIRS_OF_DAYS) & (dispersion > 0)
        if good.sum() >= _DRAWN_GROUPS // 2:
            levels.append(float(np.log(rates[place : place + span].mean() + 1e-9)))
            centre.append(float(np.log(dispersion[good]).mean()))
            spread.append(max(0.05, float(np.log(dispersion[good]).std())))
    if not levels:
        return None
    return np.array(levels), np.array(centre), np.array(spread)
