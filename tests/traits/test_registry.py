import importlib.util
import sys
from pathlib import Path

import pytest

import stillwatch.traits as folder
from stillwatch.errors import NoSuchTrait
from stillwatch.traits import address, registry
from stillwatch.traits.base import FAMILIES, Profile, Trait
from stillwatch.traits.payment_card import PaymentCard
from stillwatch.traits.registry import all_profiles, all_traits, listed_traits, trait_named

ROOT = Path(__file__).parent.parent.parent
STAGE = {
    "__init__",
    "acts",
    "base",
    "context",
    "find",
    "hopping",
    "registry",
    "shared",
    "templates",
    "vector_sums",
    "views",
}
NEWCOMER = '''
from stillwatch.traits.base import Profile, Trait

class Zebra(Trait):
    """A stripe."""
    name, family, value = "zebra", "client", "ja4"

class Stripes(Profile):
    """Many stripes."""
    name, family, vector = "stripes", "client", "hours"
'''


@pytest.fixture
def anew():
    """Look through the folder anew in this test, and again after it."""
    registry.all_traits.cache_clear()
    registry.all_profiles.cache_clear()
    yield
    registry.all_traits.cache_clear()
    registry.all_profiles.cache_clear()


def test_each_file_has_one_trait_and_each_family_speaks():
    files = {path.stem for path in Path(folder.__file__).parent.glob("*.py")} - STAGE
    found = [type(one).__module__.rpartition(".")[2] for one in listed_traits()]
    assert sorted(found) == sorted(files)
    assert {one.family for one in listed_traits()} == set(FAMILIES)


def test_they_come_by_family_and_name():
    for all_of_a_kind in (all_traits(), all_profiles()):
        assert [(one.family, one.name) for one in all_of_a_kind] == sorted(
            (one.family, one.name) for one in all_of_a_kind
        )


def test_a_file_in_the_folder_is_all_that_a_new_trait_needs(anew, tmp_path, monkeypatch):
    (tmp_path / "zebra.py").write_text(NEWCOMER)
    monkeypatch.setattr(folder, "__path__", [*folder.__path__, str(tmp_path)])
    assert "zebra" in {trait.name for trait in all_traits()}
    assert "stripes" in {profile.name for profile in all_profiles()}
    monkeypatch.delitem(sys.modules, "stillwatch.traits.zebra")
    monkeypatch.delattr(folder, "zebra")


def test_a_class_outside_the_folder_is_no_trait_of_ours(anew):
    class Stray(Trait):
        name, family = "stray", "client"

    class StrayProfile(Profile):
        name, family = "stray", "client"

    assert Stray in Trait.__subclasses__()
    assert "stray" not in {one.name for one in listed_traits()}


def test_a_trait_that_another_file_imports_is_found_once(anew, monkeypatch):
    monkeypatch.setattr(address, "PaymentCard", PaymentCard, raising=False)
    assert [type(trait) for trait in all_traits()].count(PaymentCard) == 1


@pytest.mark.parametrize("one", listed_traits(), ids=lambda one: one.name)
def test_each_is_known_by_its_name(one):
    assert type(trait_named(one.name)) is type(one)


def test_an_unknown_name_is_an_error():
    with pytest.raises(NoSuchTrait, match="there is no trait `card`") as caught:
        trait_named("card")
    assert "payment card, " in caught.value.needed


def test_the_page_is_up_to_date():
    spec = importlib.util.spec_from_file_location("trait_pages", ROOT / "benchmarks/trait_pages.py")
    pages = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pages)
    told = "run python benchmarks/trait_pages.py > docs/traits.md"
    assert (ROOT / "docs/traits.md").read_text(encoding="utf-8") == pages.page(), told
    assert all(f"### {one.name}\n" in pages.page() for one in listed_traits())
