import re
from dataclasses import replace
from datetime import timedelta

import pytest

from stillwatch.findings.statement import Target
from stillwatch.findings.words import next_steps, one_of, sentence, several
from stillwatch.traits.registry import all_profiles, all_traits

NEVER = re.compile(r"malicious|attack|fraud|adversar|steal|stolen|theft|criminal|guilty|bad", re.I)


def shapes(hydra):
    """Findings of several shapes, by name."""
    coordination = [one for one in hydra.evidence if one.kind == "coordination"]
    named = {name: replace(coordination[0], trait=name) for name in ("address", "opening template", "daily rhythm")}
    brief = [replace(one, last_seen_at=one.first_seen_at) for one in hydra.members[:15]]
    brief = [replace(one, first_seen_at=brief[0].first_seen_at, last_seen_at=brief[0].first_seen_at) for one in brief]
    return {
        "hydra": (hydra.members, hydra.evidence, hydra.targets, hydra.taken),
        "one trait, nothing aimed at": (brief, [named["address"]], (Target("other", 0.9, 0.1),), hydra.taken),
        "two traits, one aim": (
            hydra.members[:15], [named["opening template"], named["daily rhythm"]], (Target("coding", 0.8, 0.1),),
            hydra.taken,
        ),
        "one answer": (brief, [*named.values()], (), replace(hydra.taken, exchanges_count=1)),
        "of one": (hydra.members[:1], (), hydra.targets, hydra.taken),
        "of one, nothing aimed at": (hydra.members[:1], (), (), hydra.taken),
    }  # fmt: skip


def test_statements_read_as_english(hydra_finding, stored):
    lines = [f"{name}: {sentence(*shape)}\n" for name, shape in shapes(hydra_finding).items()]
    stored("statements.txt", "".join(lines))


def test_statements_say_what_was_seen_and_accuse_nobody(hydra_finding):
    for shape in shapes(hydra_finding).values():
        said = sentence(*shape)
        assert not NEVER.search(said)
        assert said.endswith(".")
        assert ",," not in said
        assert "  " not in said
        assert f"{shape[3].exchanges_count:,} answer" in said


def test_days_are_counted_whole(hydra_finding):
    first, *_ = hydra_finding.members
    for lasted, said in ((timedelta(0), "in 1 day"), (timedelta(hours=25), "in 2 days")):
        member = replace(first, last_seen_at=first.first_seen_at + lasted)
        assert f" {said}" in sentence([member], (), (), hydra_finding.taken)


def test_targets_need_twice_the_public_share(hydra_finding):
    first = hydra_finding.members[:1]
    for share, said in ((0.2, False), (0.21, True)):
        assert ("coding" in sentence(first, (), [Target("coding", share, 0.1)], hydra_finding.taken)) == said


def test_the_irreversible_comes_last(hydra_finding):
    coordination = [one for one in hydra_finding.evidence if one.kind == "coordination"]
    hopping = replace(coordination[0], trait="carried reasoning")
    steps = next_steps([*coordination, hopping], hydra_finding.pivots)
    assert "suspend" in steps[-1]
    assert not [step for step in steps[:-1] if "suspend" in step.split(";")[0]]
    assert [step for step in steps if "reasoning blocks" in step]
    assert [step for step in steps if "next release" in step]
    assert not [step for step in next_steps([], ()) if "card" in step or "release" in step]
    assert not NEVER.search(" ".join(steps))


@pytest.mark.parametrize(
    ("trait", "many", "one"),
    [
        ("address", "addresses", "an address"),
        ("address block", "address blocks", "an address block"),
        ("wording family", "wording families", "a wording family"),
        ("conversation prefix", "conversation prefixes", "a conversation prefix"),
        ("e-mail domain", "e-mail domains", "an e-mail domain"),
        ("same prompt", "prompts", "a prompt"),
        ("TLS client", "TLS clients", "a TLS client"),
        ("sign-up day", "sign-up days", "a sign-up day"),
        ("API key", "API keys", "an API key"),
    ],
)
def test_traits_are_spoken_of_as_things(trait, many, one):
    assert (several(trait), one_of(trait)) == (many, one)


def test_every_trait_can_be_spoken_of():
    for trait in (*all_traits(), *all_profiles()):
        assert re.fullmatch(r"an? \w.*\w", one_of(trait.name))
        assert several(trait.name).endswith("s")
        assert not several(trait.name).endswith("ss")


def test_steps_of_a_single_account_speak_of_one(hydra_finding):
    extraction = [one for one in hydra_finding.evidence if one.kind == "extraction"]
    steps = " ".join(next_steps([*extraction, replace(extraction[0], trait="harvest intents")], ()))
    assert "suspend the account." in steps
    assert "accounts" not in steps


def test_an_aim_reads_as_a_noun(hydra_finding):
    said = sentence(hydra_finding.members, hydra_finding.evidence, (Target("agentic", 0.9, 0.1),), hydra_finding.taken)
    assert said.endswith("above all for agentic work.")
