from datetime import UTC, datetime

from stillwatch.exchanges import Reading, survey_logs
from stillwatch.tables import EXCHANGES


def test_what_was_understood(written, row, opened):
    rows = [row(exchange_id=str(i), asked_at=f"2026-11-{10 + i}T00:00:00Z", account_id=f"a{i % 3}") for i in range(10)]
    rows[0]["ip"], rows[1]["ip"], rows[2]["turn"] = "192.0.2.1", "", "second"
    survey = survey_logs(opened(written("a.jsonl", *rows, b"no\n"), reading=Reading(0.5)))
    assert [column.name for column in survey.columns] == list(EXCHANGES.names)
    shares = {column.name: column.null_share for column in survey.columns}
    assert (shares["exchange_id"], shares["ip"], shares["model"]) == (0, 0.9, 1)
    assert "ip" not in survey.silent
    assert "model" in survey.silent
    assert (survey.rows_count, survey.accounts_count, survey.set_aside) == (10, 3, (("not JSON, or cut off", 1),))
    assert survey.left_out == (("`turn` is not a number", 1),)
    assert (survey.first_asked_at, survey.last_asked_at) == (
        datetime(2026, 11, 10, tzinfo=UTC),
        datetime(2026, 11, 19, tzinfo=UTC),
    )
    assert [file.format for file in survey.files] == ["native"]
    assert next(column.type for column in survey.columns if column.name == "asn") == "uint32"


def test_a_column_of_empty_lists_is_found_and_holds_nothing(written, row, opened):
    rows = [row(exchange_id=str(i), history_digests=[], tools_offered=["search"][:i]) for i in range(3)]
    told = {one.name: one for one in survey_logs(opened(written("a.jsonl", *rows))).columns}
    assert {name: (told[name].found, told[name].holds_any) for name in ("history_digests", "tools_offered", "ip")} == {
        "history_digests": (True, False),
        "tools_offered": (True, True),
        "ip": (False, False),
    }
