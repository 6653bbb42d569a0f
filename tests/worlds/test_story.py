from stillwatch.worlds.campaigns import Harvest, Hiding
from stillwatch.worlds.stories.background import FORTNIGHT
from stillwatch.worlds.story import Story


def test_a_pool_makes_its_columns_meaningful():
    campaign = Harvest("yew", 3, 5, (("coding", 1.0),), hiding=Hiding(cards=2, addresses=1))
    story = Story("one", "One campaign.", FORTNIGHT, (), (campaign,), frozenset({"model"}))
    assert story.meaningful == {"model", "payment_hash", "ip", "asn"}


def test_a_story_without_campaigns_means_nothing():
    assert Story("none", "Nobody.", FORTNIGHT, ()).meaningful == frozenset()
