import tomllib

import pytest

from stillwatch.worlds import find_story


def test_a_story_is_told(command):
    code, out, _ = command("worlds", "describe", "hydra")
    assert code == 0
    assert "dogwood" in out
    assert "cover.share" in out


def test_a_story_is_given_as_the_file_that_it_is(command, tmp_path):
    code, out, _ = command("worlds", "describe", "hydra", "--toml")
    assert code == 0
    assert tomllib.loads(out)["name"] == "hydra"
    (tmp_path / "mine.toml").write_text(out)
    assert find_story(str(tmp_path / "mine.toml")) == find_story("hydra")
    assert command("worlds", "describe", tmp_path / "mine.toml")[0] == 0


def test_fields_are_told_without_a_story(command):
    code, out, _ = command("worlds", "describe", "--fields")
    assert code == 0
    assert "| `pooled_share` |" in out


@pytest.mark.parametrize("given", [(), ("hydra", "--fields"), ("--fields", "--toml")])
def test_either_a_story_or_the_fields(command, given):
    code, _, err = command("worlds", "describe", *given)
    assert code == 2
    assert "give either a story" in err


def test_faults_of_a_story_are_told_together(command, tmp_path):
    (tmp_path / "mine.toml").write_text(
        find_story("hydra").text.replace("share = 0.5", "share = 5").replace("daily_share = 0.03", "daily_share = 3")
    )
    code, _, err = command("worlds", "describe", tmp_path / "mine.toml")
    assert code == 2
    assert "1. `campaigns[1].hiding.closed_daily_share`: 3 is more than 1" in err
    assert "2. `campaigns[1].cover.share`: 5 is more than 1" in err
