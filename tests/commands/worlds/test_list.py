import json


def test_stories_are_listed(command):
    code, out, _ = command("worlds", "list")
    assert code == 0
    assert "february" in out
    assert "peace" in out


def test_stories_are_listed_for_programs(command):
    code, out, _ = command("worlds", "list", "--json")
    told = {one["name"]: one for one in json.loads(out)}
    assert code == 0
    assert told["september"]["extraction_count"] == 151_000_000
    assert told["peace"]["campaigns"] == {}
