import random
import re
from dataclasses import replace

import pyarrow.compute as pc
import pytest

from stillwatch.findings.settings import Declared, Judging
from stillwatch.findings.state import campaign_id, state_findings, with_texts

NOT_EXTRACTING = "coordinated, but what it does is what honest accounts do"


@pytest.fixture(scope="module")
def rows(small_world):
    """Strangers, two honest groups and two campaigns."""
    found = [*small_world.strangers(300), *small_world.app(), *small_world.office(), *small_world.school_class(),
             *small_world.queue(cover=0.5), *small_world.relay()]  # fmt: skip
    return [{"exchange_id": f"e{place:06}", **row} for place, row in enumerate(found)]


@pytest.fixture(scope="module")
def world(rows, bench):
    shown = bench.show(rows)
    return shown, bench.gather(shown)


@pytest.fixture(scope="module")
def stated(world, bench):
    return state_findings(bench.case(*world))


def named(stated, prefix):
    [finding] = [one for one in stated.findings if one.members[0].account_id.startswith(prefix)]
    return finding


def accounts_of(finding):
    return {one.account_id for one in finding.members}


def test_campaigns_are_stated_and_honest_groups_cleared(stated, rows):
    assert len(stated.findings) == 2
    for prefix, count in (("queue", 20), ("relay", 15)):
        finding = named(stated, prefix)
        assert accounts_of(finding) == {row["account_id"] for row in rows if row["account_id"].startswith(prefix)}
        assert len(finding.members) == count
    assert (stated.cleared, stated.candidates_count) == (((NOT_EXTRACTING, 2),), 4)


def test_numbers_of_a_finding_agree_with_one_another(stated):
    for one in stated.findings:
        assert one.confidence == pytest.approx(1 - one.false_alarm_rate, abs=1e-5)
        for kind, bits in (("coordination", one.coordination_bits), ("extraction", one.extraction_bits)):
            assert bits == pytest.approx(sum(piece.bits for piece in one.evidence if piece.kind == kind), abs=0.01)
        assert one.exchanges_count == sum(member.exchanges_count for member in one.members)
        assert one.taken.exchanges_count == sum(member.extraction_count for member in one.members)
        assert one.exchanges_count == sum(hour.exchanges_count for hour in one.activity)
        assert one.first_seen_at == min(member.first_seen_at for member in one.members)
        assert len({piece.family for piece in one.evidence}) >= 2
        assert one.honest_reasons
        assert all(example.text is None for example in one.examples)


def test_extraction_is_what_is_listed(stated, bench):
    listed = bench.engine.sql(stated.extraction)
    assert listed.column_names == ["campaign_id", "exchange_id"]
    for one in stated.findings:
        mine = listed.filter(pc.equal(listed["campaign_id"], one.campaign_id))
        assert mine.num_rows == one.taken.exchanges_count
        assert {example.exchange_id for example in one.examples} <= set(mine["exchange_id"].to_pylist())
    harvest = {one for one in listed["exchange_id"].to_pylist() if one.startswith(("harvest", "cover"))}
    assert len([one for one in harvest if one.startswith("harvest")]) > 0.97 * len(harvest)


def test_evidence_reads_as_english(stated, stored):
    text = ""
    for prefix in ("queue", "relay"):
        one = named(stated, prefix)
        text += f"{one.statement}\n"
        text += "".join(f"  {piece.seen}; {piece.expected}\n" for piece in one.evidence if piece.kind == "extraction")
    stored("stated.txt", text)
    assert not re.search(r"malicious|attack|fraud", repr([one.evidence for one in stated.findings]), re.I)


def test_examples_of_habits_are_exchanges_that_show_them(stated, rows):
    by_id = {row["exchange_id"]: row for row in rows}
    [harvest] = [one for one in named(stated, "queue").evidence if one.trait == "harvest intents"]
    assert all(by_id[one]["exchange_id"].startswith("harvest") for one in harvest.example_exchange_ids)
    [hops] = [one for one in named(stated, "relay").evidence if one.trait == "conversation hopping"]
    assert all(by_id[one]["history_digests"] for one in hops.example_exchange_ids)
    assert len(harvest.example_exchange_ids) == len(hops.example_exchange_ids) == 5


def test_the_order_of_rows_changes_nothing(stated, rows, small_world, engine):
    bench = small_world.Bench(engine)
    shown = bench.show(random.Random(4).sample(rows, len(rows)))
    assert state_findings(bench.case(shown, bench.gather(shown))) == stated


def test_identity_is_the_accounts(stated):
    names = [*accounts_of(stated.findings[0])]
    assert campaign_id(names) == campaign_id(names[::-1]) == stated.findings[0].campaign_id
    assert campaign_id(names[1:]) != campaign_id(names)
    assert campaign_id(["a", "b"]) != campaign_id(["a\\0b"])


EXCUSES = [
    (Declared(authorised_distillation=("Queue Ltd",)), "authorised distillation"),
    (Declared(excused_organisations=("Queue Ltd",)), "known customer"),
    (Declared(excused_accounts=tuple(f"queue {n:02}" for n in range(20))), "known customer"),
    (Declared(honest_accounts=tuple(f"queue {n:02}" for n in range(20))), "declared honest"),
]


@pytest.mark.parametrize(("declared", "reason"), EXCUSES)
def test_the_excused_are_never_flagged_and_counted_as_cleared(world, bench, declared, reason):
    owned = {f"queue {number:02}": "Queue Ltd" for number in range(20)}
    found = state_findings(bench.case(*world, declared=declared, organisation_names=owned))
    assert [one.members[0].account_id[:5] for one in found.findings] == ["relay"]
    assert dict(found.cleared) == {NOT_EXTRACTING: 2, reason: 1}
    assert found.candidates_count == 4


def test_an_excused_account_is_taken_out_of_a_campaign(world, bench):
    found = state_findings(bench.case(*world, declared=Declared(excused_accounts=("queue 03", "queue 04"))))
    assert accounts_of(named(found, "queue")) == {f"queue {n:02}" for n in range(20)} - {"queue 03", "queue 04"}


def test_more_families_may_be_asked_for(world, bench):
    found = state_findings(bench.case(*world, judging=replace(Judging(), fewest_families=9)))
    assert (found.findings, dict(found.cleared)["fewer than two families of evidence speak"]) == ((), 2)
    assert bench.engine.sql(found.extraction).num_rows == 0


def test_a_stricter_bound_states_less(world, bench):
    assert state_findings(bench.case(*world, judging=replace(Judging(), false_discovery_rate=1e-4))).findings == ()


def test_nothing_is_stated_of_strangers(small_world, engine):
    bench = small_world.Bench(engine)
    shown = bench.show([*small_world.strangers(80)])
    found = state_findings(bench.case(shown, bench.gather(shown)))
    assert (found.findings, found.cleared, found.candidates_count) == ((), (), 0)


def test_texts_are_given_to_examples_alone(stated):
    finding = stated.findings[0]
    first = finding.examples[0].exchange_id
    told = with_texts(finding, {first: "what was asked", "another": "secret"})
    assert [one.text for one in told.examples] == ["what was asked"] + [None] * (len(told.examples) - 1)
    assert with_texts(told, {}) == finding
