"""Options that several commands take, checked in one place."""

from math import inf

import typer


def parsed_memory(given: str | None) -> int | None:
    """Return the bytes that `--memory` names; None where it is not given.

    Raises
    ------
    typer.BadParameter
        It is no size.
    """
    from stillwatch.settings_table import parse_bytes  # noqa: PLC0415 - imports are late, so that help is quick

    try:
        return parse_bytes(given) if given else None
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--memory") from error


def check_sizes(scale: float | None, days: int | None) -> None:
    """Refuse a scale by which no world can be made, and more days than a world may have.

    Raises
    ------
    typer.BadParameter
        The scale is not above 0, or not finite; the days are too many.
    """
    from stillwatch.worlds.calendar import LONGEST_DAYS  # noqa: PLC0415 - as above

    if days is not None and days > LONGEST_DAYS:
        raise typer.BadParameter(f"a world has {LONGEST_DAYS:,} days at the most", param_hint="--days")
    if scale is not None and not 0 < scale < inf:
        raise typer.BadParameter("a scale is more than 0, and finite", param_hint="--scale")
