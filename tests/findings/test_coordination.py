import itertools
import re
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.campaigns.membership import weigh_membership
from stillwatch.findings.coordination import coordination_evidence, group_of, ties_of
from stillwatch.findings.examples import with_examples


@pytest.fixture(scope="module")
def world(bench, small_world):
    world = small_world.made(
        *small_world.strangers(200), small_world.office(8), small_world.Queue(), small_world.Relay()
    )
    at_office = next(row["ip"] for row in world.rows if row["account_id"] in world.of("office"))
    # by hand: a member at the office, so that values are shown by one of the group and by others, which no knob does
    visits = [{"account_id": world.of(one)[0], "ip": at_office} for one in ("queue", "relay")]
    world = world.changed(pa.concat_tables([world.marks, small_world.rows_of(visits)]))
    shown = bench.show(world.marks)
    return world, shown, bench.gather(shown)


@pytest.fixture(scope="module", params=["queue", "relay"])
def group(request, world):
    traffic, shown, gathered = world
    return group_of(np.flatnonzero(np.isin(shown.accounts.to_pylist(), traffic.of(request.param))), gathered)


@pytest.fixture(scope="module")
def evidence(group, world, bench):
    standing = weigh_membership(world[1], world[2].strangers, group.accounts)
    sought = coordination_evidence(group, world[1], standing)
    [found] = with_examples(bench.engine, world[1].accounts, [sought])
    return {one.trait: one for one in found}


def columns_of(trait):
    return {"address": "ip", "payment card": "payment_hash", "TLS client": "ja4", "opening template": "opening_digest",
            "e-mail domain": "email_domain"}.get(trait)  # fmt: skip


def shown_by(rows, column):
    """Each value and the accounts that show it, counted plainly."""
    accounts = {}
    for row in rows:
        if row.get(column) is not None:
            accounts.setdefault(row[column], set()).add(row["account_id"])
    return accounts


def mean_tie(group):
    """The mean of each account's strongest three links; missing ones count as none."""
    bits = {account: [0.0, 0.0, 0.0] for account in group.accounts.tolist()}
    for a, b, total in zip(group.links.a.tolist(), group.links.b.tolist(), group.links.total.tolist(), strict=True):
        bits[a].append(total)
        bits[b].append(total)
    return np.mean([sum(sorted(ties)[-3:]) / 3 for ties in bits.values()])


def test_bits_sum_to_the_mean_tie(group, evidence):
    total = sum(one.bits for one in evidence.values())
    assert total == pytest.approx(mean_tie(group), abs=0.001 * (len(evidence) + 1))
    assert [one.bits for one in evidence.values()] == sorted((one.bits for one in evidence.values()), reverse=True)


def test_examples_are_exchanges_of_members_that_show_a_shared_value(evidence, world, group):
    rows = {row["exchange_id"]: row for row in world[0].rows}
    members = set(world[1].accounts.take(group.accounts).to_pylist())
    checked = 0
    for trait, one in evidence.items():
        column = columns_of(trait)
        if column is None:
            continue
        shown = shown_by([row for row in world[0].rows if row["account_id"] in members], column)
        assert one.example_exchange_ids
        assert len({rows[example]["account_id"] for example in one.example_exchange_ids}) == len(
            one.example_exchange_ids
        )
        for example in one.example_exchange_ids:
            assert rows[example]["account_id"] in members
            assert len(shown[rows[example][column]]) >= 2
            checked += 1
    assert checked > 5


def test_what_is_seen_is_a_plain_count(evidence, world, group):
    members = set(world[1].accounts.take(group.accounts).to_pylist())
    for trait in {"address", "payment card", "TLS client"} & evidence.keys():
        shared = {value: accounts & members for value, accounts in shown_by(world[0].rows, columns_of(trait)).items()}
        shared = [accounts for accounts in shared.values() if len(accounts) >= 2]
        widths, seen = [len(accounts) for accounts in shared], evidence[trait].seen
        assert evidence[trait].accounts_count == len(set().union(*shared))
        assert seen.startswith(f"{evidence[trait].accounts_count} of {len(members)} accounts share ")
        assert len(widths) == 1 or f"{max(widths)} of them" in seen
        assert ("share one " in seen) if len(widths) == 1 else (f"share {len(widths)} " in seen), seen


def test_what_is_expected_is_a_plain_count(evidence, world):
    traffic, shown, gathered = world
    honest = set(shown.accounts.filter(gathered.reference).to_pylist())
    for trait in {"address", "payment card", "TLS client", "e-mail domain"} & evidence.keys():
        sharing = sum(
            len([*itertools.combinations(accounts & honest, 2)])
            for accounts in shown_by(traffic.rows, columns_of(trait)).values()
        )
        pairs = len(honest) * (len(honest) - 1) / 2
        one_in = re.search(r"one pair in ([\d,]+)", evidence[trait].expected)
        assert f"the {len(honest):,} reference accounts" in evidence[trait].expected
        assert int(one_in[1].replace(",", "")) == round(pairs / sharing) if sharing else one_in is None


def test_wording_is_never_told(evidence, world):
    one_each = ("opening_digest", "ending_digest", "prompt_digest", "system_digest", "tools_digest")
    digests = {str(row[name]) for row in world[0].rows for name in one_each if row[name]}
    digests |= {str(one) for row in world[0].rows for one in row["history_digests"] or ()}
    for one in evidence.values():
        assert not [digest for digest in digests if len(digest) > 4 and digest in one.seen + one.expected]


def test_seen_and_expected_read_as_english(evidence, group, stored):
    name = "relay" if len(group.accounts) == 15 else "queue"
    lines = [f"{one.trait}: {one.seen}.\n  among strangers: {one.expected}.\n" for one in evidence.values()]
    stored(f"coordination_of_{name}.txt", "".join(lines))


def test_ties_are_the_strongest_links(group, world):
    _, shown, _ = world
    ties = ties_of(group, shown, 1_000)
    names = shown.accounts.to_pylist()
    assert [one.bits for one in ties] == sorted((one.bits for one in ties), reverse=True)
    assert len({(one.account_a, one.account_b) for one in ties}) == len(ties)
    totals = {
        (names[a], names[b]): total for a, b, total in zip(group.links.a, group.links.b, group.links.total, strict=True)
    }
    strongest = {}
    for pair, total in totals.items():
        for account in pair:
            strongest.setdefault(account, []).append(total)
    for account, found in strongest.items():
        mine = sorted((one.bits for one in ties if account in (one.account_a, one.account_b)), reverse=True)
        assert mine[:3] == pytest.approx(sorted(found, reverse=True)[:3], abs=0.001)
    assert all(
        one.traits and one.bits == pytest.approx(totals[one.account_a, one.account_b], abs=0.001) for one in ties
    )
    assert ties_of(group, shown, 4) == ties[:4]


def test_a_group_that_is_hardly_linked_is_evident_from_what_it_agrees_in_as_a_whole(group, world):
    """As in a campaign's first hours: no two of its accounts share enough, and all share with the whole."""
    _, shown, gathered = world
    standing = weigh_membership(shown, gathered.strangers, group.accounts)
    alone = replace(group, links=group.links.only(np.zeros(len(group.links.a), bool)))
    found = [one.evidence for one in coordination_evidence(alone, shown, standing)]
    whole = [one.evidence for one in coordination_evidence(group, shown, standing, by_links=False)]
    assert whole == found, "as where its links do not tell"
    rows = standing.of(group.accounts)
    assert sum(one.bits for one in found) == pytest.approx(standing.total[rows].mean(), abs=0.001 * (len(found) + 1))
    assert {one.family for one in found} == {
        name for name, bits in zip(standing.families, standing.bits[rows].T, strict=True) if bits.any()
    }
    counted = shown_by_members(shown, group)
    for one in found:
        assert 0 < one.accounts_count <= len(group.accounts)
        assert counted.get(one.trait, one.accounts_count) == one.accounts_count


def shown_by_members(shown, group):
    """Of each trait of values how many members show one that another shows too."""
    counted = {}
    for one in shown.incidences:
        values = {at: {*one.account_values[one.account_start[at] : one.account_start[at + 1]]} for at in group.accounts}
        counted[one.name] = sum(
            any(values[at] & values[other] for other in group.accounts if other != at) for at in group.accounts
        )
    return counted
