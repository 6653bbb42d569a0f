"""What the operator names and the logs do not show: misspelt more often than absent, and then it does nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence

import pyarrow as pa

from stillwatch.engine.base import Engine
from stillwatch.exchanges import Logs
from stillwatch.exchanges.spread import SpreadLogs
from stillwatch.findings.describe import Indicator
from stillwatch.findings.settings import Declared
from stillwatch.findings.statement import Release, Unmet
from stillwatch.traits.early_adoption import EarlyAdoption
from stillwatch.traits.views import view_for

_NAMED = 3
RELEASES, INDICATORS = "releases", "indicators"


def met_releases(engine: Engine, releases: Sequence[Release]) -> tuple[Release, ...]:
    """Return the releases whose model anybody asked for in the day after, as the trait `early adoption` looks for.

    The tables `releases` and `marked` must be known to the engine.
    """
    if not releases:
        return ()
    adopted = EarlyAdoption.value
    asked = view_for(adopted, "(SELECT model, asked FROM marked) AS asked_for")  # a state's `marked` knows releases
    met = engine.sql(f"SELECT DISTINCT {adopted} AS model FROM {asked} WHERE {adopted} IS NOT NULL")
    models = {*met["model"].to_pylist()}
    return tuple(one for one in releases if one.model in models)


def unfilled_columns(logs: Logs | SpreadLogs) -> tuple[Unmet, ...]:
    """Return the columns of a mapping that no row of the logs fills, once they are read."""
    if not isinstance(logs, Logs) or not logs.unfilled:
        return ()
    return (Unmet("the mapping", len(logs.unfilled), len(logs.mapped), logs.unfilled[:_NAMED]),)


def find_unmet(
    engine: Engine,
    declared: Declared,
    releases: Sequence[Release],
    met: Sequence[Release],
    indicators: Sequence[Indicator] = (),
) -> tuple[Unmet, ...]:
    """Return what was given and names nothing in the logs: declared accounts, organisations, releases and indicators.

    Parameters
    ----------
    met
        As `met_releases` gives them.

    Notes
    -----
    The tables `profiles`, `organisations` and `traits` must be known to the engine. Prices are not looked for: a list
    of them is of all models.
    """
    pairs = list(_declared(declared))
    given = Counter([setting for setting, _ in pairs])
    unmet: dict[str, list[str]] = {}
    for setting, name in _unknown(engine, pairs) if pairs else ():
        if name not in declared.organisations:
            unmet.setdefault(setting, []).append(name)
    if missed := [one.model for one in releases if one not in met]:
        given[RELEASES], unmet[RELEASES] = len(releases), missed
    if unseen := _unseen(engine, indicators):
        given[INDICATORS], unmet[INDICATORS] = len(indicators), unseen
    return tuple(Unmet(place, len(names), given[place], tuple(names[:_NAMED])) for place, names in unmet.items())


def _unseen(engine: Engine, indicators: Sequence[Indicator]) -> list[str]:
    """Return the indicators that no account shows, as their trait and value; in as many exchanges as a trait asks."""
    if not indicators:
        return []
    pairs = sorted({(one.trait, one.value) for one in indicators})
    traits, values = (pa.array(one, pa.string()) for one in zip(*pairs, strict=True))
    engine.name("sought_values", pa.table({"trait": traits, "value": values}))
    rows = engine.sql("SELECT DISTINCT trait, value FROM traits SEMI JOIN sought_values USING (trait, value)")
    seen = {*zip(rows["trait"].to_pylist(), rows["value"].to_pylist(), strict=True)}
    return [f"{one.trait}: {one.value}" for one in indicators if (one.trait, one.value) not in seen]


def _unknown(engine: Engine, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the pairs of a setting and a name that no account and no organisation of the logs bears, sorted."""
    settings, names = (pa.array(one, pa.string()) for one in zip(*pairs, strict=True))
    engine.name("declared_names", pa.table({"setting": settings, "name": names}))
    rows = engine.sql(
        """SELECT setting, name FROM declared_names
           ANTI JOIN (SELECT account_id AS name FROM profiles UNION ALL SELECT org_id AS name FROM organisations)
           USING (name) ORDER BY setting, name"""
    )
    return list(zip(rows["setting"].to_pylist(), rows["name"].to_pylist(), strict=True))


def _declared(declared: Declared) -> Iterator[tuple[str, str]]:
    """Yield each name that is declared once for each setting, with its setting."""
    named = {
        "excused_organisations": declared.excused_organisations,
        "excused_accounts": declared.excused_accounts,
        "authorised_distillation": declared.authorised_distillation,
        "honest_accounts": declared.honest_accounts,
        "organisations": tuple(account for accounts in declared.organisations.values() for account in accounts),
    }
    for setting, names in named.items():
        yield from ((f"`declared.{setting}`", name) for name in sorted(set(names)))
