from pathlib import Path

import pytest

from stillwatch.errors import BadSettings, KeyUnreadable
from stillwatch.findings.settings import Declared, Price
from stillwatch.links.settings import Linking
from stillwatch.settings import (
    PUBLIC_KEY,
    Context,
    Settings,
    read_key,
    read_settings,
    settings_as_data,
    settings_from_data,
)


def written(folder, text):
    path = folder / "stillwatch.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_all_defaults_hold():
    assert read_settings(None) == Settings()


def test_what_a_file_leaves_out_keeps_its_default(tmp_path):
    read = read_settings(written(tmp_path, "memory_bytes = '4 GB'\n[linking]\nwidest_value = 50\n"))
    assert read == Settings(memory_bytes=4_000_000_000, linking=Linking(widest_value=50))


def test_paths_are_relative_to_the_file_and_absolute_ones_stay(tmp_path):
    read = read_settings(written(tmp_path, "key_file = '/etc/key'\n[context]\nindicators = 'lists/known.csv'\n"))
    assert read.key_file == Path("/etc/key")
    assert read.context.indicators == tmp_path / "lists/known.csv"


def test_what_the_operator_declares_is_read(tmp_path):
    text = """
        [declared]
        currency = "EUR"
        excused_accounts = ["a"]
        [declared.organisations]
        school = ["a", "b"]
        [declared.prices."m-1"]
        input = 3
        output = 15.5
    """
    declared = Declared({"school": ("a", "b")}, excused_accounts=("a",), prices={"m-1": Price(3, 15.5)}, currency="EUR")
    assert read_settings(written(tmp_path, text)).declared == declared


def test_all_faults_are_told_at_once(tmp_path, monkeypatch, stored):
    text = """
        key_fil = "x"
        widest_value = 3
        memory_bytes = "4 lightyears"
        reading = 5
        [context]
        indicators = 3
        [linking]
        widest_valu = 3
        sharing_probability = 0
        trimmed_share = 1.5
        nearest_accounts = "x"
        [judging]
        fewest_families = true
        entirely_made_up = 1
        [declared.prices."m-1"]
        input = 3
        outputt = 4
    """
    written(tmp_path, text)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadSettings) as caught:
        read_settings(Path("stillwatch.toml"))
    stored("errors/settings_faults.txt", f"{caught.value}\n")


@pytest.mark.parametrize(
    ("content", "found"), [(b"[linking", "table declaration"), (b"\xff", "utf-8"), (None, "No such file")]
)
def test_a_file_that_is_no_toml_is_told(tmp_path, content, found):
    path = tmp_path / "stillwatch.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadSettings, match=found):
        read_settings(path)


def test_an_account_is_of_one_organisation(tmp_path):
    (tmp_path / "s.toml").write_text('[declared.organisations]\nacme = ["a", "a", "b"]\nyew = ["b"]\n')
    with pytest.raises(BadSettings, match="`b` is of 2"):
        read_settings(tmp_path / "s.toml")


def test_settings_go_to_json_and_back():
    settings = Settings(
        key_file=Path("a/key"),
        context=Context(indicators=Path("known.csv")),
        declared=Declared({"school": ("a",)}, prices={"m": Price(1, 2)}),
    )
    data = settings_as_data(settings)
    assert settings_from_data(data) == settings
    assert (data["key_file"], data["context"]["indicators"]) == ("a/key", "known.csv")
    assert list(data) == sorted(data)


def test_data_with_a_fault_says_where():
    with pytest.raises(BadSettings) as caught:
        settings_from_data({"linking": {"widest": 3}}, "scan.json")
    assert caught.value.where == "scan.json"


@pytest.mark.parametrize(
    "content", [bytes(range(16)), b"000102030405060708090A0b0c0d0e0f", b"000102030405060708090a0b0c0d0e0f\n"]
)
def test_a_key_is_16_bytes_or_32_digits(tmp_path, content):
    (tmp_path / "key").write_bytes(content)
    assert read_key(Settings(key_file=tmp_path / "key")) == (bytes(range(16)), True)


def test_without_a_key_file_the_key_is_everybodys():
    assert read_key(Settings()) == (PUBLIC_KEY, False)
    assert len(PUBLIC_KEY) == 16


@pytest.mark.parametrize("content", [b"", b"short", b"0" * 31, b"g" * 32, b"\xff" * 17, None])
def test_a_file_without_a_key_is_told(tmp_path, content):
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    with pytest.raises(KeyUnreadable):
        read_key(Settings(key_file=tmp_path / "key"))
