from dataclasses import fields

import pytest

from stillwatch.links.settings import Linking


@pytest.mark.parametrize("name", [field.name for field in fields(Linking)])
def test_every_setting_is_explained(name):
    assert f"\n    {name}\n" in Linking.__doc__


def test_copied_wording_alone_never_makes_a_link():
    assert Linking().copied_wording_bits < Linking().weakest_link_bits
