import json

from stillwatch.exchanges import readers


def test_all_readers_are_listed(command):
    code, out, _ = command("readers")
    assert code == 0
    assert all(one.name in out for one in readers())


def test_one_reader_is_told_with_its_columns(command):
    code, out, _ = command("readers", "litellm")
    assert code == 0
    assert "prompt_text" in out


def test_json_is_one_document(command):
    code, out, _ = command("readers", "--json")
    assert code == 0
    assert [one["name"] for one in json.loads(out)] == [one.name for one in readers()]


def test_a_name_that_no_reader_has_ends_with_2(command):
    code, out, err = command("readers", "lightllm")
    assert (code, out) == (2, "")
    assert "litellm" in err
