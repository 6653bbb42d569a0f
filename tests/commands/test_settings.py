import json

from stillwatch.settings import Settings, settings_as_data
from stillwatch.settings_text import settings_as_toml


def test_the_defaults_are_printed(command):
    assert command("settings") == (0, settings_as_toml(Settings()), "")


def test_a_file_is_printed_with_all_defaults_and_read_back(command, tmp_path):
    path = tmp_path / "stillwatch.toml"
    path.write_text("[linking]\nwidest_value = 7\n")
    _, out, _ = command("settings", path)
    path.write_text(out)
    assert "widest_value = 7" in out
    assert command("settings", path) == (0, out, "")


def test_json_is_one_document(command):
    code, out, _ = command("settings", "--json")
    assert (code, json.loads(out)) == (0, settings_as_data(Settings()))


def test_a_file_that_the_settings_name_is_looked_into(command, tmp_path):
    for name, said in [("key_file", "the key file"), ("[context]\naddress_ranges", "a list of the operator")]:
        (tmp_path / "s.toml").write_text(f'{name} = "absent.csv"\n')
        code, out, err = command("settings", tmp_path / "s.toml")
        assert (code, out) == (2, "")
        assert said in err


def test_a_fault_ends_with_2(command, tmp_path):
    (tmp_path / "s.toml").write_text("widest_value = 7\n")
    code, out, err = command("settings", tmp_path / "s.toml")
    assert (code, out) == (2, "")
    assert "did you mean `linking.widest_value`?" in err
