"""The page on dilution and its picture say what their table says."""

import importlib
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
AGAIN = "run python benchmarks/dilution.py"
SVG = "{http://www.w3.org/2000/svg}"
MOST_BYTES = 10_000


@pytest.fixture(scope="module")
def dilution():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        yield importlib.import_module("dilution")


def page():
    return (DOCS / "dilution.md").read_text(encoding="utf-8")


def picture():
    return (DOCS / "dilution.svg").read_text(encoding="utf-8")


def seeds():
    return re.search(r"^\$ python benchmarks/dilution\.py --seeds ([\d,]+)", page(), re.M)[1]


def test_the_page_has_a_row_for_each_spread_and_cover(dilution):
    shown = [(row.work, row.accounts, row.cover) for row in dilution.cells(page())]
    assert shown in [dilution.measured(large=large) for large in (False, True)]


def test_the_picture_is_drawn_the_same_again_from_the_table(dilution):
    assert dilution.draw(dilution.cells(page())) == picture(), AGAIN


def test_another_table_is_another_picture(dilution):
    first, *others = dilution.cells(page())
    assert dilution.draw([first._replace(recall=0.123), *others]) != picture()


def test_what_the_page_says_follows_from_its_table(dilution):
    assert dilution.page_of(dilution.cells(page()), seeds(), dilution.kept(page())) == page(), AGAIN


def test_the_page_says_where_the_benchmark_falls_short_and_shows_the_picture(dilution):
    said = dilution.kept(page()).removeprefix(dilution.BY_HAND)
    assert len(said.split()) > 50
    assert "](dilution.svg)" in page()


def test_the_picture_is_small_and_says_what_it_shows(dilution):
    assert len(picture().encode()) < MOST_BYTES
    title, described = (ET.fromstring(picture()).find(f"{SVG}{part}") for part in ("title", "desc"))
    assert title.text
    assert described.text.count(" cover: ") == len(dilution.cells(page()))


def test_the_work_is_the_same_however_it_is_spread(dilution):
    told = [dilution.spread(dilution.WORK, accounts, 0.5) for accounts in (1, 40, 1_000)]
    assert {story.campaigns[0].exchanges for story in told} == {dilution.WORK}
    assert [story.campaigns[0].accounts for story in told] == [1, 40, 1_000]
    hydra = dilution.find_story("hydra").campaigns[0].hiding
    assert [story.campaigns[0].hiding.cards for story in told] == [2, hydra.cards, 25 * hydra.cards]
