import json

import pytest


def test_a_score_is_told_and_ends_with_0(command, scanned):
    code, out, err = command("worlds", "score", scanned.logs.parent, scanned.findings)
    assert code == 0
    for part in ("true campaign", "precision", "B-cubed", "accounts flagged"):
        assert part in out
    assert "asked by then" not in out
    assert "scoring" in err


def test_several_findings_also_tell_how_soon(command, scanned):
    code, out, err = command("worlds", "score", scanned.logs.parent, scanned.findings, scanned.findings, "--quiet")
    assert (code, err) == (0, "")
    assert "asked by then" in out


def test_json_is_one_document(command, scanned):
    code, out, _ = command("worlds", "score", scanned.logs.parent, scanned.findings, scanned.findings, "--json", "-q")
    told = json.loads(out)
    assert code == 0
    assert told["findings"] == str(scanned.findings)
    assert told["score"]["campaigns_true"] == len(told["detections"]) == 1
    assert told["detections"][0]["sent_share"] == 1.0


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (("nowhere", "findings"), "the truth of a world cannot be read"),
        (("world", "nowhere"), "the findings cannot be held against the truth"),
        (("world", "findings", "nowhere"), "the record of a scan cannot be read"),
    ],
)
def test_bad_input_ends_with_2_and_five_lines(command, scanned, tmp_path, names, problem):
    folders = {"nowhere": tmp_path / "nowhere", "world": scanned.logs.parent, "findings": scanned.findings}
    code, out, err = command("worlds", "score", *(folders[name] for name in names), "--quiet")
    assert (code, out) == (2, "")
    assert err.startswith(f"{problem}\n  where:  {tmp_path / 'nowhere'}")
    assert len(err.splitlines()) == 5
