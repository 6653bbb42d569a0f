from datetime import UTC, datetime

import pytest

from stillwatch.exchanges.mapping_file import load_mapping
from stillwatch.exchanges.rows import BadRow
from stillwatch.log_errors import BadMapping

WHOLE = '[columns]\nexchange_id = "a"\nasked_at = "b"\naccount_id = "c"\n'


def loaded(tmp_path, text):
    path = tmp_path / "mapping.toml"
    path.write_text(text)
    return load_mapping(path)


@pytest.mark.parametrize(
    ("time", "value", "found"),
    [
        ("", "2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z"),
        ("", 5, 5),
        ('unit = "s"', 1795168800.5, datetime(2026, 11, 20, 10, 0, 0, 500_000, UTC)),
        ('unit = "ns"', 1795168800 * 10**9, datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ('zone = "Europe/Paris"', "2026-11-20 11:00:00", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ('zone = "UTC"', datetime(2026, 11, 20, 10), datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ('format = "%d.%m.%Y %H:%M %z"', "20.11.2026 11:00 +0100", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ('format = "%d.%m.%Y"', "20.11.2026", datetime(2026, 11, 20)),
    ],
)
def test_times(time, value, found, tmp_path):
    told = loaded(tmp_path, f"{WHOLE}[time]\n{time}").instant(value)
    assert (told, getattr(told, "tzinfo", None) is None) == (found, getattr(found, "tzinfo", None) is None)


@pytest.mark.parametrize(
    ("time", "value"), [('format = "%Y"', "soon"), ('unit = "s"', 1e300), ('zone = "UTC"', "soon")]
)
def test_other_times_are_bad_rows(time, value, tmp_path):
    with pytest.raises(BadRow, match="not written as the mapping says"):
        loaded(tmp_path, f"{WHOLE}[time]\n{time}").instant(value)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[columns", "Expected"),
        ("columns = 5", "1. `columns` is not a table"),
        ("[colums]", "`colums` is not a table of a mapping"),
        ("[columns]\n", "3. `account_id` is required and has no path"),
        (WHOLE + 'asked = "x"', "`asked` is not a column"),
        (WHOLE + 'ip = "a["', "`ip` has no path that can be followed"),
        (WHOLE + "ip = 5", "`ip` has no path"),
        (WHOLE + '[time]\nzone = "Mars"', "`time.zone` is not a known time zone"),
        (WHOLE + "[time]\nzone = 5", "`time.zone`"),
        (WHOLE + '[time]\nunit = "h"', "`time.unit` is not one of"),
        (WHOLE + "[time]\nunit = [1]", "`time.unit` is not one of"),
        (WHOLE + "[time]\nformat = 5", "`time.format`"),
        (WHOLE + '[time]\nformat = "%Q"', "`time.format` is not a form of time"),
        (WHOLE + '[time]\nzones = "UTC"', "`time.zones` is not known"),
        (WHOLE + '[conversation]\nmessages = ""', "`conversation.messages` has no path"),
        (WHOLE + '[conversation]\nx = ""', "`conversation.x`"),
        (WHOLE + "[constants]\nmodel = {a = 1}", "`model` is no constant"),
    ],
)
def test_faults(text, fault, tmp_path):
    with pytest.raises(BadMapping) as told:
        loaded(tmp_path, text)
    assert fault in told.value.found


def test_all_faults_are_told_at_once(tmp_path, stored):
    with pytest.raises(BadMapping) as told:
        loaded(tmp_path, '[columns]\nasked = "x"\naccount_id = "a["\n[time]\nzone = "Mars"\nunit = "h"')
    stored("bad_mapping.txt", str(told.value).replace(str(tmp_path), "logs") + "\n")


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(BadMapping, match="fault"):
        load_mapping(tmp_path / "none.toml")
