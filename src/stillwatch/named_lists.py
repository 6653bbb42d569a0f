"""Makes what the operator's lists say known to the engine: releases, address ranges, disposable domains."""

from collections.abc import Sequence

import pyarrow as pa

from stillwatch.engine.base import Engine
from stillwatch.findings.describe import Indicator
from stillwatch.findings.statement import Release
from stillwatch.operator_lists import read_indicators
from stillwatch.settings import Context
from stillwatch.traits.context import DISPOSABLE, label_addresses, read_domains, read_ranges


def open_lists(context: Context) -> tuple[Indicator, ...]:
    """Read every list that the settings name, and return the indicators: better now than after hours of reading logs.

    Raises
    ------
    ListUnreadable
        A list is absent, or of another form.
    """
    if context.address_ranges:
        read_ranges(context.address_ranges)
    if context.disposable_domains:
        read_domains(context.disposable_domains)
    return read_indicators(context.indicators) if context.indicators else ()


def name_releases(engine: Engine, releases: Sequence[Release]) -> None:
    """Make the table `releases` (model, released) known."""
    engine.name(
        "releases",
        pa.table({
            "model": pa.array([one.model for one in releases], pa.string()),
            "released": pa.array([int(one.at.timestamp() * 1e6) for one in releases], pa.timestamp("us")),
        }),
    )  # fmt: skip


def name_lists(engine: Engine, context: Context) -> None:
    """Make `address_ranges` (ip, address_range), for the addresses in `marks`, and `disposable_domains` known."""
    ranges = read_ranges(context.address_ranges) if context.address_ranges else None
    seen = "SELECT DISTINCT ip FROM marks WHERE ip IS NOT NULL ORDER BY ip"
    addresses = engine.sql(seen)["ip"].to_pylist() if ranges else []
    engine.name("address_ranges", label_addresses(addresses, ranges))
    domains = read_domains(context.disposable_domains) if context.disposable_domains else DISPOSABLE.empty_table()
    engine.name("disposable_domains", domains)
