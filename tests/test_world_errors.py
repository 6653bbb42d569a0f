import pytest

from stillwatch import errors, world_errors
from stillwatch.world_errors import BadStory, PromptsUnreadable


def test_an_error_is_declared_in_one_place():
    assert {name for name in vars(errors) if name[0].isupper()} & set(vars(world_errors)) <= {
        "Fault",
        "Unknown",
    }


def test_the_faults_of_a_story_are_numbered():
    assert BadStory("mine.toml", ["one thing", "another"]).found == "1. one thing; 2. another"


def test_what_the_system_says_of_a_file_is_told_with_its_place(tmp_path):
    with pytest.raises(PromptsUnreadable) as caught, PromptsUnreadable.told_of(tmp_path / "gone"):
        (tmp_path / "gone").read_bytes()
    assert (caught.value.where, caught.value.found) == (str(tmp_path / "gone"), "No such file or directory")
