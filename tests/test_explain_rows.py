import polars as pl
import pytest

from stillwatch.errors import NothingToExplain
from stillwatch.explain import open_findings
from stillwatch.explain_rows import explain_with_rows


@pytest.fixture
def found(scanned):
    return open_findings(scanned.findings)


@pytest.fixture(scope="session")
def logged(scanned):
    return pl.read_parquet(scanned.logs)


def test_the_rows_of_a_campaign_are_those_that_its_evidence_names(found, scanned):
    finding = found.findings[0]
    named = {name for piece in finding.evidence for name in piece.example_exchange_ids}
    _, rows = explain_with_rows(found, finding.campaign_id, [str(scanned.logs)], show_text=False)
    assert 0 < len(rows) <= 10
    assert {row["exchange_id"] for row in rows} <= named
    assert [row["asked_at"] for row in rows] == sorted(row["asked_at"] for row in rows)
    assert not any("text" in name for row in rows for name in row)


def test_the_rows_of_an_account_are_its_earliest(found, scanned, logged):
    account = found.findings[0].members[0].account_id
    _, rows = explain_with_rows(found, account, [str(scanned.logs)] * 2, show_text=True)
    own = logged.filter(pl.col("account_id") == account).sort("asked_at", "exchange_id").head(10)
    assert [row["exchange_id"] for row in rows] == own["exchange_id"].to_list()
    assert [row["prompt_text"] for row in rows] == own["prompt_text"].to_list()


def test_an_exchange_of_a_member_that_was_not_taken_is_cover(scanned, tmp_path):
    for path in scanned.findings.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    taken = pl.read_parquet(scanned.findings / "exchanges.parquet")
    named = {name for one in scanned.scan.findings for piece in one.evidence for name in piece.example_exchange_ids}
    given, campaign = taken.filter(~pl.col("exchange_id").is_in(named)).select("exchange_id", "campaign_id").row(0)
    taken.filter(pl.col("exchange_id") != given).write_parquet(tmp_path / "exchanges.parquet")
    found = open_findings(tmp_path)
    with pytest.raises(NothingToExplain):
        found.explain(given)
    explained, rows = explain_with_rows(found, given, [str(scanned.logs)], show_text=False)
    assert (explained.is_extraction, explained.exchange_id, explained.campaign_id) == (False, given, campaign)
    assert [row["exchange_id"] for row in rows] == [given]


def test_an_exchange_of_no_member_is_told_as_unknown(found, scanned, logged):
    members = [member.account_id for one in found.findings for member in one.members]
    honest = logged.filter(~pl.col("account_id").is_in(members))["exchange_id"][0]
    for given in (honest, "nothing"):
        with pytest.raises(NothingToExplain):
            explain_with_rows(found, given, [str(scanned.logs)], show_text=False)
