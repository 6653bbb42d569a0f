import re
from dataclasses import replace

import pytest
from rich.console import Console

from stillwatch.storytelling import (
    describe_story,
    fields_page,
    find_form,
    made_lines,
    make_as_told,
    story_table,
    summaries,
)
from stillwatch.world_errors import NoSuchForm
from stillwatch.worlds import Making, find_story, shipped_stories
from stillwatch.worlds.honest import kinds
from stillwatch.worlds.knobs import knobs_of
from stillwatch.worlds.story import Population, Share


def shown(parts) -> str:
    console = Console(width=200, record=True, quiet=False, file=None, force_terminal=False)
    with console.capture() as told:
        for part in parts:
            console.print(part)
    return told.get()


def test_every_story_is_listed_the_honest_first():
    told = summaries()
    assert {one.name for one in told} == set(shipped_stories())
    honest = [not one.campaigns for one in told]
    assert honest == sorted(honest, reverse=True)
    assert all(one.name in shown([story_table()]) for one in told)


def test_february_is_summed_up_at_its_published_size():
    (february,) = (one for one in summaries() if one.name == "february")
    assert february.extraction_count == 16_550_000
    assert set(february.campaigns) == {"ash", "birch", "cedar"}


@pytest.mark.parametrize("name", ["adaptive", "february", "peace"])
def test_a_story_is_told_with_its_people_and_the_knobs_that_are_turned(name):
    story = find_story(name)
    text = shown(describe_story(story))
    assert all(share.kind.kind in text for share in story.population.kinds)
    for campaign in story.campaigns:
        assert campaign.name in text
        assert "hiding.cards" in text
    assert ("adapting" in text) == any(campaign.adapting for campaign in story.campaigns)


def test_a_kind_is_told_with_the_accounts_that_will_be_made():
    text = shown(describe_story(find_story("hydra")))
    assert re.search(r"office +3% +15 ", text)
    assert re.search(r"person +26% +130 ", text)
    assert "507 honest accounts at scale 1\n" in re.sub(r" +\n", "\n", text)


def test_groups_that_are_not_asked_for_as_a_whole_are_told_so():
    office = Share(kinds()["office"](seats=25), 0.5)
    person = Share(kinds()["person"](), 0.5)
    story = replace(find_story("peace"), population=Population((office, person), accounts=90, fewest_accounts=80))
    text = shown(describe_story(story))
    assert "95 honest accounts at scale 1 (90, at least 80 asked for; groups are whole)" in text
    assert re.search(r"office +50% +50 ", text)
    assert re.search(r"person +50% +45 ", text)


def test_a_campaign_is_told_with_what_its_accounts_send_in_all():
    hydra = shown(describe_story(find_story("hydra")))
    assert "dogwood: 40 accounts at any time, 3,000 exchanges of extraction, 6,000 with cover" in hydra
    solo = shown(describe_story(find_story("solo")))
    assert re.search(r": 1 account at any time, [\d,]+ exchanges of extraction *\n", solo)


def test_the_page_of_fields_says_what_a_table_may_name_and_which_bounds_a_number_has():
    page = fields_page()
    assert "| targets and their shares: `reasoning`, `rubric`, " in page
    assert ", `sensitive` or `vision` | shares, 0-1 |" in page
    assert "their shares: `es`, `de`, `zh` or `ja` | shares, 0-1 |" in page
    assert "| `every_days` | days from one review to the next | days, at least 0.05 |" in page
    assert "| turns, 1 to 60 |" in page
    assert "| addresses, at most 254 |" in page


def test_the_page_of_fields_has_every_knob_of_every_kind():
    page = fields_page()
    for name, kind in kinds().items():
        assert f'`kind = "{name}"`' in page
        assert all(f"| `{one.name}` |" in page for one in knobs_of(kind))
    assert all(part in page for part in ("[campaigns.hiding]", "[campaigns.forwarding]", "[campaigns.adapting]"))


def test_formats_have_short_names():
    assert find_form("otel") is find_form("opentelemetry")
    with pytest.raises(NoSuchForm, match="no log format has the name `csv`"):
        find_form("csv")


def test_an_unknown_format_is_told_before_anything_is_made(tmp_path):
    with pytest.raises(NoSuchForm):
        make_as_told(Making(find_story("hydra")), tmp_path / "world", Console(quiet=True), form="csv", by_day=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("by_day", [False, True])
def test_what_was_made_is_told_with_what_to_do_next(tmp_path, by_day):
    making = Making(find_story("one_office"), days=2)
    made = make_as_told(making, tmp_path / "world", Console(quiet=True), form=None, by_day=by_day)
    text = shown(made_lines(made, tmp_path / "world"))
    where = tmp_path / "world" / ("exchanges" if by_day else "exchanges.parquet")
    assert f"stillwatch scan {where} " in text
    assert "of extraction" not in text
