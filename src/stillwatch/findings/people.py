"""Says through which accounts many unrelated people ask, as the home folders in what is asked tell."""

from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.engine.base import Engine
from stillwatch.findings.habits import Grouped, Habit, Ints, Mask
from stillwatch.findings.settings import Judging
from stillwatch.findings.weighing import count_showing
from stillwatch.links.incidence import Incidence
from stillwatch.links.shown import Shown
from stillwatch.traits.hopping import FEWEST_PEOPLE, MOST_IN_COMMON
from stillwatch.traits.machine_owner import MachineOwner

MANY_PEOPLE, SAME_PEOPLE = "many people", "same people"
_FEWEST_SHOWING = 3  # exchanges that show anybody's home folder, from which an account can be judged
_SHOWING = "SELECT account_id, owner_digests FROM marked WHERE len(owner_digests) > 0"
_OWNERS = f"""
    SELECT account_id, people, n, most FROM (SELECT account_id, count(*) AS n FROM ({_SHOWING}) GROUP BY account_id)
    JOIN (
        SELECT account_id, count(*) AS people, max(n)::BIGINT AS most FROM (
            SELECT account_id, owner, count(*) AS n FROM (
                SELECT account_id, unnest(owner_digests) AS owner FROM ({_SHOWING}))
            GROUP BY account_id, owner)
        GROUP BY account_id)
    USING (account_id)"""


def find_people(engine: Engine, shown: Shown) -> tuple[Habit, ...]:
    """Return the habits of asking for many people, from the view `marked`; none where no prompt shows anybody's home.

    An account asks for many people where it shows the home folders of three or more, and no one's in more than half of
    the exchanges that show any: logs that a person pastes show others' homes now and then. Accounts are compared with
    honest ones that show any home folder three times, so that writing code is not taken for it. Firms whose people
    share one account are few, and all alike: so it speaks only of accounts that also share what an operator provides.
    Of others it is asked whether most people behind an account stand behind others of the group as well: products have
    customers of their own, some of whom bear one name, and one list of tasks comes from the same machines whoever asks.
    """
    rows = engine.sql(_OWNERS)
    people, showing, most = (np.zeros(len(shown.accounts), np.int64) for _ in range(3))
    places = pc.index_in(rows["account_id"], value_set=shown.accounts).to_numpy(zero_copy_only=False)
    for column, name in ((people, "people"), (showing, "n"), (most, "most")):
        column[places.astype(np.int64)] = rows[name].cast(pa.int64()).to_numpy()
    judged = showing >= _FEWEST_SHOWING
    habit = Habit(
        MANY_PEOPLE, "session", judged, judged & (people >= FEWEST_PEOPLE) & (2 * most <= showing),
        f"show the home folders of {FEWEST_PEOPLE} people or more, no one's in more than half of the exchanges that "
        "show any",
        ("a team behind one key", "coding products and resellers that serve many people"),
        "rewriting the home folders in what is forwarded, or forwarding no code", "len(owner_digests) > 0",
        of_provided=True,
    )  # fmt: skip
    homes = [one for one in shown.incidences if one.name == MachineOwner.name]
    return (habit, *(_of_same_people(habit, one) for one in homes)) if judged.any() else ()


def _of_same_people(many: Habit, homes: Incidence) -> Habit:
    same = replace(
        many,
        name=SAME_PEOPLE,
        seen=f"show the home folders of {FEWEST_PEOPLE} people or more, most of whom others of them show too",
        honest_reasons=("a team that shares several accounts", "a support desk whose customers turn to all of it"),
        evasion="giving each account tasks from machines of its own, or rewriting the home folders",
        of_provided=False,
    )
    return replace(same, by_group=partial(_weigh_same, same, homes))


def _weigh_same(  # noqa: PLR0913, PLR0917
    same: Habit, homes: Incidence, members: Ints, reference: Mask, organisations: Ints, judging: Judging
) -> Grouped:
    """Count who shows many people most of whom others show too: other members, or, of an honest account, anybody.

    Teams that share their accounts are not in this group, but do the same among themselves.
    """
    inside = np.zeros(len(reference), bool)
    inside[members] = True
    share = np.where(inside, _in_common(homes, inside), np.diff(homes.account_start)) / np.maximum(homes.shown_count, 1)
    shown = same.shown & (share > MOST_IN_COMMON)
    return count_showing(replace(same, shown=shown), members, reference, organisations, judging)


def _in_common(homes: Incidence, inside: Mask) -> npt.NDArray[np.float64]:
    """Return for each account how many of the people that it shows members other than itself show."""
    owners = np.repeat(np.arange(len(inside)), np.diff(homes.account_start))
    ours = np.bincount(homes.account_values[inside[owners]], minlength=len(homes.values))
    others = ours[homes.account_values] > inside[owners]
    return np.bincount(owners[others], minlength=len(inside)).astype(np.float64)
