from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.errors import TableMismatch
from stillwatch.findings.write import (
    accounts_table,
    campaigns_table,
    evidence_table,
    links_within,
    name_campaigns,
    write_batches,
    write_table,
)
from stillwatch.links.shown import Shown
from stillwatch.links.weigh import Weighed
from stillwatch.tables import CAMPAIGN_ACCOUNTS, CAMPAIGN_EXCHANGES, CAMPAIGNS, EVIDENCE

KINDS = [(campaigns_table, CAMPAIGNS), (accounts_table, CAMPAIGN_ACCOUNTS), (evidence_table, EVIDENCE)]


@pytest.mark.parametrize(("make", "declared"), KINDS)
def test_tables_keep_their_declarations(make, declared, sample_findings, tmp_path):
    for findings in ((), sample_findings):
        path = tmp_path / f"{len(findings)}.parquet"
        write_table(declared, make(findings), path)
        assert pq.read_schema(path).remove_metadata() == declared.schema
    keys = pq.read_table(path).select([column.name for column in declared.key]).to_pylist()
    assert len({tuple(key.values()) for key in keys}) == len(keys) > 0


def test_a_row_for_each_campaign_account_and_piece(sample_findings):
    assert campaigns_table(sample_findings)["accounts_count"].to_pylist() == [
        len(one.members) for one in sample_findings
    ]
    assert accounts_table(sample_findings).num_rows == sum(len(one.members) for one in sample_findings)
    assert evidence_table(sample_findings).num_rows == sum(len(one.evidence) for one in sample_findings)


def test_numbers_are_those_of_the_finding(hydra_finding):
    [row] = campaigns_table([hydra_finding]).to_pylist()
    for name in (
        "campaign_id",
        "confidence",
        "coordination_bits",
        "extraction_bits",
        "false_alarm_rate",
        "first_seen_at",
    ):
        assert row[name] == getattr(hydra_finding, name)
    assert row["extraction_count"] == hydra_finding.taken.exchanges_count
    first = evidence_table([hydra_finding]).to_pylist()[0]
    piece = hydra_finding.evidence[0]
    assert (first["evidence_bits"], first["seen"], first["expected"]) == (piece.bits, piece.seen, piece.expected)
    assert first["example_exchange_ids"] == [*piece.example_exchange_ids]


def test_batches_are_written_one_by_one(tmp_path):
    path = tmp_path / "exchanges.parquet"
    batches = [pa.record_batch({"campaign_id": ["c"] * 2, "exchange_id": [f"{n}", f"{n}b"]}) for n in range(3)]
    write_batches(CAMPAIGN_EXCHANGES, batches, path)
    assert pq.read_table(path).num_rows == 6
    write_batches(CAMPAIGN_EXCHANGES, (), path)
    assert pq.read_schema(path) == CAMPAIGN_EXCHANGES.schema


def test_campaigns_are_numbered_in_the_order_of_their_ids(sample_findings):
    ids = sorted(one.campaign_id for one in sample_findings)
    assert len(ids) > 1
    batch = pa.record_batch({"place": pa.array([1, 0, 1]), "exchange_id": ["a", "b", "c"]})
    [named] = name_campaigns([batch], sample_findings)
    assert named.to_pydict() == {"campaign_id": [ids[1], ids[0], ids[1]], "exchange_id": ["a", "b", "c"]}


def test_links_between_campaigns_are_not_those_of_any(hydra_finding, hostile_finding, alone_finding):
    found = [replace(one, members=one.members[:2]) for one in (hydra_finding, alone_finding, hostile_finding)]
    first, [alone], second = ([member.account_id for member in one.members] for one in found)
    names = sorted([*first, *second, alone, "acct_nobody", "acct_none"])
    pairs = [(*first,), (*second,), (first[0], second[0]), (first[1], alone), (second[1], "acct_nobody")]
    pairs += [("acct_nobody", "acct_none")]
    a, b = np.array([sorted(map(names.index, pair)) for pair in pairs]).T
    nothing = np.zeros((len(pairs), 0))
    links = Weighed(a, b, nothing, nothing, nothing, *np.zeros((2, len(pairs))), np.zeros(len(pairs), np.int64))
    shown = Shown(pa.array(names), (), (), np.full(len(names), -1))
    kept = links_within(links, shown, found)
    assert [*zip(kept.a, kept.b, strict=True)] == [*zip(a[:2], b[:2], strict=True)]
    assert len(links_within(links, shown, ()).a) == 0


def test_a_table_that_breaks_its_declaration_is_not_written(tmp_path):
    path = tmp_path / "campaigns.parquet"
    with pytest.raises(TableMismatch):
        write_table(CAMPAIGNS, pa.table({"campaign_id": ["c"]}), path)
    assert not path.exists()
