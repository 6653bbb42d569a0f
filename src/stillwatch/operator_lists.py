"""Reads the operator's lists that name things: releases of models, and indicators of known actors."""

import csv
import json
import tomllib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from stillwatch.errors import ListUnreadable, ReleasesUnreadable
from stillwatch.findings.describe import Indicator
from stillwatch.findings.statement import Release
from stillwatch.traits.registry import all_traits

_ROWS = {".csv": "CSV with these columns", ".json": "a JSON list of objects", ".toml": "TOML tables `[[indicators]]`"}
_FIELDS = ("actor", "kind", "value", "source")


def read_releases(path: Path) -> tuple[Release, ...]:
    """Read released models from JSON (a list of objects) or CSV, with `model` and `time`; sorted by time.

    Raises
    ------
    ReleasesUnreadable
        The file cannot be read, or a release lacks its model, or a time with its zone; all faults together.
    """
    try:
        rows = _rows(path, "releases")
    except ValueError as error:
        raise ReleasesUnreadable(path, [str(error)]) from error
    faults: list[str] = []
    releases = set()
    for number, row in enumerate(rows, 1):
        faults += _faults(row, number, ("model", "time"), "release")
        try:
            at = datetime.fromisoformat(str(row.get("time", "")).strip()) if not faults else datetime.now(UTC)
        except ValueError:
            faults.append(f"the time of release {number}, `{row['time']}`, is not ISO 8601")
            continue
        if at.tzinfo is None:
            faults.append(f"the time of release {number}, `{row['time']}`, has no zone")
        releases.add(Release(str(row.get("model")), at.astimezone(UTC)))
    if faults:
        raise ReleasesUnreadable(path, faults)
    return tuple(sorted(releases, key=lambda one: (one.at, one.model)))


def read_indicators(path: Path) -> tuple[Indicator, ...]:
    """Read indicators of known actors from CSV, JSON (a list of objects) or TOML (`[[indicators]]`).

    Each has `actor`, `kind` (the name of a trait), `value` (as the logs show it) and `source` (who says so).

    Raises
    ------
    ListUnreadable
        The file cannot be read, or an indicator lacks a field or is of no known kind; all faults together, numbered.
    """
    kinds = {trait.name.lower(): trait.name for trait in all_traits()}
    needed = f"{', '.join(f'`{name}`' for name in _FIELDS)} for each indicator, where `kind` is a trait's name"
    try:
        rows = _rows(path, "indicators")
    except ValueError as error:
        raise ListUnreadable(path, str(error), needed) from error
    faults: list[str] = []
    for number, row in enumerate(rows, 1):
        wrong = _faults(row, number, _FIELDS, "indicator")
        kind = str(row.get("kind", "")).strip().lower() if isinstance(row, dict) else ""
        if not wrong and kind not in kinds:
            near = get_close_matches(kind, kinds, 1)
            told = f"; did you mean `{kinds[near[0]]}`?" if near else ""
            wrong = [f"the kind of indicator {number}, `{row['kind']}`, is no trait{told}"]
        faults += wrong
    if faults:
        raise ListUnreadable(path, "; ".join(f"{i}. {fault}" for i, fault in enumerate(faults, 1)), needed)
    told_once = {
        (row["actor"].strip(), kinds[row["kind"].strip().lower()], row["value"].strip(), row["source"].strip())
        for row in rows
    }
    return tuple(Indicator(*one) for one in sorted(told_once))


def _rows(path: Path, name: str) -> Sequence[Any]:
    """Return the rows of a list; a fault is a ValueError whose text says what was found."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ValueError(error.strerror or str(error)) from error
    rows: Any
    if path.suffix == ".csv":
        rows = list(csv.DictReader(text.splitlines(), strict=True))
    elif path.suffix == ".toml":
        rows = tomllib.loads(text).get(name)
    else:
        rows = json.loads(text)
    if not isinstance(rows, list):
        raise ValueError(f"no list of {name}")  # noqa: TRY004 - told as any other fault of the file
    return rows


def _faults(row: Any, number: int, fields: Iterable[str], noun: str) -> list[str]:
    if not isinstance(row, dict):
        return [f"{noun} {number} is not an object"]
    lacking = [name for name in fields if not isinstance(row.get(name), str) or not row[name].strip()]
    return [f"{noun} {number} has no {' and no '.join(f'`{name}`' for name in lacking)}"] if lacking else []
