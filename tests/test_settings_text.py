import tomllib
from pathlib import Path

from stillwatch.findings.settings import Declared, Judging, Price
from stillwatch.links.settings import Linking
from stillwatch.settings import Context, Settings, read_settings, settings_from_data
from stillwatch.settings_table import dotted_names
from stillwatch.settings_text import reasons, settings_as_toml

ROOT = Path(__file__).parent.parent
ODD = Settings(
    key_file=Path("/keys/a key\n\x7f\"'.bin"),
    memory_bytes=10**9,
    context=Context(indicators=Path("/lists/名.csv")),
    linking=Linking(widest_value=7, stray_links_share=1e-7),
    declared=Declared({'s"c': ("a", "😀")}, prices={"m.1": Price(1, 2.5)}, excused_accounts=("x",)),
)


def test_what_is_printed_is_read_back():
    for settings in (Settings(), ODD):
        assert settings_from_data(tomllib.loads(settings_as_toml(settings))) == settings


def test_a_path_leads_to_the_same_file_wherever_it_is_printed_to(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "s.toml").write_text('context.address_ranges = "lists/a.csv"\n')
    (tmp_path / "conf" / "again.toml").write_text(settings_as_toml(read_settings(Path("conf/s.toml"))))
    assert read_settings(Path("conf/again.toml")).context.address_ranges == tmp_path / "conf" / "lists" / "a.csv"


def test_every_setting_is_printed_with_its_reason():
    lines = settings_as_toml(Settings()).splitlines()
    kinds = {"": Settings} | {name: type(part) for name, part in vars(Settings()).items()}
    for name in dotted_names(Settings):
        part, _, last = name.rpartition(".")
        section = lines[lines.index(f"[{part}]") if part else 0 :]
        at = next(i for i, line in enumerate(section) if line.removeprefix("# ").startswith(f"{last} ="))
        together = at > 1 and section[at - 2].split(" =")[0] in reasons(kinds[part])
        assert section[at - 1].startswith("# ") or together, name


def test_reasons_come_from_the_docstring_alone():
    assert reasons(Judging)["fewest_families"] == "Families of evidence that must speak."
    assert reasons(Declared)["prices"] == reasons(Declared)["currency"]
    assert reasons(Path) == {}


def test_the_page_on_tuning_tells_every_setting_and_its_default():
    page = (ROOT / "docs/tuning.md").read_text(encoding="utf-8")
    printed = tomllib.loads(settings_as_toml(Settings()))
    for name in dotted_names(Settings):
        part, _, last = name.rpartition(".")
        value = (printed[part] if part else printed).get(last)
        shown = "not set" if value in (None, [], {}) else f"{value:,}" if type(value) is int else str(value)
        assert f"| `{last}` | {shown} |" in page, (name, shown)


def test_the_reason_of_an_excuse_says_what_is_counted_and_that_nobody_is_named():
    for name in ("excused_organisations", "excused_accounts"):
        assert "The report names none of them" in reasons(Declared)[name]
