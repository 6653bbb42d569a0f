from collections import Counter
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from stillwatch.errors import FindingUnreadable, NoFindings, NothingToExplain, RecordUnreadable
from stillwatch.explain import AccountExplained, CampaignExplained, ExchangeExplained, open_findings


@pytest.fixture
def found(scanned):
    return open_findings(scanned.findings)


def test_a_campaign_is_explained_by_its_id_or_a_beginning(found):
    for finding in found.findings:
        for given in (finding.campaign_id, finding.campaign_id[:-2], finding.campaign_id.removeprefix("campaign-")[:6]):
            explained = found.explain(given)
            assert isinstance(explained, CampaignExplained)
            assert explained.finding == finding


def test_every_account_is_explained_and_its_reasons_add_up(found):
    for finding in found.findings:
        for rank, member in enumerate(finding.members, 1):
            explained = found.explain(member.account_id)
            assert isinstance(explained, AccountExplained)
            assert (explained.member, explained.rank, explained.campaign_id) == (member, rank, finding.campaign_id)
            assert sum(one.bits for one in explained.reasons) == pytest.approx(member.membership_bits, abs=2e-3)
            assert all(tie.bits >= explained.weakest_bits for tie in explained.strongest_ties)


def test_at_least_two_families_speak_for_every_account(found):
    for finding in found.findings:
        for member in finding.members:
            reasons = found.explain(member.account_id).reasons
            bits = Counter[str]()
            for one in reasons:
                bits[one.family] += one.bits
            assert sum(of >= 3 for of in bits.values()) >= 2
            assert len({one.trait for one in reasons}) == len(reasons)
            assert all(one.seen and one.expected and one.honest_reasons for one in reasons)


def test_reasons_are_counted_again_from_the_rows(found, scanned):
    rows = pq.read_table(scanned.logs, columns=["exchange_id", "account_id", "payment_hash"]).to_pylist()
    card_of = {row["exchange_id"]: row["payment_hash"] for row in rows}
    counted = 0
    for finding in found.findings:
        members = {one.account_id for one in finding.members}
        for member in members:
            for reason in found.explain(member).reasons:
                if reason.trait == "payment card":
                    card = card_of[reason.example_exchange_ids[0]]
                    others = {row["account_id"] for row in rows if row["payment_hash"] == card} & members - {member}
                    assert f"{len(others):,} of the other {len(members) - 1:,} accounts" in reason.seen
                    counted += 1
    assert counted


def test_of_each_family_one_trait_counts_and_it_is_the_strongest(found):
    explained = found.explain(found.findings[0].members[0].account_id)
    for tie in explained.strongest_ties:
        for family in {one.family for one in tie.traits}:
            (counted,) = [one for one in tie.traits if one.family == family and one.is_counted]
            assert counted.bits == max(one.bits for one in tie.traits if one.family == family)
    assert 3 <= explained.ties_count < explained.members_count


def test_an_exchange_is_explained_by_the_evidence_that_names_it(found, scanned):
    finding = found.findings[0]
    for piece in finding.evidence:
        for given in piece.example_exchange_ids:
            explained = found.explain(given)
            assert isinstance(explained, ExchangeExplained)
            assert explained.campaign_id == finding.campaign_id
            assert piece in explained.evidence
    taken = pq.read_table(scanned.findings / "exchanges.parquet").to_pylist()
    named = {name for one in found.findings for piece in one.evidence for name in piece.example_exchange_ids}
    unnamed = next(row for row in taken if row["exchange_id"] not in named)
    explained = found.explain(unnamed["exchange_id"])
    assert (explained.is_extraction, explained.evidence) == (True, ())
    assert explained.campaign_id == unnamed["campaign_id"]


def test_an_id_that_names_nothing_is_told(found, scanned):
    for given in ("acct_nobody", "", "campaign-x"):
        with pytest.raises(NothingToExplain, match="nothing by this id"):
            found.explain(given)


def test_a_beginning_of_two_campaigns_names_both(found):
    twin = replace(found.findings[0], campaign_id="campaign-twin", members=())
    with pytest.raises(NothingToExplain, match=r"campaigns begin so: .*campaign-twin"):
        replace(found, findings=(*found.findings, twin)).explain("campaign-")


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("findings.json", None, NoFindings),
        ("scan.json", None, NoFindings),
        ("findings.json", b'{"a": 1}\n', FindingUnreadable),
        ("scan.json", b"{}", RecordUnreadable),
    ],
)
def test_a_folder_that_is_not_as_it_was_written_is_told(scanned, tmp_path, name, content, error):
    for path in scanned.findings.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(error):
        open_findings(tmp_path)


def test_a_table_that_is_gone_is_told(scanned, tmp_path):
    for name in ("scan.json", "findings.json"):
        (tmp_path / name).write_bytes((scanned.findings / name).read_bytes())
    found = open_findings(tmp_path)
    with pytest.raises(NoFindings, match="links"):
        found.explain(found.findings[0].members[0].account_id)


def test_what_speaks_against_an_account_is_told(found):
    finding = found.findings[0]
    loose = replace(finding.members[0], membership_bits=1.0, exchanges_count=10, extraction_count=1)
    sound = replace(loose, membership_bits=99.0, extraction_count=9)
    strong = replace(finding.members[1], membership_bits=99.0)
    weak, whole = (
        replace(found, findings=(replace(finding, members=(strong, one)),)).explain(one.account_id)
        for one in (loose, sound)
    )
    assert [line.split(" ")[0:3] for line in weak.weak_points if line not in whole.weak_points] == [
        ["It", "is", "held"],
        ["Most", "of", "its"],
    ]
