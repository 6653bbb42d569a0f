"""Makes all that a state holds known to the engine, under the names that links and findings are read from."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from stillwatch.findings.describe import Indicator
from stillwatch.findings.statement import Release
from stillwatch.state.days import KEPT
from stillwatch.state.fold import COUNTED, TOGETHER, least_exchanges
from stillwatch.state.opening import State
from stillwatch.tables import TRAITS
from stillwatch.traits.base import SUMMED, Trait
from stillwatch.traits.registry import all_traits
from stillwatch.traits.shared import COUNTS
from stillwatch.traits.templates import find_harvest_templates
from stillwatch.traits.views import is_said_last, organisations_query, view_for

if TYPE_CHECKING:
    from stillwatch.engine.duck import DuckEngine

_SHOWN = [name for name in TRAITS.names if name != "day"]


def name_state(
    engine: "DuckEngine", state: State, releases: Sequence[Release], indicators: Sequence[Indicator]
) -> None:
    """Make `exchange`, `traits`, `profiles`, `organisations` and `shown_counts` known; `releases` must be.

    `traits` holds the values that several accounts show, those that the indicators name, and what depends on releases
    or on all days, each of an account that shows it in as many exchanges as the trait asks for; how many values each
    account shows in all is in `shown_counts`.
    """
    days = [state.part(one.folder) for _, one in sorted(state.book.days.items())]
    for name in ("marks", "profiles", "organisations"):
        engine.name(f"kept_{name}", [one / f"{name}.parquet" for one in days])
    engine.show("profiles", "FROM kept_profiles")
    engine.show("organisations", organisations_query("kept_organisations"))
    _show_exchanges(engine)
    fold = state.part(state.book.days[max(state.book.days)].fold or "")
    engine.name("together", fold / TOGETHER)
    engine.name("counted", fold / COUNTED)
    late = _keep_late(engine, releases)
    engine.name("indicated", pa.table({name: pa.array([getattr(one, name) for one in indicators], pa.string())
                                       for name in ("trait", "value")}))  # fmt: skip
    engine.name("day_traits", [one / "traits.parquet" for one in days])
    shown = ", ".join(_SHOWN)
    engine.keep("indicated_traits", f"SELECT {shown} FROM day_traits SEMI JOIN indicated USING (trait, value)"
                " ANTI JOIN together USING (trait, value)")  # fmt: skip
    often = f"exchanges_count >= {least_exchanges('trait')}"
    parts = [f"SELECT {shown} FROM together"]
    parts += [f"SELECT {shown} FROM ({_summed(one)}) WHERE {often}" for one in ("indicated_traits", "late_traits")]
    engine.show("traits", " UNION ALL ".join(parts))
    engine.show(COUNTS, f"SELECT trait, account_id, shown FROM counted UNION ALL {_counts(late)}")


def _summed(days: str) -> str:
    return f"SELECT account_id, trait, value, {SUMMED} FROM {days} GROUP BY account_id, trait, value"


def _show_exchanges(engine: "DuckEngine") -> None:
    engine.show(
        "marked",
        f"""SELECT {", ".join(KEPT)}, asked, wording_family, make_timestamp(epoch_us(account_created_at)) AS created
            FROM kept_marks""",
    )
    engine.show("worded", "FROM marked")
    find_harvest_templates(engine)
    said_last = view_for("released harvest_opening")
    engine.show("exchange", f"SELECT {', '.join(KEPT)}, asked, wording_family, created, released, harvest_opening "
                f"FROM {said_last}")  # fmt: skip


def _keep_late(engine: "DuckEngine", releases: Sequence[Release]) -> Sequence[Trait]:
    """Keep `late_traits`: what the traits show that depend on releases, if there are any, or on all days together."""
    traits = [one for one in all_traits() if is_said_last(one.value)]
    seeing = [one for one in traits if releases or "released" not in one.reads]
    parts = [f"SELECT {', '.join(_SHOWN)} FROM ({one.query()})" for one in seeing]
    nothing = f"SELECT {', '.join(_SHOWN)} FROM together WHERE false"
    engine.keep("late_traits", " UNION ALL ".join([nothing, *parts]))
    return traits


def _counts(traits: Sequence[Trait]) -> str:
    return " UNION ALL ".join(
        f"""SELECT trait, account_id, count(*) AS shown FROM (
                SELECT trait, account_id, value FROM late_traits WHERE trait = '{one.name}'
                GROUP BY trait, account_id, value HAVING sum(exchanges_count) >= {one.least_exchanges})
            GROUP BY trait, account_id"""
        for one in traits
    )
