from xml.etree import ElementTree as ET

import pytest

from stillwatch.findings.charts.target_chart import draw_dumbbell, times_public, widest_share
from stillwatch.findings.statement import Target


@pytest.mark.parametrize(("shares", "end"), [((0.46, 0.2), 0.6), ((0.01, 0.0), 0.05), ((1.0, 0.0), 1.0)])
def test_the_scale_holds_every_share(shares, end):
    assert widest_share([Target("coding", *shares)]) == end


def test_no_targets_have_a_scale_too():
    assert widest_share([]) == 0.05


def test_marks_stand_in_the_order_of_their_shares():
    ring, dot = ET.fromstring(draw_dumbbell(0.4, 0.1, 0.6)).iter("circle")
    assert (ring.get("class"), dot.get("class")) == ("share-public", "share-campaign")
    assert float(ring.get("cx").rstrip("%")) == pytest.approx(3 + 94 / 6, abs=0.01)
    assert float(dot.get("cx").rstrip("%")) == pytest.approx(3 + 94 * 2 / 3, abs=0.01)


@pytest.mark.parametrize(
    ("shares", "written"),
    [
        ((0.2, 0.01), "20×"),
        ((0.2, 0.1), "2.0×"),
        ((0.004, 0.12), "<0.1×"),
        ((0.0, 0.0), "–"),
        ((0.1, 0.0), "not seen in public"),
    ],
)
def test_times(shares, written):
    assert times_public(Target("vision", *shares)) == written
