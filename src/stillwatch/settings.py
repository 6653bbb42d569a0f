"""All settings of a scan: one part for each stage, read from the operator's TOML file."""

import tomllib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from stillwatch.campaigns.settings import Gathering
from stillwatch.errors import BadSettings, KeyUnreadable
from stillwatch.exchanges.reading import Reading
from stillwatch.findings.settings import Declared, Judging
from stillwatch.links.settings import Linking
from stillwatch.operator_lists import read_indicators, read_releases
from stillwatch.settings_table import read_table

__all__ = [
    "PUBLIC_KEY",
    "Context",
    "Settings",
    "read_indicators",
    "read_key",
    "read_releases",
    "read_settings",
    "settings_as_data",
    "settings_from_data",
]

PUBLIC_KEY = b"stillwatch: open"


@dataclass(frozen=True)
class Context:
    """The operator's own lists. Paths are relative to the settings file; docs/tuning.md has the formats.

    Attributes
    ----------
    address_ranges
        CSV or Parquet with `prefix` and `kind`: data centres, VPNs, relays. Without it `hosting range` is blind.
    disposable_domains
        Text with one domain a line, or Parquet with `domain`. Without it `disposable domain` is blind.
    indicators
        CSV, JSON or TOML with `actor`, `kind` (a trait's name), `value` and `source`. What a campaign shows of them is
        stated as a match; it changes no bits.
    """

    address_ranges: Path | None = None
    disposable_domains: Path | None = None
    indicators: Path | None = None


@dataclass(frozen=True)
class Settings:
    """Every setting of a scan.

    Attributes
    ----------
    key_file
        16 bytes, or 32 hexadecimal digits: the operator's key of all digests. Without it digests are made with a key
        that everybody knows, and the report says so.
    memory_bytes
        What the embedded engine may hold in memory before it spills to disk, in bytes or as a text such as "4GB".
        Without it half of the machine's. Changes no finding while the wordings of all prompts fit in it, at 100 bytes a
        prompt; beyond, wording families depend on it, and `scan.json` records it.
    temporary_folder
        Where temporary files go; they are removed when the scan ends. Without it the system's. Changes no finding.
    """

    key_file: Path | None = None
    memory_bytes: int | None = None
    temporary_folder: Path | None = None
    context: Context = field(default_factory=Context)
    reading: Reading = field(default_factory=Reading)
    linking: Linking = field(default_factory=Linking)
    gathering: Gathering = field(default_factory=Gathering)
    judging: Judging = field(default_factory=Judging)
    declared: Declared = field(default_factory=Declared)


def read_settings(path: Path | None) -> Settings:
    """Read settings from TOML; what the file leaves out keeps its default. None: all defaults.

    Relative paths in the file are relative to the file.

    Raises
    ------
    BadSettings
        The file cannot be read, names a setting that does not exist, or gives one a value it cannot have; all faults
        together.
    """
    if path is None:
        return Settings()
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSettings(path, [error.strerror or str(error)]) from error
    except ValueError as error:
        raise BadSettings(path, [str(error)]) from error
    return _settled(table, path.parent, path)


def settings_as_data(settings: Settings) -> dict[str, Any]:
    """Return the settings as JSON can hold them, with every default spelled out and keys sorted."""
    text = msgspec.json.encode(settings, enc_hook=lambda path: path.as_posix(), order="sorted")
    return dict(msgspec.json.decode(text))


def settings_from_data(data: dict[str, Any], where: object = "the settings given") -> Settings:
    """Return the settings that `settings_as_data` wrote; what is left out keeps its default.

    Raises
    ------
    BadSettings
        As `read_settings`.
    """
    return _settled(data, Path(), where)


def read_key(settings: Settings) -> tuple[bytes, bool]:
    """Return the 16 bytes that all digests are keyed with, and whether they are the operator's own, not `PUBLIC_KEY`.

    Raises
    ------
    KeyUnreadable
        The key file cannot be read, or holds neither 16 bytes nor 32 hexadecimal digits.
    """
    if settings.key_file is None:
        return PUBLIC_KEY, False
    try:
        held = settings.key_file.read_bytes()
    except OSError as error:
        raise KeyUnreadable(settings.key_file, error.strerror or str(error)) from error
    if len(held) == 16:
        return held, True
    try:
        key = bytes.fromhex(held.decode("ascii"))
    except ValueError:
        key = b""
    if len(key) != 16:
        raise KeyUnreadable(settings.key_file, f"{len(held)} bytes that are not 32 hexadecimal digits")
    return key, True


def _settled(table: dict[str, Any], folder: Path, where: object) -> Settings:
    faults: list[str] = []
    settings = read_table(Settings, table, folder, faults)
    owners = Counter(account for accounts in settings.declared.organisations.values() for account in set(accounts))
    faults += [f"`declared.organisations`: `{account}` is of {n}" for account, n in owners.items() if n > 1]
    if faults:
        raise BadSettings(where, faults)
    return settings
