"""Reads the operator's lists that name things: releases of models, and indicators of known actors."""

import csv
import json
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from stillwatch.errors import ListUnreadable, ReleasesUnreadable
from stillwatch.exchanges.rows import DEEP
from stillwatch.findings.describe import Indicator
from stillwatch.findings.statement import Release
from stillwatch.traits.registry import all_traits

_INDICATOR = ("actor", "kind", "value", "source")


def read_releases(path: Path) -> tuple[Release, ...]:
    """Read released models from JSON (a list of objects), TOML (`[[releases]]`) or CSV, with `model` and `time`.

    Returns
    -------
    tuple of Release
        In the order of their times, each once.

    Raises
    ------
    ReleasesUnreadable
        The file cannot be read, or a release lacks its model, or a time with its zone; all faults together.
    """
    faults: list[str] = []
    releases = set()
    for number, row in _rows(path, "release", ("model", "time"), faults):
        try:
            at = datetime.fromisoformat(row["time"])
            if at.tzinfo is None:
                faults.append(f"the time of release {number}, `{row['time']}`, has no zone")
            else:
                releases.add(Release(row["model"], at.astimezone(UTC)))
        except ValueError:
            faults.append(f"the time of release {number}, `{row['time']}`, is not ISO 8601")
        except OverflowError:
            faults.append(f"the time of release {number}, `{row['time']}`, is out of range")
    if faults:
        raise ReleasesUnreadable(path, faults)
    return tuple(sorted(releases, key=lambda one: (one.at, one.model)))


def read_indicators(path: Path) -> tuple[Indicator, ...]:
    """Read indicators of known actors from CSV, JSON (a list of objects) or TOML (`[[indicators]]`).

    Each has `actor`, `kind` (the name of a trait), `value` (as the logs show it) and `source` (who says so). A domain
    may be written in any case and with the @ before it.

    Raises
    ------
    ListUnreadable
        The file cannot be read, or an indicator lacks a field or is of no known kind; all faults together, numbered.
    """
    kinds = {trait.name.lower(): trait.name for trait in all_traits()}
    of_domain = {trait.name for trait in all_traits() if trait.reads == ("email_domain",)}
    faults: list[str] = []
    indicators = set()
    for number, row in _rows(path, "indicator", _INDICATOR, faults):
        kind = kinds.get(row["kind"].lower())
        if kind is None:
            near = [f" (did you mean `{kinds[one]}`?)" for one in get_close_matches(row["kind"].lower(), kinds, 1)]
            faults.append(f"the kind of indicator {number}, `{row['kind']}`, is no trait{''.join(near)}")
        else:
            value = row["value"].removeprefix("@").lower() if kind in of_domain else row["value"]
            indicators.add((row["actor"], kind, value, row["source"]))
    if faults:
        found = "; ".join(f"{i}. {fault}" for i, fault in enumerate(faults, 1))
        raise ListUnreadable(path, found, "`actor`, `kind` (a trait's name), `value` and `source` of each indicator")
    return tuple(Indicator(*one) for one in sorted(indicators))


def _rows(path: Path, noun: str, fields: Sequence[str], faults: list[str]) -> list[tuple[int, Mapping[str, str]]]:
    """Return the rows that have all fields, numbered from 1, without spaces around them; tell what else there is."""
    try:
        given = _decoded(path, f"{noun}s")
    except OSError as error:
        given, faults[:] = [], [error.strerror or str(error)]
    except (ValueError, csv.Error, RecursionError) as error:
        given, faults[:] = [], [DEEP if isinstance(error, RecursionError) else str(error)]
    whole: list[tuple[int, Mapping[str, str]]] = []
    for number, row in enumerate(given, 1):
        row = row if isinstance(row, dict) else {}  # noqa: PLW2901 - anything else has no field
        told = {name: text for name in fields if (text := _text(row.get(name)))}
        if len(told) == len(fields):
            whole.append((number, told))
        else:
            faults.append(f"{noun} {number} has no {', '.join(f'`{name}`' for name in fields if name not in told)}")
    return whole


def _text(given: object) -> str:
    """Return a field without spaces around it; times may be written as TOML's own, and of no other type is one."""
    return given.isoformat() if isinstance(given, datetime) else given.strip() if isinstance(given, str) else ""


def _decoded(path: Path, name: str) -> list[Any]:
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix.lower() == ".csv":
        return list(csv.DictReader(text.splitlines(), strict=True))
    rows = tomllib.loads(text).get(name) if path.suffix.lower() == ".toml" else json.loads(text)
    if not isinstance(rows, list):
        raise ValueError(f"no list of {name}")
    return rows
