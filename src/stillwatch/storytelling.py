"""Stories and the worlds made from them, as people read them on a terminal."""

from collections.abc import Iterator
from dataclasses import MISSING, dataclass, is_dataclass
from inspect import cleandoc
from pathlib import Path
from typing import Any, get_origin, get_type_hints

from rich.console import Console, RenderableType
from rich.table import Table

from stillwatch.findings.numerals import count, plural, share
from stillwatch.progress import LiveProgress
from stillwatch.settings_table import choices_of
from stillwatch.terminal import listed, plain, told
from stillwatch.world_errors import NoSuchForm
from stillwatch.worlds import Made, Making, Story, make, shipped_stories
from stillwatch.worlds.campaigns import Campaign
from stillwatch.worlds.formats import LogFormat, formats
from stillwatch.worlds.honest import kinds
from stillwatch.worlds.knobs import MILLION, Knob, knobs_of, parts_of
from stillwatch.worlds.story import Population, Price, Share

SHORT = {"otel": "opentelemetry"}


@dataclass(frozen=True)
class Summary:
    """A story that ships, at full size."""

    name: str
    tells: str
    days: int
    honest_accounts_count: int
    campaigns: dict[str, int]
    extraction_count: int
    follows: str
    rehearsal_scale: float


def summaries() -> list[Summary]:
    """Return the stories that ship: the honest ones first."""
    told = [
        Summary(
            one.name, one.tells, one.calendar.days, one.population.accounts,
            {campaign.name: campaign.accounts for campaign in one.campaigns},
            sum(campaign.exchanges for campaign in one.campaigns), one.follows, one.rehearsal_scale,
        )
        for one in shipped_stories().values()
    ]  # fmt: skip
    return sorted(told, key=lambda one: (bool(one.campaigns), one.extraction_count, one.name))


def story_table() -> Table:
    """Return the stories that ship as a table of their full sizes."""
    rows = [
        (one.name, count(one.days), count(one.honest_accounts_count),
         count(sum(one.campaigns.values())) if one.campaigns else "-",
         count(one.extraction_count) if one.campaigns else "-", one.tells)
        for one in summaries()
    ]  # fmt: skip
    return listed(("!story", ">!days", ">!honest", ">!in campaigns", ">!extraction", "what happens"), rows)


def describe_story(story: Story) -> Iterator[RenderableType]:
    """Yield the parts of a story for the terminal; of each knob that is set, what it means and its unit."""
    yield plain(f"{story.name}: {story.tells}", "bold")
    days = plural(story.calendar.days, "day")
    released = ", ".join(f"{one.model} on {one.at:%d %B}" for one in story.calendar.releases) or "no release"
    yield told("calendar  ", f"{days} from {story.calendar.first:%d %B %Y}; {released}")
    if story.follows:
        yield told("follows   ", story.follows)
    yield told("rehearsed ", f"at scale {story.rehearsal_scale:g} unless told otherwise")
    yield _population_table(story.population)
    for campaign in story.campaigns:
        title = f"{campaign.name}: {_size_of(campaign)}"
        yield listed(("!knob", "!value", "what it means", "unit"), _knob_rows(campaign, ""), title=title)


def _population_table(population: Population) -> Table:
    """Return who the honest accounts are, and how many of each kind are made: whole groups, at scale 1."""
    made = [groups * kind.size for kind, groups in population.counts(1.0)]
    rows = [
        (one.kind.kind, share(one.share), count(accounts), cleandoc(type(one.kind).__doc__ or "").partition("\n")[0],
         ", ".join(f"{name} {value}" for name, value in _turned(one.kind)))
        for one, accounts in zip(population.kinds, made, strict=True)
    ]  # fmt: skip
    title = f"{plural(sum(made), 'honest account')} at scale 1"
    if sum(made) != population.accounts:
        fewest = f", at least {count(population.fewest_accounts)}"
        title += f" ({count(population.accounts)}{fewest} asked for; groups are whole)"
    return listed(("!kind", ">!share", ">!accounts", "who they are", "knobs"), rows, title=title)


def _size_of(campaign: Campaign) -> str:
    """Return how many accounts a campaign has, and what they send, at scale 1."""
    size = f"{plural(max(campaign.accounts, campaign.fewest_accounts), 'account')} at any time"
    sent = f"{plural(campaign.exchanges, 'exchange')} of extraction"
    whole = campaign.exchanges + round(campaign.cover_exchanges)
    return f"{size}, {sent}" + (f", {count(whole)} with cover" if whole > campaign.exchanges else "")


def _turned(kind: Any) -> Iterator[tuple[str, Any]]:
    """Yield the knobs that do not stand at their default."""
    for one in knobs_of(type(kind)):
        value = getattr(kind, one.name)
        if value != one.default and not is_dataclass(value):
            yield one.name, value


def _knob_rows(part: Any, within: str) -> Iterator[tuple[str, str, str, str]]:
    facts = {one.name: one for one in knobs_of(type(part))}
    for name, value in _turned(part):
        if within or name != "name":
            yield within + name, _shown(value), facts[name].about, facts[name].unit
    for name, fact in facts.items():
        if is_dataclass(getattr(part, name)):
            if fact.default is None:
                yield within + name, "yes", fact.about, ""
            yield from _knob_rows(getattr(part, name), f"{within}{name}.")


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {part:g}" for name, part in value.items())
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    return count(value) if isinstance(value, int) and not isinstance(value, bool) else str(value)


def fields_page() -> str:
    """Return every field of a story as Markdown: what it means, its unit, its default, and where that comes from."""
    parts: list[tuple[str, type[Any]]] = [("The story", Story), *_tables(Story, "")]
    lines = [section for title, kind in parts for section in _section(title, kind)]
    lines += [
        "## Kinds of honest accounts",
        "",
        "Each stands in the file as `[[population.kinds]]` with `kind` and `share`.",
        "",
    ]
    for name, kind in kinds().items():
        lines += _section(f'`kind = "{name}"`', kind, level=3)
    return "\n".join(lines).rstrip()


def _tables(kind: type[Any], within: str) -> Iterator[tuple[str, type[Any]]]:
    many = {Campaign: "[[campaigns]]", Price: '[prices] "model"'}
    for name, inner in parts_of(kind):
        if inner is not Share:
            yield f"`{many.get(inner, f'[{within}{name}]')}`", inner
            yield from _tables(inner, f"{within}{name}.")


def _section(title: str, kind: type[Any], *, level: int = 2) -> list[str]:
    about = cleandoc(kind.__doc__ or "").partition("\n")[0]
    hints = get_type_hints(kind)
    rows = [
        (f"`{one.name}`", one.about + _names(hints[one.name]), one.unit + _bounds(one), _default(one), one.source)
        for one in _fields(kind)
    ]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    head = ["| field | what it means | unit | default | source |", "|---|---|---|---|---|"]
    return [f"{'#' * level} {title}", "", about, "", *head, *lines, ""] if lines else []


def _names(hint: Any) -> str:
    """Return the names that a table may have, where its type lists them."""
    names = [f"`{name}`" for name in choices_of(hint)] if get_origin(hint) is dict else []
    return f": {', '.join(names[:-1])} or {names[-1]}" if names else ""


def _bounds(one: Knob) -> str:
    """Return the bounds of a number, where they are not those of all."""
    most = "" if one.most == MILLION else f"at most {one.most:,}"
    if one.least is not None:
        return f", {one.least:g} to {one.most:,}" if most else f", at least {one.least:g}"
    return f", {most}" if most and not one.unit.endswith("0-1") else ""


def _fields(kind: type[Any]) -> list[Knob]:
    return [one for one in knobs_of(kind) if one.about]


def _default(one: Knob) -> str:
    if one.default is MISSING:
        return "required"
    if one.default is None or one.default in ((), {}, "") or is_dataclass(one.default):
        return "-"
    return f"`{one.default}`" if not isinstance(one.default, bool) else f"`{str(one.default).lower()}`"


def find_form(name: str) -> LogFormat:
    """Return the log format of a name, or of a short one.

    Raises
    ------
    NoSuchForm
        No format has this name.
    """
    form = formats().get(SHORT.get(name, name))
    if form is None:
        raise NoSuchForm(name, sorted({*formats(), *SHORT}))
    return form


def make_as_told(making: Making, out: Path, console: Console, *, form: str | None, by_day: bool) -> Made:
    """Make a world and say how far it is.

    Raises
    ------
    NoSuchForm
        No log format has this name.
    FolderOccupied, CannotWrite, PromptsUnreadable
        As `stillwatch.worlds.make`.
    """
    chosen = find_form(form) if form is not None else None
    with LiveProgress(console) as progress:
        return make(making, out, progress, form=chosen, by_day=by_day)


def made_lines(made: Made, out: Path) -> Iterator[Table]:
    """Yield what was made, and what to do next."""
    accounts = made.honest_accounts_count + made.campaign_accounts_count
    yield told("made      ", f"{plural(made.exchanges_count, 'exchange')} of {plural(accounts, 'account')}")
    if made.campaign_accounts_count:
        guilty = f"{plural(made.campaign_accounts_count, 'account')} of campaigns"
        yield told("of these  ", f"{guilty}, {plural(made.extraction_count, 'exchange')} of extraction")
    logs = made.logs[0] if len(made.logs) == 1 else made.logs[0].parent
    yield told("logs      ", str(logs))
    yield told("truth     ", f"{out}/truth_accounts.parquet and truth_exchanges.parquet; the story is in story.toml")
    yield told("next      ", f"`stillwatch scan {logs} --releases {out}/releases.json --into findings`")
    yield told("then      ", f"`stillwatch worlds score {out} findings`")
