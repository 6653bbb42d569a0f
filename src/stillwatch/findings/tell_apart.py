"""Tells the extraction of campaigns from their cover: ordinary requests mixed in, or another's passed through."""

import itertools
from collections.abc import Callable, Collection

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.engine.base import Engine
from stillwatch.findings.mixture import Kinds, Mixture, learn_mixture
from stillwatch.findings.own_marks import (
    described,
    keep_own_marks,
    kind_parts,
    sampled,
    show_members,
)
from stillwatch.findings.talks import PLACED, keep_beginnings, keep_talks, opening_of

Ints = npt.NDArray[np.int64]
_MOST_LEARNED = 200_000  # exchanges of members: the odds of a kind that one in a thousand is of are known to a tenth
_MILLIONTHS = 1e6  # odds are summed as whole numbers, in any order alike
# Honest traffic counts on the side of cover alone, so that the odds lean there: of exchanges at even odds eight in ten
# are extraction, and at these two in three (docs/decisions/0040).
_LEAST_ODDS = -1.0
_USED = "model, input_tokens, output_tokens, reasoning_tokens"
_TOOK = f"member, exchange_id, asked, {_USED}"


def tell_apart(engine: Engine, *, forwarding: Collection[int] = ()) -> None:
    """Make the view `told_apart`: the exchanges of the table `members`, what they took, and `is_taken`: extraction.

    A campaign's conversations are taken for a mixture of cover, which is distributed much as honest traffic is, and
    of jobs, whose distribution is learned together with their share. Exchanges are described by what the campaign
    words alike, repeats, offers as tools and hardly any honest account does, and by intent and length; not by whether
    they stand alone, for cover that is passed through loses its history too. Where a campaign forwards other people's
    conversations, all of it is extraction.

    Parameters
    ----------
    engine
        Knows `marked`, `worded`, `profiles`, `harvest_templates`, what `sample_honest` keeps and `members` (campaign,
        account_id), where an account stands once and campaigns are numbered from 0.
    forwarding
        The campaigns that forward conversations.

    Notes
    -----
    What is learned of a campaign is learned from at most 200,000 exchanges of either side, chosen by names. What the
    members share is counted in columns read one by one; then their exchanges are read once and held as what is told of
    them, without digests and names of conversations. What follows from that is a view.
    """
    show_members(engine)
    keep_own_marks(engine)
    keep_beginnings(engine)
    draw = _drawing(engine, forwarding)
    # of what opens no conversation and has no name, it is not known yet how its conversation is called
    name = "coalesce(conversation_id, exchange_id)"
    drawn = f"CASE WHEN conversation_id IS NULL AND opens = 0 THEN false ELSE {draw(name)} END AS drawn"
    exchanges = f"(SELECT *, {drawn} FROM ({opening_of('member_exchange')}))"
    engine.hold("placed", described(exchanges, f"e.campaign, {PLACED}, {_USED}, drawn"))
    keep_talks(engine, f"{_TOOK}, campaign, kind, seeded, drawn")
    own = f"CASE WHEN other_name IS NULL THEN drawn ELSE {draw('other_name')} END"
    _name_learned(engine, engine.sql(f"SELECT kind, member, talk, seeded FROM talked WHERE {own}"), forwarding)
    engine.hold(
        "passed_talks",  # those that are no extraction: in most campaigns they are fewer
        f"""SELECT member, talk FROM (
                SELECT member, talk, sum(later) AS follows, sum(opening) AS odds, sum(added) AS added,
                       min(later) AS no_opening
                FROM talked JOIN odds USING (kind) WHERE talk IS NOT NULL AND NOT forwarded GROUP BY member, talk)
            JOIN numbered_members USING (member) JOIN learned USING (campaign)
            WHERE (odds + added / sqrt(greatest(follows, 1))) / {_MILLIONTHS}
                  + CASE WHEN no_opening = 1 THEN unopened ELSE opened END <= {_LEAST_ODDS}""",
    )
    engine.show(
        "told_apart",
        f"""SELECT t.campaign, wanted, {_TOOK},
                   CASE WHEN t.talk IS NULL OR forwarded THEN alone ELSE k.talk IS NULL END AS is_taken
            FROM talked AS t JOIN odds USING (kind) LEFT JOIN passed_talks AS k USING (member, talk)""",
    )


def _drawing(engine: Engine, forwarding: Collection[int]) -> Callable[[str], str]:
    """Return how to write the SQL that says whether a name is in the sample from which its campaign is learned."""
    sizes = engine.sql("SELECT campaign, ours FROM campaign_sizes ORDER BY campaign").to_pylist()
    learned = {one["campaign"]: one["ours"] for one in sizes if one["campaign"] not in forwarding}

    def draw(name: str) -> str:
        drawn = [f"WHEN {number} THEN {sampled(name, ours, _MOST_LEARNED)}" for number, ours in learned.items()]
        return f"CASE campaign {' '.join(drawn)} ELSE false END" if drawn else "false"

    return draw


def _count_kinds(engine: Engine) -> pa.Table:
    """Return the kinds there are, ascending, with how many honest exchanges are of each.

    The honest ones are described once for each campaign, by what that words alike.
    """
    honest = opening_of("(SELECT * FROM honest_exchange CROSS JOIN (SELECT campaign FROM campaign_sizes))")
    return engine.sql(
        f"""SELECT kind, sum(theirs)::BIGINT AS theirs FROM (
                SELECT DISTINCT kind, 0 AS theirs FROM placed
                UNION ALL SELECT kind, 1 AS theirs FROM ({described(f"({honest})", "wanted", "honest_level")}))
            GROUP BY kind ORDER BY kind"""
    )


def _name_learned(engine: Engine, rows: pa.Table, forwarding: Collection[int]) -> None:
    """Learn of each campaign; name `learned` (campaign, opened, unopened), and `odds` of each kind.

    `alone` says of a kind that an exchange which is a conversation by itself is extraction. Odds are whole numbers, so
    that their sums are the same in any order.
    """
    kinds = _count_kinds(engine)
    known, kind = kinds["kind"].to_numpy(), rows["kind"].to_numpy()
    parts = kind_parts(known)
    campaigns, first = np.unique(parts["campaign"], return_index=True)
    found = []
    for number, (start, end) in zip(campaigns.tolist(), itertools.pairwise([*first.tolist(), len(known)]), strict=True):
        own = rows.filter(pa.array((kind >= known[start]) & (kind <= known[end - 1])))
        nothing = Mixture(0.0, 0.0, np.zeros(end - start))
        found.append(nothing if number in forwarding else _learn(kinds.slice(start, end - start), own))
    odds = np.round(np.concatenate([one.kinds for one in found] or [np.empty(0)]) * _MILLIONTHS)
    opened, unopened = (np.array([getattr(one, name) for one in found], float) for name in ("opened", "unopened"))
    forwarded = np.isin(parts["campaign"], sorted(forwarding))
    alone = forwarded | (odds / _MILLIONTHS + np.repeat(opened, np.diff([*first, len(known)])) > _LEAST_ODDS)
    later = parts["later"].astype(float)
    engine.name("learned", pa.table({"campaign": campaigns, "opened": opened, "unopened": unopened}))
    engine.name(
        "odds",
        pa.table({
            "kind": known, "wanted": parts["wanted"], "later": later, "opening": np.where(later, 0.0, odds),
            "added": np.where(later, odds, 0.0), "alone": alone, "forwarded": forwarded,
        }),
    )  # fmt: skip


def _learn(kinds: pa.Table, rows: pa.Table) -> Mixture:
    known, seeded = kinds["kind"].to_numpy(), rows["seeded"].to_numpy()
    kind = np.searchsorted(known, rows["kind"].to_numpy())
    talk = _ranked(_numbered(rows), 2 * kind + seeded)
    order = np.lexsort((seeded, kind, talk))
    parts = kind_parts(known)
    # one feature each, as neither is without the other: intent and length; a prompt that is repeated, and its wording
    wants = parts["wanted"] * (int(parts["words"].max(initial=0)) + 1) + parts["words"]
    worded = parts["wording"] * (int(parts["repeated"].max(initial=0)) + 1) + parts["repeated"]
    levels = [np.unique(one, return_inverse=True)[1] for one in (worded, parts["tools"], wants)]
    honest = kinds["theirs"].to_numpy().astype(float)
    return learn_mixture(Kinds(levels, parts["later"] > 0, honest), talk[order], kind[order], seeded[order])


def _numbered(rows: pa.Table) -> Ints:
    """Return a number for the conversation of each row, from 0 on; what stands alone is one by itself."""
    alone = rows["talk"].is_null().to_numpy()
    member = np.where(alone, -1, rows["member"].to_numpy())
    talk = np.where(alone, np.arange(len(rows)), rows["talk"].fill_null(0).to_numpy())
    order = np.lexsort((talk, member))
    other = np.zeros(len(rows), np.int64)
    other[1:] = (member[order][1:] != member[order][:-1]) | (talk[order][1:] != talk[order][:-1])
    numbers = np.empty(len(rows), np.int64)
    numbers[order] = np.cumsum(other)
    return numbers


def _ranked(talk: Ints, shown: Ints) -> Ints:
    """Return other numbers for conversations, in the order of what is shown in them, whatever order they were read in.

    Those that show the same may change places: whatever is summed over them is the same.
    """
    drawn = np.random.default_rng(1).integers(0, 2**63, int(shown.max(initial=0)) + 1)
    with np.errstate(over="ignore"):
        sums = np.zeros(int(talk.max(initial=-1)) + 1, np.int64)
        np.add.at(sums, talk, drawn[shown])
    places = np.empty(len(sums), np.int64)
    places[np.argsort(sums, kind="stable")] = np.arange(len(sums))
    return places[talk]
