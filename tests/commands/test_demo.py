import json
from dataclasses import replace

import pytest

from stillwatch import demo
from stillwatch.worlds import make


@pytest.fixture
def small(monkeypatch, tmp_path):
    monkeypatch.setattr(demo, "make", lambda making, *given: make(replace(making, scale=0.0005, honest=150), *given))
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("small")
def test_a_demonstration_is_told_and_ends_with_0(command, tmp_path):
    code, out, err = command("demo")
    assert code == 0
    assert all(name in out for name in ("ash", "birch", "cedar", "demo/findings/report.html"))
    assert "writing, " in err
    assert (tmp_path / "demo/findings/report.html").is_file()


@pytest.mark.usefixtures("small")
def test_json_is_one_document(command):
    code, out, _ = command("demo", "--json", "--quiet", "--seed", 2)
    told = json.loads(out)
    assert code == 0
    assert {one["name"] for one in told["comparison"]["campaigns"]} == {"ash", "birch", "cedar"}


def test_a_folder_with_something_else_ends_with_2(command, tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    code, _, err = command("demo", "--into", tmp_path)
    assert code == 2
    assert err.startswith("the folder to write in holds")
