import pytest

from stillwatch.catalogue import trait_facts
from stillwatch.errors import NoSuchTrait
from stillwatch.traits.base import FAMILIES
from stillwatch.traits.registry import all_profiles, all_traits


def test_every_trait_and_profile_is_told_by_family_and_name():
    facts = trait_facts()
    assert [(one.family, one.name) for one in facts] == sorted((one.family, one.name) for one in facts)
    assert {one.name for one in facts} == {one.name for one in (*all_traits(), *all_profiles())}
    assert {one.family for one in facts} <= set(FAMILIES)
    assert all(one.about and one.honest_reasons and one.evasion and one.value for one in facts)


def test_one_trait_is_told_whatever_its_case():
    (card,) = trait_facts("PAYMENT card")
    assert (card.value, card.compared) == ("payment_hash", "the same value")
    assert trait_facts("daily rhythm")[0].compared == "closeness of the whole vector"


def test_a_name_that_no_trait_has_is_told():
    with pytest.raises(NoSuchTrait, match="payment card"):
        trait_facts("card")
