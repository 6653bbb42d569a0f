import tomllib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from stillwatch.world_errors import BadStory, StoryUnknown
from stillwatch.worlds import Story, find_story, shipped_stories
from stillwatch.worlds.campaigns import Campaign, campaign
from stillwatch.worlds.honest import kinds
from stillwatch.worlds.story import Population, Share

GOOD = """
name = "mine"
tells = "Two firms and a few people."

[calendar]
first = 2026-02-02
days = 5
releases = [{ model = "lantern-4", at = 2026-02-04T17:00:00Z }]

[population]
accounts = 100

[[population.kinds]]
kind = "person"
share = 0.75
talks = 2.0

[[population.kinds]]
kind = "office"
share = 0.25

[[campaigns]]
name = "yew"
accounts = 3
exchanges = 50
wants = { coding = 1.0 }

[campaigns.pace]
offset_h = -5

[prices]
"lantern-4" = { input = 4, output = 20.0 }
"""


@pytest.fixture
def told(tmp_path):
    """Read a story as it stands in a file."""

    def read(text: str | bytes) -> Story:
        path = tmp_path / "mine.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return find_story(str(path))

    return read


@pytest.fixture
def faults(told):
    """Return the numbered faults of a story that is wrong."""

    def of(text: str | bytes) -> str:
        with pytest.raises(BadStory, match="the story has faults") as caught:
            told(text)
        assert caught.value.where.endswith("mine.toml")
        return caught.value.found

    return of


def changed(*pairs):
    text = GOOD
    for was, now in pairs:
        assert text.count(was) == 1, was
        text = text.replace(was, now)
    return text


def test_a_story_is_read_into_who_is_there_and_what_happens(told):
    story = told(GOOD)
    assert (story.name, story.calendar.days, story.follows, story.rehearsal_scale) == ("mine", 5, "", 1.0)
    assert story.calendar.releases[0].at == datetime(2026, 2, 4, 17, tzinfo=UTC)
    assert story.population.kinds == (Share(kinds()["person"](talks=2.0), 0.75), Share(kinds()["office"](), 0.25))
    assert story.campaigns == (Campaign("yew", 3, 50, {"coding": 1.0}, pace=campaign.Pace(offset_h=-5)),)
    assert story.prices["lantern-4"].input == 4.0
    assert story.text == GOOD


@pytest.mark.parametrize("name", shipped_stories())
def test_every_story_that_ships_is_named_as_its_file_and_says_what_happens(name):
    story = shipped_stories()[name]
    assert story.name == name
    assert story.tells.endswith(".")
    assert story.campaigns or "campaigns" not in tomllib.loads(story.text)
    assert 0 < story.rehearsal_scale <= 1
    assert sum(one.share for one in story.population.kinds) == pytest.approx(1, abs=0.05)
    assert {release.model for release in story.calendar.releases} <= set(story.prices)


@pytest.mark.parametrize("name", shipped_stories())
def test_a_copy_of_a_story_that_ships_is_the_same_story(name, told):
    story = find_story(name)
    assert told(story.text) == story
    assert told(story.text).text == story.text


WRONG = [
    ([('kind = "person"', 'kind = "persona"')], ["`population.kinds[1].kind` is none of `api clients`, `app`"]),
    ([('kind = "person"', 'kind = ["person"]')], ["`population.kinds[1].kind` is none of"]),
    ([('kind = "person"\n', "")], ["`population.kinds[1].kind` is none of"]),
    ([("talks = 2.0", "talk = 2.0")],
     ["`population.kinds[1].talk` is no field of the kind `person`, which has `share`, `talks`, `pays`"]),
    ([("talks = 2.0", 'talks = "two"')], ["`population.kinds[1].talks`: expected `float`, got `str`"]),
    ([("talks = 2.0", "talks = 2.0\nhabits = 3")], ["`population.kinds[1].habits` is no field of the kind `person`"]),
    ([("share = 0.75", "share = 0.0")], ["`population.kinds[1].share` is not above 0 and at most 1"]),
    ([("share = 0.75", "share = 1.5")], ["`population.kinds[1].share` is not above 0 and at most 1"]),
    ([("share = 0.75", "share = true")], ["`population.kinds[1].share` is not above 0 and at most 1"]),
    ([("share = 0.75", "share = nan")], ["`population.kinds[1].share` is not above 0 and at most 1"]),
    ([("share = 0.75", "shares = 0.75")],
     ["`population.kinds[1].share` is not above 0", "`population.kinds[1].shares` is no field of the kind `person`"]),
    ([("share = 0.75\n", "")], ["`population.kinds[1].share` is not above 0 and at most 1"]),
    ([('kind = "office"', 'kind = "person"\ntalks = 2.0')], ["`population.kinds[2]` says what an earlier one says"]),
    ([("exchanges = 50", "exchange = 50")],
     ["`campaigns[1].exchange` is not a setting (did you mean `campaigns[1].exchanges`?)",
      "`campaigns[1].exchanges` is missing"]),
    ([("offset_h = -5", "ofset_h = -5")],
     ["`campaigns[1].pace.ofset_h` is not a setting", "`campaigns[1].pace.offset_h`?"]),
    ([("coding = 1.0", "cooking = 1.0")],
     ["`campaigns[1].wants`: `cooking` is none of `reasoning`, `rubric`, `synthetic`, "]),
    ([("wants = { coding = 1.0 }", "wants = {}")], ["`campaigns[1].wants` names no target"]),
    ([("wants = { coding = 1.0 }\n", "")], ["`campaigns[1].wants` names no target"]),
    ([("coding = 1.0", "coding = 0.0")], ["`campaigns[1].wants` has no share above 0"]),
    ([("coding = 1.0", "coding = -1.0, tools = 2.0")],
     ["`campaigns[1].wants.coding`: -1 is not 0 or more"]),
    ([("17:00:00Z", "17:00:00")], ["the release of `lantern-4` has a time without a zone"]),
    ([("days = 5", "days = 0")], ["`calendar.days`: 0 is less than 1"]),
    ([("first = 2026-02-02\n", "")], ["`calendar.first` is missing"]),
    ([("accounts = 100\n", "")], ["`population.accounts` is missing"]),
    ([("offset_h = -5", "from_day = 5.0")], ["`campaigns[1].pace.from_day` is 5: it begins after the world ends"]),
    ([("offset_h = -5", "from_day = 3.0\nuntil_day = 2.0")], ["`campaigns[1].pace` ends before it begins"]),
    ([("2026-02-04", "2026-02-07")],
     ["the release of `lantern-4` is outside the world, which lasts from 2026-02-02 to 2026-02-06"]),
    ([('"lantern-4" =', '"lantern-3" =')], ["`prices` has no price of `lantern-4`"]),
    ([("offset_h = -5", "works_h = 0.0")], ["`campaigns[1].pace.works_h`: 0 is less than 0.1"]),
    ([("offset_h = -5", 'hours = "dawn"')],
     ["`campaigns[1].pace.hours`: `dawn` is none of `evening`, `office`, `night`, `always`"]),
    ([("[campaigns.pace]\noffset_h = -5", "[campaigns.cover]\nshare = 1.0")],
     ["`campaigns[1].cover.share` is 1: nothing of it would be extraction"]),
    ([("[campaigns.pace]\noffset_h = -5", "[campaigns.work]\nturns = 0.5")],
     ["`campaigns[1].work.turns`: 0.5 is less than 1"]),
    ([("[campaigns.pace]\noffset_h = -5", "[campaigns.work]\nlanguages = { es = 0.7, de = 0.6 }")],
     ["`campaigns[1].work.languages` has shares of more than 1 together"]),
    ([("[campaigns.pace]\noffset_h = -5", "[campaigns.hiding]\naddresses = 0")],
     ["`campaigns[1].hiding.addresses`: 0 is less than 1"]),
    ([('{ input = 4, output = 20.0 }', '{ input = 4 }')], ["`prices.lantern-4.output` is missing"]),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "told_of"), WRONG)
def test_a_fault_is_told_by_the_name_of_its_knob(changes, told_of, faults):
    found = faults(changed(*changes))
    assert all(fault in found for fault in told_of)


def test_all_faults_are_told_at_once(faults):
    found = faults(
        changed(('kind = "person"', 'kind = "persona"'), ("share = 0.25", "share = 2"), ("days = 5", "days = 0"),
                ("exchanges = 50", 'exchanges = "many"'), ("offset_h = -5", "ofset_h = -5"), ('name = "mine"\n', ""))
    )  # fmt: skip
    for number, name in enumerate(["population.kinds[1].kind", "population.kinds[2].share", "calendar.days",
                                   "campaigns[1].exchanges", "campaigns[1].pace.ofset_h", "name"], 1):  # fmt: skip
        assert f"{number}. `{name}`" in found


def test_a_kind_with_a_fault_is_no_twin_of_an_earlier_one(faults):
    found = faults(changed(('kind = "office"', 'kind = "person"\ntalk = 2.0'), ("talks = 2.0\n", "")))
    assert found == "1. `population.kinds[2].talk` is no field of the kind `person`, which has `share`, `talks`, `pays`"


def test_all_contradictions_are_told_at_once(faults):
    twin = '\n[[campaigns]]\nname = "yew"\naccounts = 3\nexchanges = 50\n'
    found = faults(
        changed(("[prices]", f"{twin}[prices]"), ("17:00:00Z", "17:00:00"), ("coding = 1.0", "coding = 0.0"))
    )
    assert found == (
        "1. two campaigns have the name `yew`; 2. the release of `lantern-4` has a time without a zone; "
        "3. `campaigns[1].wants` has no share above 0; 4. `campaigns[2].wants` names no target"
    )


def test_a_campaign_that_only_forwards_needs_no_targets(told):
    text = changed(
        ("wants = { coding = 1.0 }\n", ""), ("[campaigns.pace]\noffset_h = -5", "[campaigns.forwarding]\nshare = 1.0")
    )
    assert told(text).campaigns[0].forwarding.share == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("name = ", "Invalid value"),
        ("[[[", "line 1"),
        (f"accounts = {'9' * 5000}", "4300 digits"),
        (b"name = '\xff'", "bytes that are no UTF-8"),
        ("", "`population.kinds` is missing"),
        ("population = 3\ncampaigns = 4", "`population` is not a table"),
        ("[population]\nkinds = 3", "`population.kinds[1].kind` is none of"),
    ],
)
def test_what_is_no_story_is_told(text, found, faults):
    assert found in faults(text)


def test_a_file_that_is_not_there_and_a_folder_are_told(tmp_path):
    (tmp_path / "folder.toml").mkdir()
    for name, found in (("none", "No such file or directory"), ("folder", "Is a directory")):
        with pytest.raises(BadStory) as caught:
            find_story(str(tmp_path / f"{name}.toml"))
        assert (caught.value.where, caught.value.found) == (str(tmp_path / f"{name}.toml"), found)


def test_an_unknown_story_is_told_with_those_that_ship():
    with pytest.raises(StoryUnknown) as caught:
        find_story("spring")
    assert "february" in caught.value.needed


@pytest.mark.parametrize(("scale", "counts"), [(1.0, (75, 1)), (2.0, (150, 2)), (0.1, (38, 1)), (0.0, (38, 1))])
def test_a_population_keeps_its_shares_and_its_fewest(told, scale, counts):
    story = told(changed(("accounts = 100", "accounts = 100\nfewest_accounts = 50")))
    assert tuple(count for _, count in story.population.counts(scale)) == counts


def test_shares_are_parts_of_their_sum():
    person, office = kinds()["person"](), kinds()["office"](seats=10)
    population = Population((Share(person, 0.3), Share(office, 0.3)), accounts=400)
    assert list(population.counts(1.0)) == [(person, 200), (office, 20)]


def test_a_story_may_be_cut_or_go_on():
    story = find_story("solo")
    assert story.within(None) is story
    assert story.within(3) == replace(story, calendar=replace(story.calendar, days=3))


def test_a_pool_makes_its_columns_meaningful(told):
    always = told(GOOD).meaningful
    pooled = told(
        changed(("[campaigns.pace]\noffset_h = -5", "[campaigns.hiding]\ncards = 2\naddresses = 1"))
    ).meaningful
    assert pooled - always == {"payment_hash", "ip", "asn"}


def test_a_story_without_campaigns_means_nothing():
    assert find_story("peace").meaningful == frozenset()
