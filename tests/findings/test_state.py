import random
import re
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from stillwatch.findings import state
from stillwatch.findings.settings import Declared, Judging
from stillwatch.findings.state import campaign_id, state_findings
from stillwatch.findings.statement import with_texts
from stillwatch.traits.templates import LEAST_HARVEST_SHARE

ONE_CUSTOMER = "openly one customer, and asks for too little to be a campaign of one"


@pytest.fixture(scope="module")
def world(small_world):
    """Strangers, an application, two honest groups and two campaigns."""
    return small_world.made(
        *small_world.strangers(300), small_world.apps(1, calls=400), small_world.office(), small_world.school_class(),
        small_world.Queue(cover=0.3), small_world.Relay(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def given(world, bench):
    shown = bench.show(world.marks)
    return shown, bench.gather(shown)


@pytest.fixture(scope="module")
def told(given, bench):
    """What is stated and what it lists, read at once: what the same engine states next takes the place of its views."""
    stated = state_findings(bench.case(*given))
    return stated, bench.engine.sql(stated.extraction)


@pytest.fixture(scope="module")
def stated(told):
    return told[0]


@pytest.fixture(scope="module")
def listed(told):
    return told[1]


@pytest.fixture
def named(world):
    """The one finding that names accounts of a campaign."""

    def find(stated, campaign):
        [finding] = [one for one in stated.findings if accounts_of(one) & {*world.of(campaign)}]
        return finding

    return find


def accounts_of(finding):
    return {one.account_id for one in finding.members}


def test_what_links_tell_too_little_of_is_told_of_the_whole(given, bench, monkeypatch):
    """The strongest links of a group may say hardly anything of a family in which all its accounts agree."""
    case, real, asked = bench.case(*given), state.report_group, []

    def silent(*which, by_links=True):
        asked.append(by_links)
        told = real(*which, by_links=by_links)
        return replace(told, coordination=(), habits=()) if by_links else told

    expected = [one.campaign_id for one in state_findings(case).findings]
    monkeypatch.setattr(state, "report_group", silent)
    assert [one.campaign_id for one in state_findings(case).findings] == expected
    assert asked.count(False) == len(expected) > 0


def test_campaigns_are_stated_and_honest_groups_cleared(stated, world, named):
    assert len(stated.findings) == 2
    for campaign, count in (("queue", 20), ("relay", 15)):
        finding = named(stated, campaign)
        assert accounts_of(finding) == {*world.of(campaign)}
        assert len(finding.members) == count
    assert (stated.cleared, stated.candidates_count) == (((ONE_CUSTOMER, 2),), 4)


def test_numbers_of_a_finding_agree_with_one_another(stated):
    for one in stated.findings:
        assert 1 - Judging().false_discovery_rate <= one.confidence <= 1 - one.false_alarm_rate + 1e-5
        for kind, bits in (("coordination", one.coordination_bits), ("extraction", one.extraction_bits)):
            assert bits == pytest.approx(sum(piece.bits for piece in one.evidence if piece.kind == kind), abs=0.01)
        assert one.exchanges_count == sum(member.exchanges_count for member in one.members)
        assert one.taken.exchanges_count == sum(member.extraction_count for member in one.members)
        assert one.exchanges_count == sum(hour.exchanges_count for hour in one.activity)
        assert one.first_seen_at == min(member.first_seen_at for member in one.members)
        assert len({piece.family for piece in one.evidence}) >= 2
        assert one.honest_reasons
        assert all(example.text is None for example in one.examples)


def test_extraction_is_what_is_listed(stated, listed, world, named):
    assert listed.column_names == ["place", "exchange_id"]
    ids = sorted(one.campaign_id for one in stated.findings)
    for one in stated.findings:
        mine = listed.filter(pc.equal(listed["place"], ids.index(one.campaign_id)))
        assert mine.num_rows == one.taken.exchanges_count
        assert {example.exchange_id for example in one.examples} <= set(mine["exchange_id"].to_pylist())
    queue = ids.index(named(stated, "queue").campaign_id)
    harvest = {*listed.filter(pc.equal(listed["place"], queue))["exchange_id"].to_pylist()}
    assert len(harvest & world.extraction("queue")) > 0.97 * len(harvest)
    assert {*listed["exchange_id"].to_pylist()} - harvest == world.asked_by("relay")


def test_evidence_reads_as_english(stated, stored, named):
    text = ""
    for campaign in ("queue", "relay"):
        one = named(stated, campaign)
        text += f"{one.statement}\n"
        text += "".join(f"  {piece.seen}; {piece.expected}\n" for piece in one.evidence if piece.kind == "extraction")
    stored("stated.txt", text)
    assert not re.search(r"malicious|attack|fraud", repr([one.evidence for one in stated.findings]), re.I)


def test_examples_of_habits_are_exchanges_that_show_them(stated, world, named, small_world):
    by_id = {row["exchange_id"]: row for row in world.rows}
    [harvest] = [one for one in named(stated, "queue").evidence if one.trait == "harvest templates"]
    templates = {by_id[one]["opening_digest"] for one in harvest.example_exchange_ids}
    filled = [row["intent"] for row in world.rows if row["opening_digest"] in templates]
    assert sum(one in small_world.HARVESTED for one in filled) >= LEAST_HARVEST_SHARE * len(filled)
    assert {*harvest.example_exchange_ids} <= world.extraction("queue")
    [hops] = [one for one in named(stated, "relay").evidence if one.trait == "conversation hopping"]
    assert all(by_id[one]["history_digests"] for one in hops.example_exchange_ids)
    assert {*hops.example_exchange_ids} <= world.asked_by("relay")
    assert len(harvest.example_exchange_ids) == len(hops.example_exchange_ids) == 5


def test_the_order_of_rows_changes_nothing(stated, world, small_world, engine):
    bench, places = small_world.Bench(engine), range(len(world.marks))
    shown = bench.show(world.marks.take(pa.array(random.Random(4).sample(places, len(places)))))
    assert state_findings(bench.case(shown, bench.gather(shown))) == stated


def test_identity_is_the_accounts(stated):
    names = [*accounts_of(stated.findings[0])]
    assert campaign_id(names) == campaign_id(names[::-1]) == stated.findings[0].campaign_id
    assert campaign_id(names[1:]) != campaign_id(names)
    assert campaign_id(["a", "b"]) != campaign_id(["a\\0b"])


EXCUSES = [
    (("authorised_distillation", ("Queue Ltd",)), "authorised distillation"),
    (("excused_organisations", ("Queue Ltd",)), "known customer"),
    (("excused_accounts", None), "known customer"),
    (("honest_accounts", None), "declared honest"),
]


@pytest.mark.parametrize(("excuse", "reason"), EXCUSES)
def test_the_excused_are_never_flagged_and_counted_as_cleared(given, bench, world, excuse, reason):
    queue, (declared_in, names) = tuple(world.of("queue")), excuse
    declared = Declared(**{declared_in: names or queue})
    owned = dict.fromkeys(queue, "Queue Ltd")
    found = state_findings(bench.case(*given, declared=declared, organisation_names=owned))
    assert [accounts_of(one) for one in found.findings] == [{*world.of("relay")}]
    assert dict(found.cleared) == {ONE_CUSTOMER: 2, reason: 1}
    assert found.candidates_count == 4


def test_an_excused_account_is_taken_out_of_a_campaign(given, bench, world, named):
    excused = tuple(world.of("queue")[3:5])
    found = state_findings(bench.case(*given, declared=Declared(excused_accounts=excused)))
    assert accounts_of(named(found, "queue")) == {*world.of("queue")} - {*excused}


def test_more_families_may_be_asked_for(given, bench):
    found = state_findings(bench.case(*given, judging=replace(Judging(), fewest_families=9)))
    assert (found.findings, dict(found.cleared)) == ((), {"fewer than two families of evidence speak": 4})
    assert bench.engine.sql(found.extraction).num_rows == 0


def test_a_stricter_bound_states_less(given, bench):
    for rate, count in ((1e-4, 2), (1e-6, 0)):
        found = state_findings(bench.case(*given, judging=replace(Judging(), false_discovery_rate=rate)))
        assert len(found.findings) == count


def test_nothing_is_stated_where_nobody_is_left_to_learn_from(given, bench):
    shown, gathered = given
    nobody = np.zeros(len(shown.accounts), bool)
    found = state_findings(bench.case(shown, replace(gathered, reference=nobody, strangers=nobody)))
    assert (found.findings, dict(found.cleared)) == ((), {"no account is left that it could be compared with": 4})


def test_an_account_that_agrees_with_the_group_in_one_way_only_is_no_member(given, bench, world, named):
    """A person that links drew in, though no two families speak for it: the finding names the others."""
    shown, gathered = given
    person = shown.accounts.index(pa.scalar(world.of("person")[0])).as_py()
    groups = gathered.groups.copy()
    groups[person] = groups[shown.accounts.index(pa.scalar(world.of("queue")[0])).as_py()]
    drawn = replace(gathered, groups=groups, strangers=gathered.strangers & (groups < 0))
    assert accounts_of(named(state_findings(bench.case(shown, drawn)), "queue")) == {*world.of("queue")}


def test_few_accounts_that_hold_together_are_no_campaign(given, bench, world):
    found = state_findings(bench.case(*given, judging=replace(Judging(), fewest_accounts=16)))
    assert [accounts_of(one) for one in found.findings] == [{*world.of("queue")}]
    assert dict(found.cleared)["few of its accounts hold together, as by chance or in a household"] >= 1
    assert found.candidates_count == 4


def test_nothing_is_stated_of_strangers(small_world, engine):
    bench = small_world.Bench(engine)
    shown = bench.show(small_world.made(*small_world.strangers(80)).marks)
    found = state_findings(bench.case(shown, bench.gather(shown)))
    assert (found.findings, found.cleared, found.candidates_count) == ((), (), 0)


def test_texts_are_given_to_examples_alone(stated):
    finding = stated.findings[0]
    first = finding.examples[0].exchange_id
    told = with_texts(finding, {first: "what was asked", "another": "secret"})
    assert [one.text for one in told.examples] == ["what was asked"] + [None] * (len(told.examples) - 1)
    assert with_texts(told, {}) == finding
