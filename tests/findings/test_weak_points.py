from dataclasses import replace

from stillwatch.findings.weak_points import weak_points


def test_a_broad_finding_names_only_what_is_weak(hydra_finding):
    assert weak_points(hydra_finding) == [
        "Without reasoning elicitation, its strongest piece, extraction falls from 24.9 to 11.5 bits.",
        "11 accounts of 225 are held by less than a quarter of the strongest membership (38.0 bits); "
        "look at them one by one before any step.",
        "32% of the exchanges are not told to be extraction; "
        "some of them may be those of people who know nothing of it.",
    ]


def test_one_trait_and_few_families_are_said(hydra_finding):
    narrow = replace(
        hydra_finding,
        evidence=(*hydra_finding.evidence[:2], hydra_finding.evidence[5]),
        members=hydra_finding.members[:2],
        exchanges_count=hydra_finding.taken.exchanges_count,
        coordination_bits=42.04,
    )
    assert weak_points(narrow) == [
        "Without wording family, its strongest piece, coordination falls from 42.0 to 14.9 bits.",
        "All of the extraction evidence is one trait: reasoning elicitation.",
        "Coordination rests on two families of evidence: money and wording.",
    ]


def test_a_finding_without_anything_weak_says_nothing(hydra_finding):
    even = tuple(
        replace(piece, family=str(i), bits=10.0, kind=kind)
        for i, piece in enumerate(hydra_finding.evidence[:3])
        for kind in ("coordination", "extraction")
    )
    strong = replace(
        hydra_finding,
        evidence=even,
        coordination_bits=30.0,
        extraction_bits=30.0,
        members=hydra_finding.members[:9],
        exchanges_count=hydra_finding.taken.exchanges_count,
    )
    assert weak_points(strong) == []


def test_a_piece_that_weighs_against_counts_as_no_family(hostile_finding):
    assert "Coordination rests on one family of evidence: session." in weak_points(hostile_finding)
