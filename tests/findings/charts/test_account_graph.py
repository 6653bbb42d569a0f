from dataclasses import replace
from xml.etree import ElementTree as ET

from stillwatch.findings.charts.account_graph import HEIGHT, WIDTH, draw_account_graph


def test_accounts_and_ties_are_drawn_and_named(hydra_finding):
    tree = ET.fromstring(draw_account_graph(hydra_finding, "g"))
    circles, lines = list(tree.iter("circle")), list(tree.iter("line"))
    assert len(circles) == 225
    assert 224 <= len(lines) <= round(1.6 * 225)
    assert any("acct_07919f001: 157 exchanges, 75% extraction" in c.find("title").text for c in circles)
    assert {c.get("class") for c in circles} == {"account", "account covered"}


def test_every_account_stands_inside_the_frame(hydra_finding):
    for circle in ET.fromstring(draw_account_graph(hydra_finding, "g")).iter("circle"):
        x, y, radius = (float(circle.get(key)) for key in ("cx", "cy", "r"))
        assert radius <= x <= WIDTH - radius
        assert radius <= y <= HEIGHT - radius


def test_a_busier_account_is_larger(hydra_finding):
    first, second = (replace(m, exchanges_count=n) for m, n in zip(hydra_finding.members, (400, 100), strict=False))
    tree = ET.fromstring(draw_account_graph(replace(hydra_finding, members=(first, second)), "g"))
    large, little = (float(circle.get("r")) for circle in tree.iter("circle"))
    assert large > little


def test_of_many_accounts_the_strongest_are_drawn_and_the_text_says_so(hydra_finding):
    members = tuple(replace(hydra_finding.members[0], account_id=f"a{i}") for i in range(400))
    tree = ET.fromstring(draw_account_graph(replace(hydra_finding, members=members, ties=()), "g"))
    assert len(list(tree.iter("circle"))) == 300
    assert tree.find("desc").text == "300 of 400 accounts and 0 ties are drawn."


def test_hostile_names_stay_text(hostile_finding):
    drawn = draw_account_graph(hostile_finding, "g")
    assert not list(ET.fromstring(drawn).iter("script"))
    assert "&lt;script&gt;" in drawn
