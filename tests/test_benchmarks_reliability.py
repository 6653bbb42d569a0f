"""What benchmarks/reliability.py measures, and that its page and picture say what its tables say."""

import importlib
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
AGAIN = "run python benchmarks/reliability.py"
SVG = "{http://www.w3.org/2000/svg}"

pytest.importorskip("sklearn")


@pytest.fixture(scope="module")
def reliability():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        yield importlib.import_module("reliability")


@pytest.fixture(scope="module")
def pages():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        yield importlib.import_module("reliability_page")


@pytest.fixture(scope="module")
def office(reliability):
    return reliability.collected("undeclared_office", 101)


@pytest.fixture
def outcomes(reliability):
    """Four worlds made by hand: two of campaigns, each with an honest group, and two of honest groups alone."""

    def world(story, *groups):
        candidates = tuple(reliability.Candidate("group", 9, name, rate / 2, rate) for name, rate in groups)
        firms = (reliability.Candidate("firm", 7, "", 1e-9, 0.5), reliability.Candidate("firm", 7, "", 1e-9, 0.04))
        return reliability.Outcome(story, 101, candidates + firms, 100, tuple(range(len(reliability.LEVELS), 0, -1)))

    return [
        world("ghost", ("ivy", 1e-6), ("", 0.03)), world("hydra", ("dogwood", 1e-5), ("", 0.6)),
        world("peace", ("", 1.0)), world("one_office", ("", 0.04), ("", 0.9)),
    ]  # fmt: skip


def page():
    return (DOCS / "reliability.md").read_text(encoding="utf-8")


def test_offices_that_nobody_declared_are_no_candidates_and_judged_as_firms(reliability, office):
    assert not office.groups  # openly one customer each, and far too small for a campaign of one
    assert {one.campaign for one in office.candidates} == {""}
    assert sum(one.kind == "firm" for one in office.candidates) >= 3
    assert (office.strangers_count, set(office.reached)) == (0, {0})


def test_honest_groups_that_may_be_stated_are_judged(reliability):
    migration = reliability.collected("migration", 101)
    assert migration.groups
    assert {one.campaign for one in migration.candidates} == {""}
    assert all(one.rate > 0.02 for one in migration.groups)


def test_a_campaign_is_known_for_one_and_its_strangers_are_counted(reliability):
    patient = reliability.collected("patient", 101)
    assert "elder" in {one.campaign for one in patient.groups}
    assert patient.strangers_count > 300
    assert list(patient.reached) == sorted(patient.reached, reverse=True)
    assert all(one.campaign == "" for one in patient.candidates if one.kind == "firm")


def test_levels_count_the_honest_of_each_sort(reliability, outcomes):
    levels = {row.level: row for row in reliability.tables_of(outcomes).reached}
    assert levels[0.05].candidates == (2, 5)
    assert levels[0.02].candidates == (0, 5)
    assert levels[0.05].firms == (4, 8)
    assert levels[0.5].accounts == (44, 400)


def test_the_false_discovery_rate_is_a_mean_over_worlds(reliability, outcomes):
    strict, loose = reliability.control(outcomes, 0.02), reliability.control(outcomes, 0.1)
    assert (strict.reported, strict.honest, strict.rate, strict.found) == (2, 0, 0.0, (2, 2))
    assert 0 < strict.at_most < 1
    assert (loose.reported, loose.honest, loose.rate) == (4, 2, pytest.approx((0.5 + 0 + 0 + 1) / 4))


def test_a_fitted_probability_comes_of_the_other_half_alone(reliability, outcomes):
    half, said = reliability.halves(outcomes), reliability.fitted(outcomes)
    assert half.tolist() == [0, 0, 1, 1, 1, 0, 0]
    # the half without its own story has a campaign at 1e-5 and nothing honest under 0.6
    assert said[0] == 1
    changed = [outcomes[0], *reversed(outcomes[1:])]
    assert np.array_equal(reliability.fitted(changed)[:2], said[:2])


def test_a_measure_that_is_right_has_no_error_and_one_that_is_not_has(reliability):
    truth = np.array([True] * 5 + [False] * 5)
    assert reliability._error("right", truth.astype(float), truth)[2:] == (0, 0)
    assert reliability._error("even", np.full(10, 0.5), truth)[2:] == (0, 0.25)
    assert reliability._error("wrong", np.where(truth, 0.2, 0.9), truth).calibration == pytest.approx(0.85)


def test_tables_come_back_from_a_page_and_give_the_same_again(reliability, pages, outcomes):
    given = {"seeds": "101", "stories": 4, "sharing": (5, 60), "by_hand": "## Where it falls short\n"}
    written = pages.page_of(reliability.tables_of(outcomes), **given)
    assert pages.page_of(pages.tables(written), **given) == written
    assert pages.draw(pages.tables(written)) != pages.draw(pages.tables(written.replace("2 of 5", "4 of 5")))


def test_what_is_measured_is_written_and_what_is_said_by_hand_stays(reliability, outcomes, tmp_path, monkeypatch):
    monkeypatch.setattr(reliability, "DOCS", tmp_path)
    (tmp_path / "reliability.md").write_text("old\n## Where it falls short\nhere\n", encoding="utf-8")
    reliability.write(reliability.tables_of(outcomes), "101")
    written = (tmp_path / "reliability.md").read_text(encoding="utf-8")
    assert written.endswith("## Where it falls short\nhere\n")
    assert "old" not in written.splitlines()
    assert (tmp_path / "reliability.svg").read_text(encoding="utf-8").startswith("<svg")


def test_the_page_follows_from_its_tables(reliability, pages):
    seeds = re.search(r"^\$ python benchmarks/reliability\.py --seeds ([\d,]+)", page(), re.M)[1]
    stories = int(re.search(r"All (\d+) stories", page())[1])
    sharing = (reliability.FEWEST_SHARING, reliability.MOST_SHARING)
    given = {"seeds": seeds, "stories": stories, "sharing": sharing, "by_hand": reliability.kept(page())}
    assert pages.page_of(pages.tables(page()), **given) == page(), AGAIN
    assert [row.level for row in pages.tables(page()).control] == [*reliability.CONTROLLED]
    assert min(map(int, seeds.split(","))) > 100


def test_the_page_says_where_it_falls_short(reliability):
    assert len(reliability.kept(page()).split()) > 50


def test_the_picture_is_drawn_the_same_again_and_is_small(pages):
    picture = (DOCS / "reliability.svg").read_text(encoding="utf-8")
    assert pages.draw(pages.tables(page())) == picture, AGAIN
    assert len(picture.encode()) < 15_000
    assert ET.fromstring(picture).find(f"{SVG}title").text
