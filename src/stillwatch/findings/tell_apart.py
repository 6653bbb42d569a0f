"""Tells a campaign's extraction from its cover: ordinary requests mixed in, or another's passed through."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.engine.base import Engine
from stillwatch.findings.mixture import Kinds, Mixture, learn_mixture
from stillwatch.findings.own_marks import FEATURES, described, keep_own_marks, read_members, sample_honest, sampled
from stillwatch.findings.talks import keep_talks
from stillwatch.marks.intents import HARVEST

_MOST_LEARNED = 200_000  # exchanges of members: the odds of a kind that one in a thousand is of are known to a tenth
_MILLIONTHS = 1e6  # odds are summed as whole numbers, in any order alike


def tell_apart(engine: Engine, *, forwarding: bool, sampled_before: bool = False) -> None:
    """Keep the table `extraction` (exchange_id): the exchanges of the table `members` that are extraction.

    The campaign's conversations are taken for a mixture of cover, which is distributed much as honest traffic is, and
    of jobs, whose distribution is learned together with their share. Exchanges are described by what the campaign
    words alike, repeats, offers as tools and hardly any honest account does, and by intent and length; not by whether
    they stand alone, for cover that is passed through loses its history too. Where a campaign forwards other people's
    conversations, all of it is extraction.

    Parameters
    ----------
    engine
        Knows `exchange`, `profiles`, `harvest_templates`, `members` and `honest` (account_id each).
    forwarding
        Whether the campaign is one that forwards conversations.
    sampled_before
        Whether `sample_honest` was called with the table `honest` as it is: once is enough for many campaigns.

    Notes
    -----
    What is learned is learned from at most 200,000 exchanges of either side, chosen by their ids. The members'
    exchanges are read once, the honest ones once unless they were sampled before.
    """
    read_members(engine)
    if forwarding:
        engine.keep("extraction", "SELECT exchange_id FROM member_exchange")
        return
    if not sampled_before:
        sample_honest(engine)
    keep_own_marks(engine)
    keep_talks(engine)
    kinds = _keep_kinds(engine)
    learned = _learn(engine, kinds)
    odds = pa.array(np.round(learned.kinds * _MILLIONTHS).astype(np.int64))
    engine.name("odds", kinds.select(["kind", "later"]).append_column("odds", odds))
    engine.keep(
        "extraction",
        f"""SELECT exchange_id FROM member_exchange SEMI JOIN (
                SELECT member, place, sum(later) OVER talks AS follows,
                       sum(CASE WHEN later = 0 THEN odds ELSE 0 END) OVER talks AS odds,
                       sum(CASE WHEN later = 1 THEN odds ELSE 0 END) OVER talks AS added,
                       min(later) OVER talks AS unopened
                FROM told JOIN odds USING (kind) WINDOW talks AS (PARTITION BY member, talk_of, talk)) AS t
            ON t.member = member_exchange.member AND t.place = member_exchange.place
            AND (odds::DOUBLE + added::DOUBLE / sqrt(greatest(follows, 1))) / {_MILLIONTHS}
                  + CASE WHEN unopened = 1 THEN {learned.unopened!r} ELSE {learned.opened!r} END > 0""",
    )


def _keep_kinds(engine: Engine) -> pa.Table:
    """Keep `told` (member, place, talk_of, talk, kind, seeded); return the kinds with how many honest ones there are.

    Kinds are numbered in the order of their features.
    """
    columns = ", ".join(FEATURES)
    talked = "(SELECT m.*, talk_of, talk FROM member_exchange AS m JOIN talks USING (member, place))"
    engine.keep("described_members", described(talked, "member, place, talk_of, talk"))
    kinds = engine.sql(
        f"""SELECT {columns}, sum(theirs)::BIGINT AS theirs FROM (
                SELECT DISTINCT {columns}, 0 AS theirs FROM described_members
                UNION ALL SELECT {columns}, 1 AS theirs FROM ({described("honest_exchange", "exchange_id")}))
            GROUP BY {columns} ORDER BY {columns}"""
    )
    kinds = kinds.append_column("kind", pa.array(range(len(kinds)), pa.int64()))
    engine.name("kinds", kinds)
    wanted = " or ".join(f"intent = '{one}'" for one in sorted(HARVEST))
    engine.keep(
        "told",
        f"""SELECT member, place, talk_of, talk, kind, CASE WHEN {wanted} THEN 1 ELSE seeded END AS seeded
            FROM described_members JOIN kinds USING ({columns})""",
    )
    return kinds


def _learn(engine: Engine, kinds: pa.Table) -> Mixture:
    count = engine.sql("SELECT count(*) AS n FROM told")["n"][0].as_py()
    name = "concat(CAST(member AS VARCHAR), ' ', CAST(talk_of AS VARCHAR), ' ', CAST(talk AS VARCHAR))"
    rows = engine.sql(
        f"""SELECT {name} AS talk, kind, seeded FROM told WHERE {sampled(name, count, _MOST_LEARNED)}
            ORDER BY talk, kind, seeded"""
    )
    talk = rows["talk"].combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    return learn_mixture(
        Kinds(_levels(kinds), kinds["later"].to_numpy() > 0, kinds["theirs"].to_numpy().astype(float)),
        talk, rows["kind"].to_numpy(), rows["seeded"].to_numpy() > 0,
    )  # fmt: skip


def _levels(kinds: pa.Table) -> list[npt.NDArray[np.int64]]:
    """Return the value of each feature in each kind, as a number. Intent and length are one: neither is without."""
    wants = [
        f"{intent} {words}"
        for intent, words in zip(*(kinds[one].to_pylist() for one in ("intent", "words")), strict=True)
    ]
    shown = [kinds[name].to_pylist() for name in ("wording", "repeated", "tools")]
    return [np.unique(np.array(one), return_inverse=True)[1].astype(np.int64) for one in (*shown, wants)]
