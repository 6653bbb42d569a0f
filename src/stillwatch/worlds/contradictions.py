"""What no field of a story says by itself: values that are in their bounds, but do not go together."""

from collections.abc import Collection, Iterator
from datetime import UTC, date, timedelta

from stillwatch.worlds.calendar import Calendar
from stillwatch.worlds.campaigns import Campaign
from stillwatch.worlds.campaigns.campaign import MOST_EXCHANGES, Pace

# instants of all columns, in microseconds or nanoseconds, hold these years with what comes before and after
_FIRST, _LAST = date(1980, 1, 1), date(2199, 12, 31)
_SHORTEST_DAYS = 1 / 24
_LEAST_SHARES = 0.001


def calendar_faults(calendar: Calendar, priced: Collection[str]) -> Iterator[str]:
    """Yield what is wrong with the days of a world and the models released meanwhile.

    Parameters
    ----------
    priced
        Models that have a price; none: the story tells no prices.
    """
    first = calendar.first
    if not _FIRST <= first <= _LAST:
        yield f"`calendar.first` is {first}, which is not from {_FIRST} to {_LAST}"
        return
    times = [release.at.replace(tzinfo=release.at.tzinfo or UTC) for release in calendar.releases]
    if times != sorted(times):
        yield "`calendar.releases` does not name the oldest first"
    for release in calendar.releases:
        told = f"the release of `{release.model}`"
        if release.at.tzinfo is None:
            yield f"{told} has a time without a zone"
        elif not calendar.start_us <= release.at.timestamp() * 1e6 < calendar.end_us:
            last = first + timedelta(days=calendar.days - 1)
            yield f"{told} is outside the world, which lasts from {first} to {last} (UTC)"
        if priced and release.model not in priced:
            yield f"`prices` has no price of `{release.model}`, which `calendar.releases` names"


def campaign_faults(campaign: Campaign, days: int) -> Iterator[str]:
    """Yield what is wrong with a campaign, each fault as it goes on after the campaign's name and a backtick.

    Parameters
    ----------
    days
        Days of the world.
    """
    wants, share = campaign.wants, campaign.forwarding.share
    if campaign.fewest_accounts > campaign.accounts:
        yield f"fewest_accounts` is {campaign.fewest_accounts:,}, more than its {campaign.accounts:,} `accounts`"
    if not wants and share < 1:
        yield "wants` names no target"
    if wants and not sum(wants.values()):
        yield "wants` has no share above 0"
    elif wants and sum(wants.values()) < _LEAST_SHARES:
        yield f"wants` has shares of less than {_LEAST_SHARES:g} together"
    if sum(campaign.work.languages.values()) > 1:
        yield "work.languages` has shares of more than 1 together"
    if campaign.cover.share >= 1:
        yield "cover.share` is 1: nothing of it would be extraction"
    elif campaign.cover_exchanges > MOST_EXCHANGES:
        yield f"cover.share` asks for more than {MOST_EXCHANGES:,} exchanges of cover"
    wrong = [*_pace_faults(campaign.pace, days)]
    yield from wrong or _work_faults(campaign, days)


def _pace_faults(pace: Pace, days: int) -> Iterator[str]:
    begins, ends = pace.from_day, pace.ends_day(days)
    if begins >= days:
        yield f"pace.from_day` is {begins:g}: it begins after the world ends, which has {days} days"
    if ends > days:
        yield f"pace.until_day` is {ends:g}: it ends after the world, which has {days} days"
    if ends <= begins < days:
        yield "pace` ends before it begins"
    elif begins < days and ends - begins < _SHORTEST_DAYS:
        yield "pace` lasts less than an hour"
    if pace.retreat_day is not None and pace.retreat_day >= days:
        yield f"pace.retreat_day` is {pace.retreat_day:g}: it retreats after the world ends, which has {days} days"


def _work_faults(campaign: Campaign, days: int) -> Iterator[str]:
    """Yield what does not fit into the time in which a campaign works."""
    begins, ends = campaign.pace.from_day, campaign.pace.ends_day(days)
    work = campaign.work
    for day in campaign.hiding.swept_days:
        if not begins < day < ends:
            yield f"hiding.swept_days` has {day:g}, but it works between the days {begins:g} and {ends:g}"
    if 0 < work.probing_share < 1 and work.probing_days >= ends - begins:
        yield f"work.probing_days` is {work.probing_days:g}: of its {ends - begins:g} days none is left for the harvest"
