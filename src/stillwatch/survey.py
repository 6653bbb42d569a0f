"""What a scan of these logs could see: which traits are blind, and what would open their eyes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from stillwatch.exchanges import Survey
from stillwatch.findings.statement import Release
from stillwatch.settings import Settings
from stillwatch.traits.find import blind_traits
from stillwatch.traits.registry import listed_traits

# What a trait may read beside columns of the logs -> what the operator gives for it, and how.
GIVEN = {
    "address_range": ("a list of address ranges", "name one as `context.address_ranges` in the settings"),
    "domain_kind": ("a list of disposable domains", "name one as `context.disposable_domains` in the settings"),
    "released": ("timely releases", "give `--releases`"),
}


@dataclass(frozen=True)
class BlindTrait:
    """A trait that cannot see, and what it lacks: columns, or lists of the operator's own."""

    name: str
    family: str
    lacks: tuple[str, ...]


@dataclass(frozen=True)
class Addition:
    """Something that could be added, how, and the traits that would see with it (some need other things as well)."""

    what: str
    how: str
    traits: tuple[str, ...]


@dataclass(frozen=True)
class Outlook:
    """What a scan could see.

    Attributes
    ----------
    seeing_families
        Families of which at least one trait sees.
    fewest_families
        How many of them must speak in a finding, as the settings say.
    additions
        What to add, the most helpful first.
    unmet_releases
        Models given as released that nobody asked for in the day after, as far as the models asked for, and the first
        and the last time, can say.
    """

    blind: tuple[BlindTrait, ...]
    seeing_families: tuple[str, ...]
    additions: tuple[Addition, ...]
    unmet_releases: tuple[str, ...]
    fewest_families: int

    @property
    def is_dark(self) -> bool:
        """Whether nothing could be found, as too few families see."""
        return len(self.seeing_families) < self.fewest_families


def look_ahead(survey: Survey, settings: Settings, releases: tuple[Release, ...] = ()) -> Outlook:
    """Say what a scan could see of the logs surveyed, with the lists that the settings name."""
    shown = frozenset(column.name for column in survey.columns if column.found and column.holds_any)
    families = {one.name: one.family for one in listed_traits()}
    met = [one for one in releases if _may_be_met(one, survey)]
    unmet = tuple(one.model for one in releases if one not in met)
    blind = tuple(
        BlindTrait(name, families[name], tuple(lacking.split(", ")))
        for name, lacking in blind_traits(shown | given_lists(settings, met))
    )
    unseen = {one.name for one in blind}
    seeing = tuple(sorted({family for name, family in families.items() if name not in unseen}))
    additions = _additions(blind, {column.name: column.meaning for column in survey.columns})
    return Outlook(blind, seeing, additions, unmet, settings.judging.fewest_families)


def _may_be_met(release: Release, survey: Survey) -> bool:
    in_time = survey.first_asked_at - timedelta(days=1) < release.at <= survey.last_asked_at
    return in_time and release.model in survey.models


def given_lists(settings: Settings, releases: Sequence[Release]) -> frozenset[str]:
    """Return which of `GIVEN` the operator gives, of releases those that the logs meet."""
    given = {
        "address_range": settings.context.address_ranges is not None,
        "domain_kind": settings.context.disposable_domains is not None,
        "released": bool(releases),
    }
    return frozenset(name for name, is_given in given.items() if is_given)


def name_lacking(lacking: str) -> str:
    """Return what a blind trait lacks as people call it, from the names that `blind_traits` joins.

    Examples
    --------
    >>> name_lacking("ip, address_range")
    'no `ip`, no list of address ranges'
    """
    return ", ".join(f"no {_called(name).removeprefix('a ')}" for name in lacking.split(", "))


def _called(name: str) -> str:
    return GIVEN[name][0] if name in GIVEN else f"`{name}`"


def _additions(blind: tuple[BlindTrait, ...], meanings: Mapping[str, str]) -> tuple[Addition, ...]:
    waiting: dict[str, list[str]] = {}
    for one in blind:
        for lack in one.lacks:
            waiting.setdefault(lack, []).append(one.name)
    ranked = sorted(waiting.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        Addition(_called(lack), GIVEN[lack][1] if lack in GIVEN else f"in the logs: {meanings[lack]}", tuple(traits))
        for lack, traits in ranked
    )
