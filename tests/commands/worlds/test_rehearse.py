import json

import pytest

SMALL = ("--scale", 0.1, "--days", 1)


def test_a_rehearsal_is_one_table(command, tmp_path):
    code, out, err = command("worlds", "rehearse", "one_office", "night_batch", *SMALL, "--into", tmp_path)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[2:]] == ["one_office", "night_batch"]
    assert "one_office: making the world" in err
    assert (tmp_path / "night_batch/findings/report.html").is_file()


def test_json_is_one_document(command):
    code, out, err = command("worlds", "rehearse", "one_office", *SMALL, "--seed", 4, "--json", "--quiet")
    (told,) = json.loads(out)
    assert (code, err) == (0, "")
    assert (told["story"], told["seed"], told["detections"]) == ("one_office", 4, [])
    assert told["score"]["campaigns_true"] == 0


@pytest.mark.parametrize("arguments", [["no_such_story"], ["one_office", "--scale", 0], ["one_office", "--days", 0]])
def test_wrong_orders_end_with_2(command, arguments):
    code, out, err = command("worlds", "rehearse", *arguments, "--quiet")
    assert (code, out) == (2, "")
    assert err
