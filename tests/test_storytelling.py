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
