from dataclasses import fields

import pytest

from stillwatch.campaigns.settings import Gathering, at_most_one


@pytest.mark.parametrize("name", [field.name for field in fields(Gathering)])
def test_every_setting_is_explained(name):
    assert f"\n    {name}\n" in Gathering.__doc__


def test_a_member_cannot_need_more_ties_than_the_smallest_campaign_has():
    assert 2 <= Gathering().fewest_ties < Gathering().fewest_accounts


def test_at_most_one_stranger_agrees_as_much():
    assert at_most_one(0.002, 100) == 0.002
    assert at_most_one(0.002, 20_000) == 5e-5
    assert at_most_one(0.002, 0) == 0.002
