"""All that accounts show, ready to be weighed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.engine.base import Engine
from stillwatch.links.closeness import Days, Likeness, likeness, scattered_likeness
from stillwatch.links.incidence import Incidence, Ints, read_incidences
from stillwatch.links.phases import read_phases
from stillwatch.traits.base import Compared, Profile, Trait

_SCATTER_ACCOUNTS = 20_000  # whose days tell how much an exchange scatters


@dataclass(frozen=True)
class Shown:
    """Every account, the values and vectors it shows, and the organisation it is declared to belong to.

    Attributes
    ----------
    accounts
        Account ids, sorted; everything else numbers accounts by their place here.
    organisations
        A number for each account's declared organisation; -1 where none is declared.
    asked
        Exchanges of each account; None where they are not known.
    """

    accounts: pa.Array
    incidences: tuple[Incidence, ...]
    likenesses: tuple[Likeness, ...]
    organisations: Ints
    asked: Ints | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The traits, in the order of the columns of weighed bits."""
        return (*(one.name for one in self.incidences), *(one.name for one in self.likenesses))

    @property
    def families(self) -> tuple[str, ...]:
        """The family of each trait, in the same order."""
        return (*(one.family for one in self.incidences), *(one.family for one in self.likenesses))

    @property
    def scale(self) -> Ints:
        """How much each account does: its exchanges, or where these are not known, the values that it shows."""
        if self.asked is not None:
            return self.asked
        return np.asarray(sum((one.shown_count for one in self.incidences), np.zeros(len(self.accounts), np.int64)))


def read_shown(
    engine: Engine,
    traits: Sequence[Trait],
    profiles: Sequence[Profile],
    organisations: pa.Table,
    *,
    counts: str | None = None,
) -> Shown:
    """Read the tables `traits` and `profiles` into what the links are weighed from.

    Parameters
    ----------
    organisations
        Columns `account_id` and `org_id`, for the accounts that are declared to belong to one.
    counts
        As for `read_incidences`.
    """
    accounts = engine.sql("SELECT DISTINCT account_id FROM profiles ORDER BY account_id")["account_id"].combine_chunks()
    names = {name: place for place, name in enumerate(sorted(set(organisations["org_id"].to_pylist())))}
    owned = dict(zip(organisations["account_id"].to_pylist(), organisations["org_id"].to_pylist(), strict=True))
    by_phase = cache(partial(_read_phases, engine, accounts))  # several profiles are of the same hours
    return Shown(
        accounts,
        read_incidences(engine, accounts, traits, counts=counts),
        tuple(
            replace(_read_profile(engine, one, accounts, by_phase), of_pairs=one.of_pairs)
            for one in profiles
            if len(accounts)
        ),
        np.array([names.get(owned.get(account), -1) for account in accounts.to_pylist()], np.int64),
        _asked(engine),
    )


def _asked(engine: Engine) -> Ints:
    asked = "SELECT sum(exchanges_count)::BIGINT AS n FROM profiles GROUP BY account_id ORDER BY account_id"
    return np.asarray(engine.sql(asked)["n"].to_numpy(), np.int64)


def _read_phases(engine: Engine, accounts: pa.Array, vector: str, least: int) -> Likeness:
    return likeness("", "", read_phases(engine, vector, accounts), least)


def _read_profile(
    engine: Engine, profile: Profile, accounts: pa.Array, by_phase: Callable[[str, int], Likeness]
) -> Likeness:
    named = profile.name, profile.family
    if profile.compared.is_by_phase:
        found = by_phase(profile.vector, profile.least_exchanges)
        return replace(found, name=profile.name, family=profile.family, compared=profile.compared)
    length = len(engine.sql(f"SELECT {profile.vector} AS v FROM profiles LIMIT 1")["v"][0])
    sums = ", ".join(f"sum({profile.vector}[{place}])::BIGINT" for place in range(1, length + 1))
    worded = f"{profile.vector}[1] IS NOT NULL"  # a day without any worded prompt has no vector
    rows = engine.sql(
        f"""SELECT account_id, coalesce(sum(exchanges_count) FILTER (WHERE {worded}), 0)::BIGINT AS n, [{sums}] AS v
            FROM profiles GROUP BY account_id ORDER BY account_id"""
    )
    vectors = _matrix(rows["v"], length)
    if profile.compared is Compared.SHARES:
        return likeness(*named, vectors, profile.least_exchanges)
    days = engine.sql(
        f"""SELECT account_id, exchanges_count AS n, {profile.vector} AS v FROM profiles
            SEMI JOIN (SELECT DISTINCT account_id FROM profiles ORDER BY md5(account_id), account_id
                       LIMIT {_SCATTER_ACCOUNTS}) USING (account_id) WHERE {worded} ORDER BY account_id, day"""
    )
    owners = pc.index_in(days["account_id"], value_set=accounts).to_numpy().astype(np.int64)
    some = Days(owners, _matrix(days["v"], length).astype(np.float64), days["n"].to_numpy().astype(np.float64))
    return scattered_likeness(named, vectors.astype(np.float64), rows["n"].to_numpy(), some, profile.least_exchanges)


def _matrix(vectors: pa.ChunkedArray, length: int) -> Ints:
    flat: Ints = vectors.combine_chunks().flatten().to_numpy(zero_copy_only=False).reshape(len(vectors), length)
    return flat
