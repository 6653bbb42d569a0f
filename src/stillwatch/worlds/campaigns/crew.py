"""A campaign at work: its accounts, and what they send, some hours at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from stillwatch.worlds.accounts import Account
from stillwatch.worlds.calendar import Calendar
from stillwatch.worlds.campaigns.campaign import Campaign, Pace
from stillwatch.worlds.campaigns.slots import Slots, fill_slots
from stillwatch.worlds.campaigns.strands import Covering, Forwarded, Jobs, Probes, Rows, Setting, Strand, plan_blocks
from stillwatch.worlds.seeds import generator, seed_of
from stillwatch.worlds.visits import VISIT, Visits, says, while_whole

_COVER_PACE = Pace(hours="evening", offset_h=4, swings=0.0)


@dataclass(frozen=True)
class Crew:
    """A campaign's accounts.

    `visits` yields what they send; `account` of a visit counts in `accounts`.
    """

    accounts: list[Account]
    _setting: Setting
    _slots: Slots

    def visits(self) -> Iterator[Visits]:
        """Yield what the accounts send, each kind of it some hours at a time."""
        said = _instructions(self.accounts)
        for strand, name, pace, setting, starts in _strands(self._setting):
            for block in plan_blocks(setting, name, pace, starts):
                yield self._dealt(*strand.visits(setting, block), said)

    def _dealt(self, visits: Visits, slot: Rows, said: Visits) -> Visits:
        owner = self._slots.account_at(slot, visits["at"])
        kept = (owner >= 0) & (visits["at"] < self._setting.calendar.end_us)
        visits["account"] = owner
        visits = while_whole(visits, kept)
        owner = visits["account"]
        for name in ("system", "system_seed", "opening"):
            visits[name] = said[name][owner]
        self._reword(visits)
        # a conversation is opened by one framework, whichever account carries it on
        first = np.maximum.accumulate(np.where(visits["turn"] == 0, np.arange(len(visits)), 0))
        visits["opening"] = visits["opening"][first]
        if not self._setting.campaign.forwarding.replays:
            # an account sends the signed reasoning of its own two last turns only
            hops = (visits["turn"] > 0) & (owner != np.roll(owner, 1))
            visits["unsigned"] = hops | ((visits["turn"] > 1) & np.roll(hops, 1))
        return visits

    def _reword(self, visits: Visits) -> None:
        """Say in other words what was asked for after the campaign had learned to."""
        wordings = [phase.wording for phase in self._slots.phases]
        if len(set(wordings)) < 2:
            return
        phase = self._slots.phase_at(visits["at"])
        wants = [*self._setting.campaign.wants, *self._setting.campaign.work.languages]
        for number, wording in enumerate(wordings):
            for want in wants:
                was, now = says(f"{wordings[0]}.{want}", f"{wording}.{want}")
                visits["says"] = np.where((phase == number) & (visits["says"] == was), now, visits["says"])


def open_crew(calendar: Calendar, campaign: Campaign, seed: int, scale: float, story_days: int) -> Crew:
    """Open a campaign's accounts.

    Parameters
    ----------
    scale
        Factor on its accounts and exchanges; it keeps its fewest accounts.
    story_days
        Days of the story as it is written: in fewer days as much less is sent.
    """
    pace = campaign.pace
    written = pace.ends_day(story_days)
    last = calendar.days if pace.until_day is None else min(pace.until_day, calendar.days)
    between = (calendar.day(pace.from_day), calendar.day(max(last, pace.from_day)))
    count = max(campaign.fewest_accounts, round(campaign.accounts * scale), 1)
    sent = campaign.exchanges * scale * max(0.0, last - pace.from_day) / (written - pace.from_day)
    campaign = replace(campaign, exchanges=round(sent), hiding=campaign.hiding.resized(count / campaign.accounts))
    setting = Setting(campaign, calendar, seed, between, count)
    if between[0] >= calendar.end_us:
        return Crew([], setting, Slots([], *(np.zeros(0, np.int64),) * 3, []))
    slots = fill_slots(calendar, campaign, seed, between, count)
    accounts = slots.accounts
    if campaign.forwarding.replays:
        accounts = [replace(one, habits=replace(one.habits, replays_signatures=True)) for one in accounts]
    return Crew(accounts, setting, slots)


def _strands(setting: Setting) -> Iterator[tuple[Strand, str, Pace, Setting, int]]:
    """Yield what a campaign sends: the strand, its name, its pace, when, and how many conversations start."""
    campaign, (begin, end) = setting.campaign, setting.between
    work, forwarding, cover = campaign.work, campaign.forwarding, campaign.cover
    forwarded = campaign.exchanges * forwarding.share
    probes = (campaign.exchanges - forwarded) * work.probing_share
    jobs = campaign.exchanges - forwarded - probes
    harvest = setting
    if probes:
        turned = min(end, begin + setting.calendar.day(work.probing_days) - setting.calendar.start_us)
        yield Probes(), "probes", campaign.pace, replace(setting, between=(begin, turned)), round(probes)
        harvest = replace(setting, between=(min(turned, end - 1), end))
    yield Jobs(), "jobs", campaign.pace, harvest, round(jobs / work.turns)
    yield Forwarded(), "forwarded", campaign.pace, setting, round(forwarded / forwarding.turns)
    yield Covering(), "cover", _COVER_PACE, setting, round(campaign.cover_exchanges / cover.turns)


def _instructions(accounts: list[Account]) -> Visits:
    """Return the system prompt and the framework of each account, as the public has them."""
    said = np.zeros(len(accounts), VISIT)
    said["system"] = -1
    chat, *agents = says("system.chat", "system.agent", "system.agent2")
    for number, account in enumerate(accounts):
        draw = generator(seed_of(account.seed, "life")).random()
        if account.habits.client == "agent":
            framework = int(draw >= 0.6)
            said["system"][number], said["opening"][number] = agents[framework], 1 + framework
        elif draw < 0.45:
            said["system"][number], said["system_seed"][number] = chat, account.seed % 3
    return said
