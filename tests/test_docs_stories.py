"""The pages and pictures of the stories say what the stories that ship are."""

import importlib
import re
import tomllib
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from stillwatch.storytelling import fields_page
from stillwatch.worlds import find_story, make_world, shipped_stories

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
SVG = "{http://www.w3.org/2000/svg}"
DRAWN_AGAIN = "one_office"
MOST_BYTES = 60_000


@pytest.fixture(scope="module")
def pages():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        yield importlib.import_module("story_pages")


@pytest.fixture(scope="module")
def scene(pages):
    return pages.scene_of(DRAWN_AGAIN)


def page():
    return (DOCS / "stories.md").read_text(encoding="utf-8")


def test_the_page_of_fields_is_up_to_date(pages):
    written = (DOCS / "story-fields.md").read_text(encoding="utf-8")
    assert written == pages.fields(), "run python benchmarks/story_pages.py"
    assert fields_page() in written


def test_each_story_has_its_section_and_picture_the_honest_first():
    named = re.findall(r"^### (\w+)$", page(), re.M)
    assert sorted(named) == sorted(shipped_stories()), "run python benchmarks/story_pages.py"
    campaigns = [bool(shipped_stories()[name].campaigns) for name in named]
    assert campaigns == sorted(campaigns)
    assert re.findall(r"^!\[.+\]\(stories/(\w+)\.svg\)$", page(), re.M) == named
    assert {path.name for path in (DOCS / "stories").iterdir()} == {f"{name}.svg" for name in named}


@pytest.mark.parametrize("name", shipped_stories())
def test_a_picture_is_small_and_says_what_it_shows(name):
    path = DOCS / f"stories/{name}.svg"
    assert path.stat().st_size < MOST_BYTES
    picture = ET.parse(path).getroot()
    title, described = (picture.find(f"{SVG}{part}") for part in ("title", "desc"))
    assert title.text == f"{name}: {shipped_stories()[name].tells}"
    assert "Left: " in described.text
    assert "Right: " in described.text
    assert picture.get("aria-labelledby") == f"{title.get('id')} {described.get('id')}"


def test_a_picture_is_drawn_the_same_again(pages, scene):
    stored = (DOCS / f"stories/{DRAWN_AGAIN}.svg").read_text(encoding="utf-8")
    assert pages.draw_story(scene) == stored, f"run python benchmarks/story_pages.py {DRAWN_AGAIN}"


def test_a_section_is_written_the_same_again(pages, scene):
    assert pages.section(scene) in page(), f"run python benchmarks/story_pages.py {DRAWN_AGAIN}"
    assert page().startswith(pages.OPENING)


def test_sections_that_are_not_made_again_stay(pages):
    assert pages.page(pages._kept()) == page()


def test_the_example_is_a_story(tmp_path):
    (text,) = re.findall(r"^```toml\n(.+?)^```$", page(), re.M | re.S)
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    story = find_story(str(tmp_path / "mine.toml"))
    assert story.name == tomllib.loads(text)["name"]
    truth = make_world(story, scale=0.2).truth_accounts.to_pylist()
    assert {row["campaign"] for row in truth} == {None, "yarrow"}
    assert "class" in {row["role"] for row in truth}


def test_an_offset_is_told_in_whole_hours(pages):
    assert "| whole hours, -12 to 14 |" in pages.fields()
