import json

import pyarrow.parquet as pq
import pytest

from stillwatch.worlds import find_story


def test_a_world_is_made_and_can_be_scanned_and_scored(command, tmp_path):
    world, findings = tmp_path / "world", tmp_path / "findings"
    code, out, err = command("worlds", "make", "one_office", "--out", world, "--days", 3)
    assert code == 0
    assert "truth_accounts.parquet" in out
    assert "writing" in err
    assert (
        command("scan", world / "exchanges.parquet", "--releases", world / "releases.json", "--into", findings)[0] == 0
    )
    code, out, _ = command("worlds", "score", world, findings)
    assert code == 0
    assert "0 of" in out


def test_what_was_made_is_told_to_programs(command, tmp_path):
    code, out, err = command("worlds", "make", "solo", "--out", tmp_path / "w", "--days", 2, "--json", "--quiet")
    told = json.loads(out)
    assert (code, err) == (0, "")
    assert told["exchanges_count"] == pq.read_metadata(tmp_path / "w" / "exchanges.parquet").num_rows
    assert told["campaign_accounts_count"] == 1


def test_honest_accounts_and_days_can_be_set(command, tmp_path):
    sizes = {}
    for honest in (100, 400):
        given = ("--honest", honest, "--days", 2, "--json", "--quiet", "--by-day")
        _, out, _ = command("worlds", "make", "hydra", "--out", tmp_path / str(honest), *given)
        told = json.loads(out)
        sizes[honest] = told["honest_accounts_count"]
        assert [path.rpartition("/")[2] for path in told["logs"]] == ["2026-02-02.parquet", "2026-02-03.parquet"]
    assert 2.5 < sizes[400] / sizes[100] < 5.5


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("hydra", "--scale", "0"), "a scale is more than 0"),
        (("hydra", "--scale", "nan"), "a scale is more than 0"),
        (("hydra", "--scale", "inf"), "a scale is more than 0"),
        (("hydra", "--as", "litellm", "--by-day"), "a log is one file"),
        (("hydra", "--as", "csv"), "no log format has the name `csv`"),
        (("hydro",), "no story has the name `hydro`"),
        (("mine.toml",), "the story has faults"),
        (("hydra", "--prompts", "nowhere"), "the prompts cannot be read"),
    ],
)
def test_bad_input_is_one_clear_error(command, tmp_path, given, said):
    code, out, err = command("worlds", "make", *given, "--out", tmp_path / "w", "--quiet")
    assert (code, out) == (2, "")
    assert said in err
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize("number", ["0", "1e-12", "-1", "1e300", "nan", "inf"])
def test_a_story_with_an_impossible_number_is_one_clear_error_and_makes_nothing(command, tmp_path, number):
    story = find_story("adaptive").text
    assert story.count("every_days = 2.0") == 1
    (tmp_path / "mine.toml").write_text(story.replace("every_days = 2.0", f"every_days = {number}"))
    code, out, err = command("worlds", "make", tmp_path / "mine.toml", "--out", tmp_path / "w", "--quiet")
    assert (code, out) == (2, "")
    assert "the story has faults" in err
    assert "1. `campaigns[1].adapting.every_days`: " in err
    assert "2. " not in err
    assert not (tmp_path / "w").exists()
