"""The check of logs before a scan, as a value and as it is shown on the terminal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console, RenderableType
from rich.filesize import decimal

from stillwatch.exchanges import LogFile, SetAside, Survey, open_logs, survey_logs
from stillwatch.findings.numerals import count, instant, lasting, plural, share
from stillwatch.named_lists import open_lists
from stillwatch.operator_lists import read_releases
from stillwatch.outline import few
from stillwatch.progress import LiveProgress
from stillwatch.settings import read_key, read_settings
from stillwatch.survey import Outlook, look_ahead, name_lacking
from stillwatch.terminal import listed, plain, told

_FILES_SHOWN = 12


@dataclass(frozen=True)
class Checked:
    """What was understood of logs and what a scan could see; the first rows set aside, and files passed over.

    `unfilled` are the columns of the mapping that no row fills.
    """

    survey: Survey
    outlook: Outlook
    examples: tuple[SetAside, ...]
    passed_over: tuple[str, ...]
    passed_over_count: int
    unfilled: tuple[str, ...] = ()


def check_logs(  # noqa: PLR0913 - the options of the command line
    sources: Sequence[str],
    settings: Path | None,
    console: Console,
    *,
    format: str | None = None,  # noqa: A002 - as the option is called
    mapping: Path | None = None,
    releases: Path | None = None,
) -> Checked:
    """Read logs once and say what was understood of them.

    Raises
    ------
    StillwatchError
        A scan could not read them either, for the same reason.
    """
    held = read_settings(settings)
    open_lists(held.context)
    released = read_releases(releases) if releases else ()
    logs = open_logs(
        sources, key=read_key(held)[0], now=datetime.now(UTC), format=format, mapping=mapping, reading=held.reading
    )
    with LiveProgress(console) as progress:
        progress.stage("reading", logs.size_bytes, "bytes")
        survey = survey_logs(logs, progress.advance)
    return Checked(
        survey,
        look_ahead(survey, held, released),
        logs.ledger.examples,
        logs.passed_over,
        logs.ledger.passed_over_count,
        logs.unfilled,
    )


def show_check(checked: Checked) -> Iterator[RenderableType]:
    """Yield the parts of a check for the terminal."""
    survey = checked.survey
    yield from _show_files(survey.files)
    lasted = lasting(survey.first_asked_at, survey.last_asked_at)
    yield told("rows     ", f"{plural(survey.rows_count, 'exchange')} of {plural(survey.accounts_count, 'account')}")
    yield told("times    ", f"{instant(survey.first_asked_at)} to {instant(survey.last_asked_at)} ({lasted})")
    if survey.set_aside:
        rows = sum(number for _, number in survey.set_aside)
        yield told("set aside", f"{plural(rows, 'row')}: {few([f'{why} ({count(n)})' for why, n in survey.set_aside])}")
        yield from (told("         ", f"{one.file}:{one.line} {one.reason}") for one in checked.examples[:3])
    if survey.repeated_count:
        yield told("repeated ", f"{plural(survey.repeated_count, 'row')} with the id of another row, counted once")
    if survey.shared_count:
        shared = f"{plural(survey.shared_count, 'row')} whose id several accounts have"
        yield told("shared   ", f"{shared}: map `exchange_id` to what is unique for each request")
    if survey.left_out:
        yield told("left out ", few([f"{why} ({count(n)})" for why, n in survey.left_out]))
    if checked.passed_over_count:
        yield told("no call  ", f"{plural(checked.passed_over_count, 'record')} that are no request to a model")
    if checked.passed_over:
        yield told("not read ", few(checked.passed_over))
    yield from _show_columns(survey)
    if checked.unfilled:
        yield told("unmet    ", f"no row fills these columns of the mapping: {', '.join(checked.unfilled)}")
    yield from _show_outlook(checked.outlook)


def _show_files(files: Sequence[LogFile]) -> Iterator[RenderableType]:
    rows = [(one.path, one.format, one.kind, decimal(one.size_bytes)) for one in files[:_FILES_SHOWN]]
    yield listed(("file", "!format", "!kind", ">!size"), rows)
    if len(files) > _FILES_SHOWN:
        yield told("         ", f"and {plural(len(files) - _FILES_SHOWN, 'more file')}")


def _show_columns(survey: Survey) -> Iterator[RenderableType]:
    found = [(one.name, share(one.null_share), one.meaning) for one in survey.columns if one.found]
    yield listed(("!column found", ">!null", "what it says"), found)
    silent = [one.name for one in survey.columns if not one.found]
    yield told("missing  ", ", ".join(silent) or "none")


def _show_outlook(outlook: Outlook) -> Iterator[RenderableType]:
    if outlook.unmet_releases:
        yield told("unmet    ", f"nobody asks for these in the day after: releases of {few(outlook.unmet_releases)}")
    if outlook.blind:
        rows = [(one.name, one.family, name_lacking(", ".join(one.lacks))) for one in outlook.blind]
        yield listed(("!blind trait", "!family", "because there is"), rows)
        yield listed(
            ("add", "how", "traits that would see"),
            [(one.what, one.how, ", ".join(one.traits)) for one in outlook.additions],
        )
    if outlook.is_dark:
        must = f"{outlook.fewest_families} families of traits must see"
        yield plain(f"A scan of these logs can find nothing: {must}.", "bold red")
    else:
        yield told("sees by  ", ", ".join(outlook.seeing_families))
