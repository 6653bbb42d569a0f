import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stillwatch.errors import ListUnreadable, ReleasesUnreadable
from stillwatch.findings.describe import Indicator
from stillwatch.findings.statement import Release
from stillwatch.operator_lists import read_indicators, read_releases

MAY, JUNE = datetime(2026, 5, 1, 12, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
KNOWN = {"actor": "HAZEL-9", "kind": "TLS client", "value": "t13d1516h2", "source": "bulletin 118"}


def written(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "r.json",
            '[{"model": "m-2", "time": "2026-06-01T00:00:00Z"}, {"model": "m-1", "time": "2026-05-01T14:00+02:00"}]',
        ),
        ("r.csv", "\ufefftime,model,note\n2026-05-01T12:00:00Z, m-1 ,x\n2026-06-01T00:00:00+00:00,m-2,\n"),
        (
            "r.toml",
            "[[releases]]\nmodel='m-2'\ntime='2026-06-01T00:00Z'\n[[releases]]\nmodel='m-1'\ntime=2026-05-01T12:00:00Z",
        ),
    ],
)
def test_releases_are_read_in_the_order_of_their_times(tmp_path, name, text):
    assert read_releases(written(tmp_path, name, text)) == (Release("m-1", MAY), Release("m-2", JUNE))


def test_all_faults_of_releases_are_told_at_once(tmp_path, monkeypatch, stored):
    rows = [{"model": "m"}, {"model": "m", "time": "soon"}, {"model": "m", "time": "2026-05-01T12:00"}, 5]
    far = ("0001-01-01T00:00:00+05:00", "0001-01-01", "9999-12-31T23:59:59-05:00")
    rows += [{"model": "m", "time": one} for one in far]
    written(tmp_path, "releases.json", json.dumps(rows))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ReleasesUnreadable) as caught:
        read_releases(Path("releases.json"))
    stored("errors/releases_faults.txt", f"{caught.value}\n")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("r.json", "{"),
        ("r.json", "{}"),
        ("r.json", "[" * 100_000),
        ("r.toml", "a = 1"),
        ("r.toml", "["),
        ("r.csv", 'model,time\n"m,x'),
        ("no.csv", None),
    ],
)
def test_what_is_no_list_is_told(tmp_path, name, text):
    path = tmp_path / name if text is None else written(tmp_path, name, text)
    with pytest.raises(ReleasesUnreadable):
        read_releases(path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("i.json", json.dumps([KNOWN, KNOWN])),
        ("i.csv", ",".join(KNOWN) + "\n" + ",".join(KNOWN.values())),
        ("i.toml", "[[indicators]]\n" + "\n".join(f"{key} = '{value}'" for key, value in KNOWN.items())),
        ("i.json", json.dumps([KNOWN | {"kind": "tls CLIENT "}])),
    ],
)
def test_indicators_are_read_once_each(tmp_path, name, text):
    assert read_indicators(written(tmp_path, name, text)) == (
        Indicator("HAZEL-9", "TLS client", "t13d1516h2", "bulletin 118"),
    )


def test_a_domain_is_read_as_logs_are(tmp_path):
    rows = [KNOWN | {"kind": "e-mail domain", "value": value} for value in ("@Evil.com", "evil.com")]
    rows.append(KNOWN | {"kind": "client stack", "value": "@Evil"})
    read = read_indicators(written(tmp_path, "i.json", json.dumps(rows)))
    assert [one.value for one in read] == ["@Evil", "evil.com"]


def test_all_faults_of_indicators_are_told_at_once(tmp_path, monkeypatch, stored):
    rows = [KNOWN | {"kind": "TLS-client"}, {"actor": "x", "value": "y"}, KNOWN | {"kind": "moon phase"}]
    written(tmp_path, "indicators.json", json.dumps(rows))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ListUnreadable) as caught:
        read_indicators(Path("indicators.json"))
    stored("errors/indicators_faults.txt", f"{caught.value}\n")
