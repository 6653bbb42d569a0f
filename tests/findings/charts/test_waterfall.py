from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.findings.charts.waterfall import Step, draw_step, draw_total, waterfall_steps, widest_bits


def bar_of(drawn):
    bar = ET.fromstring(drawn).find("rect")
    return bar.get("class"), *(float(bar.get(key).rstrip("%")) for key in ("x", "width"))


def test_steps_follow_one_another_up_to_the_total(hydra_finding):
    steps = waterfall_steps(hydra_finding, "coordination")
    assert [step.evidence.trait for step in steps][:2] == ["wording family", "payment card"]
    assert all(before.after_bits == after.before_bits for before, after in pairwise(steps))
    assert round(sum(step.shown_bits for step in steps), 1) == round(hydra_finding.coordination_bits, 1)


@given(st.lists(st.floats(-5, 40), min_size=1, max_size=12))
def test_what_is_shown_adds_up_to_the_total_that_is_shown(weights):
    reached = [sum(weights[:i]) for i in range(len(weights) + 1)]
    steps = [Step(None, before, after) for before, after in pairwise(reached)]
    assert round(sum(step.shown_bits for step in steps), 1) == pytest.approx(round(reached[-1], 1))
    assert all(abs(step.shown_bits - weight) <= 0.1001 for step, weight in zip(steps, weights, strict=True))


def test_a_total_that_the_pieces_do_not_reach_is_made_up_by_a_last_step(hydra_finding):
    *pieces, last = waterfall_steps(replace(hydra_finding, extraction_bits=20.0), "extraction")
    assert last.evidence is None
    assert (last.after_bits, round(last.shown_bits, 1)) == (20.0, -4.9)
    assert all(step.evidence for step in pieces)


def test_both_kinds_share_one_scale(hydra_finding, alone_finding):
    assert widest_bits(hydra_finding) == (0.0, pytest.approx(61.37))
    assert widest_bits(replace(alone_finding, evidence=(), extraction_bits=0.0)) == (0.0, 1.0)


def test_bars_stand_where_their_bits_are():
    assert bar_of(draw_step(Step(None, 10.0, 15.0), "extraction", (0.0, 20.0))) == ("bar extraction", 50.0, 25.0)
    assert bar_of(draw_step(Step(None, 10.0, 5.0), "extraction", (0.0, 20.0))) == ("bar against", 25.0, 25.0)
    assert bar_of(draw_total(-5.0, "coordination", (-5.0, 15.0))) == ("bar total coordination", 0.0, 25.0)
