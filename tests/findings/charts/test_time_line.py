from datetime import UTC, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.findings.charts.time_line import MOST_BARS, draw_time_line, gather_time_line, round_up
from stillwatch.findings.statement import Activity, Release

START = datetime(2026, 10, 1, 22, tzinfo=UTC)


def hours(*offsets):
    return [Activity(START + timedelta(hours=offset), 10, 4) for offset in offsets]


def test_no_activity_gives_no_line():
    assert gather_time_line([], []) is None


@pytest.mark.parametrize(
    ("last", "words"), [(0, "hour"), (100, "hour"), (300, "3 hours"), (24 * 60, "day"), (24 * 200, "7 days")]
)
def test_bars_grow_longer_so_that_there_are_few_of_them(last, words):
    line = gather_time_line(hours(0, last), [])
    assert line.step_words == words
    assert len(line.bars) <= MOST_BARS


@given(st.lists(st.integers(0, 24 * 365 * 20), min_size=1, unique=True))
def test_nothing_is_lost_and_no_gap_is_left(offsets):
    line = gather_time_line(hours(*offsets), [])
    assert sum(bar.exchanges_count for bar in line.bars) == 10 * len(offsets)
    assert sum(bar.extraction_count for bar in line.bars) == 4 * len(offsets)
    assert all(after.at - before.at == line.step for before, after in pairwise(line.bars))
    assert line.bars == gather_time_line(hours(*sorted(offsets, reverse=True)), []).bars
    assert len(line.bars) <= MOST_BARS


def test_releases_in_the_line_are_numbered_by_time_and_others_left_out():
    releases = [Release(name, START + timedelta(hours=at)) for name, at in (("late", 5), ("early", 1), ("gone", -99))]
    line = gather_time_line(hours(0, 9), releases)
    assert [(number, release.model) for number, release in line.releases] == [(1, "early"), (2, "late")]


def test_bars_are_stacked_to_the_height_of_their_exchanges(hydra_finding):
    line = gather_time_line([Activity(START, 100, 25)], [])
    tree = ET.fromstring(draw_time_line(hydra_finding, line, "s"))
    cover, extraction = (
        next(r for r in tree.iter("rect") if kind in r.get("class")) for kind in ("cover", "extraction")
    )
    assert float(cover.get("height")) == 3 * float(extraction.get("height"))
    assert float(cover.get("y")) + float(cover.get("height")) == float(extraction.get("y"))
    assert "25 of them extraction" in "".join(tree.itertext())


@given(st.integers(0, 10**15))
def test_the_scale_ends_little_above_the_most(most):
    top = round_up(most)
    assert max(most, 2) <= top <= max(2 * most, 2)
    assert top % 2 == 0 or top == 5
