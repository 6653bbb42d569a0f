import gzip
import json
import random
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import stillwatch
from stillwatch.errors import BadSettings, NotForEngine
from stillwatch.exchanges import Reading
from stillwatch.findings.statement import Release, Unmet
from stillwatch.folder import WRITTEN
from stillwatch.progress import Silent
from stillwatch.scanning import scan
from stillwatch.settings import Settings
from stillwatch.tables import CAMPAIGN_ACCOUNTS, CAMPAIGN_EXCHANGES, CAMPAIGN_REASONS, CAMPAIGNS, EVIDENCE, LINKS
from stillwatch.worlds import make_world

NOW = datetime(2026, 11, 23, tzinfo=UTC)
CANARY = "kanarienvogel"
TABLES = {
    "campaigns.parquet": CAMPAIGNS, "accounts.parquet": CAMPAIGN_ACCOUNTS, "exchanges.parquet": CAMPAIGN_EXCHANGES,
    "evidence.parquet": EVIDENCE, "links.parquet": LINKS, "reasons.parquet": CAMPAIGN_REASONS,
}  # fmt: skip
QUICK = ("one_office", "undeclared_office", "university_class", "benchmark_runner")


def with_canary(exchanges):
    """Exchanges whose every text holds a word that nobody else writes."""
    for name in ("system_text", "prompt_text", "response_text", "reasoning_text"):
        place = exchanges.schema.get_field_index(name)
        texts = pc.binary_join_element_wise(exchanges[name].cast(pa.string()), CANARY, " ")
        exchanges = exchanges.set_column(
            place, exchanges.schema.field(name), texts.cast(exchanges.schema.field(name).type)
        )
    return exchanges


@pytest.fixture(scope="module")
def world():
    made = make_world("hydra", seed=1, scale=0.5)
    return replace(made, exchanges=with_canary(made.exchanges))


@pytest.fixture(scope="module")
def logs(world, tmp_path_factory):
    path = tmp_path_factory.mktemp("logs") / "exchanges.parquet"
    pq.write_table(world.exchanges, path)
    return path


def scanned(sources, into, **given):
    return scan([str(one) for one in sources], into=into, settings=given.pop("settings", Settings()), now=NOW, **given)


@pytest.fixture(scope="module")
def once(world, logs, tmp_path_factory):
    """The folder of a scan, and what the scan gave back."""
    into = tmp_path_factory.mktemp("scan") / "findings"
    releases = tuple(Release(one.model, one.at) for one in world.releases)
    return into, scanned([logs], into, releases=releases, threads=2), releases


def tables_in(folder):
    return {name: (folder / name).read_bytes() for name in TABLES}


def test_the_files_of_the_contract_keep_their_declarations(once):
    into, result, _ = once
    assert {path.name for path in into.iterdir()} == WRITTEN
    for name, declared in TABLES.items():
        table = pq.read_table(into / name)
        declared.check(table, name)
        keys = table.select([column.name for column in declared.key]).to_pylist()
        assert len({tuple(key.values()) for key in keys}) == len(keys) > 0, name
    lines = (into / "findings.json").read_text().splitlines()
    assert len(lines) == len(result.findings) == pq.read_table(into / "campaigns.parquet").num_rows
    assert all(json.loads(line)["class_uid"] == 2004 for line in lines)
    assert json.loads((into / "scan.json").read_text())["summary"]["accounts_count"] == result.summary.accounts_count
    assert "<html" in (into / "report.html").read_text()


def test_the_campaign_is_found_and_nobody_else(once, world):
    _, result, _ = once
    truth = dict(zip(*(world.truth_accounts[name].to_pylist() for name in ("account_id", "campaign")), strict=True))
    flagged = {one.account_id for finding in result.findings for one in finding.members}
    guilty = {account for account, campaign in truth.items() if campaign}
    assert len(result.findings) == 1
    assert flagged <= guilty
    assert len(flagged) >= 0.8 * len(guilty)


def test_its_extraction_is_told_from_its_cover(once, world):
    into, *_ = once
    names = ("exchange_id", "campaign")
    truth = {
        one
        for one, campaign in zip(*(world.truth_exchanges[name].to_pylist() for name in names), strict=True)
        if campaign
    }
    told = set(pq.read_table(into / "exchanges.parquet")["exchange_id"].to_pylist())
    assert len(told & truth) >= 0.7 * len(told)
    assert len(told & truth) >= 0.5 * len(truth)


def test_logs_may_be_named_by_paths(logs, tmp_path):
    done = scan(logs, into=tmp_path / "findings", settings=Settings(), now=NOW)
    assert [one.path for one in done.summary.inputs] == [str(logs)]
    assert json.loads((tmp_path / "findings" / "scan.json").read_text())["sources"] == [str(logs)]


def test_what_was_read_is_counted(once, world):
    _, result, releases = once
    summary = result.summary
    assert (summary.rows_count, summary.exchanges_count) == (world.exchanges.num_rows, world.exchanges.num_rows)
    assert (summary.repeated_count, summary.set_aside, summary.releases) == (0, (), releases)
    assert summary.accounts_count == world.truth_accounts.num_rows
    assert (summary.first_asked_at, summary.last_asked_at) == tuple(
        pc.min_max(world.exchanges["asked_at"]).as_py().values()
    )
    assert summary.candidates_count == len(result.findings) + sum(count for _, count in summary.cleared)
    assert 0 < summary.reference_accounts_count < summary.accounts_count
    assert not summary.keyed


def test_threads_change_not_a_byte(once, logs, tmp_path):
    into, _, releases = once
    scanned([logs], tmp_path / "again", releases=releases, threads=1)
    for path in into.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes(), path.name


@pytest.fixture
def shuffled(world, tmp_path):
    """The same exchanges out of order, in three files of three formats."""
    order = random.Random(2).sample(range(world.exchanges.num_rows), world.exchanges.num_rows)
    table = world.exchanges.take(order)
    third = table.num_rows // 3
    folder = tmp_path / "shuffled"
    folder.mkdir()
    pq.write_table(table.slice(0, third), folder / "z.parquet", row_group_size=700)
    with pa.ipc.new_file(folder / "m.arrow", table.schema) as writer:
        writer.write_table(table.slice(third, third), max_chunksize=500)
    with gzip.open(folder / "a.jsonl.gz", "wt", encoding="utf-8") as lines:
        for row in table.slice(2 * third).to_pylist():
            lines.write(json.dumps(row, default=datetime.isoformat) + "\n")
    return folder


def test_order_files_formats_and_batches_change_no_finding(once, shuffled, tmp_path):
    into, result, releases = once
    small = replace(Settings(), reading=Reading(batch_rows=1_000))
    again = scanned([shuffled], tmp_path / "again", releases=releases, settings=small)
    assert [one.format for one in again.summary.inputs] == ["native"] * 3
    assert again.findings == result.findings
    assert tables_in(tmp_path / "again") == tables_in(into)
    assert (tmp_path / "again" / "findings.json").read_bytes() == (into / "findings.json").read_bytes()


def test_repeated_rows_count_once(once, world, logs, tmp_path):
    into, _, releases = once
    pq.write_table(world.exchanges.slice(100, 2_000), tmp_path / "more.parquet")
    again = scanned([tmp_path / "more.parquet", logs], tmp_path / "again", releases=releases)
    assert (again.summary.repeated_count, again.summary.exchanges_count) == (2_000, world.exchanges.num_rows)
    assert tables_in(tmp_path / "again") == tables_in(into)


class Interrupting(Silent):
    """Interrupts when a stage begins."""

    def __init__(self, at):
        self.at = at

    def stage(self, name, total, unit):
        if name == self.at:
            raise KeyboardInterrupt


@pytest.mark.parametrize("at", ["reading and marking", "weighing links", "stating findings"])
def test_an_interrupted_scan_leaves_nothing(logs, tmp_path, at):
    temporary, into = tmp_path / "temporary", tmp_path / "here" / "findings"
    temporary.mkdir()
    into.parent.mkdir()
    settings = replace(Settings(), temporary_folder=temporary)
    with pytest.raises(KeyboardInterrupt):
        scanned([logs], into, settings=settings, progress=Interrupting(at))
    assert [*temporary.iterdir()] == [*into.parent.iterdir()] == []


def test_an_interrupted_scan_leaves_the_earlier_findings(once, logs, tmp_path):
    into = tmp_path / "findings"
    into.mkdir()
    for path in once[0].iterdir():
        (into / path.name).write_bytes(path.read_bytes())
    with pytest.raises(KeyboardInterrupt):
        scanned([logs], into, progress=Interrupting("stating findings"))
    assert {path.name: path.read_bytes() for path in into.iterdir()} == {
        p.name: p.read_bytes() for p in once[0].iterdir()
    }


def held(folder):
    """How often the canary stands in each file; Parquet files are read, for they are compressed."""
    return {
        path.name: repr(pq.read_table(path).to_pylist()).count(CANARY) if path.suffix == ".parquet"
        else path.read_bytes().count(CANARY.encode()) for path in folder.iterdir()
    }  # fmt: skip


def test_no_text_leaves_the_exchanges(once):
    assert held(once[0]) == dict.fromkeys(WRITTEN, 0)


def test_text_is_shown_only_when_asked_and_only_of_flagged_examples(once, world, logs, tmp_path):
    into, before, releases = once
    result = scanned([logs], tmp_path / "shown", releases=releases, show_text=True)
    texts = dict(zip(*(world.exchanges[name].to_pylist() for name in ("exchange_id", "prompt_text")), strict=True))
    examples = [one for finding in result.findings for one in finding.examples]
    taken = set(pq.read_table(into / "exchanges.parquet")["exchange_id"].to_pylist())
    assert {one.exchange_id for one in examples} <= taken
    assert [one.text for one in examples] == [texts[one.exchange_id] for one in examples]
    found = held(tmp_path / "shown")
    assert {name for name, count in found.items() if count} == {"findings.json", "report.html"}
    assert found["findings.json"] == sum(one.text.count(CANARY) for one in examples)
    assert tables_in(tmp_path / "shown") == tables_in(into)
    assert [replace(one, examples=()) for one in result.findings] == [
        replace(one, examples=()) for one in before.findings
    ]


@pytest.mark.parametrize("story", QUICK)
def test_honest_stories_give_no_campaign(story, tmp_path):
    made = make_world(story, seed=5, scale=0.5)
    pq.write_table(made.exchanges, tmp_path / "exchanges.parquet")
    result = scanned([tmp_path / "exchanges.parquet"], tmp_path / "findings")
    assert result.findings == ()
    for name, declared in TABLES.items():
        declared.check(pq.read_table(tmp_path / "findings" / name), name)
        assert pq.read_table(tmp_path / "findings" / name).num_rows == 0
    assert (tmp_path / "findings" / "findings.json").read_bytes() == b""


def test_the_cards_of_a_declared_organisation_are_shared_by_right(once, logs, tmp_path):
    members = [one.account_id for one in once[1].findings[0].members]
    declared = replace(Settings().declared, organisations={"Queue Ltd": tuple(members)})
    result = scanned([logs], tmp_path / "declared", settings=replace(Settings(), declared=declared))
    assert not {one.account_id for finding in result.findings for one in finding.members} & set(members)


def test_honest_accounts_of_which_none_is_in_the_logs_are_told(logs, tmp_path):
    declared = replace(Settings().declared, honest_accounts=("of another month", "of another lab"))
    with pytest.raises(BadSettings) as caught:
        scanned([logs], tmp_path / "findings", settings=replace(Settings(), declared=declared))
    assert caught.value.found == "`declared.honest_accounts`: 2 declared, none in these logs"
    assert list(tmp_path.iterdir()) == []


def test_the_report_names_no_path_but_those_given(once, logs):
    text = (once[0] / "report.html").read_text()
    assert str(logs) in text
    assert not re.search(r"stillwatch-\w{8}", text), "a temporary folder"
    assert str(Path.home()) not in text.replace(str(logs), "")


def test_the_package_itself_can_be_asked_to_scan():
    code = "import stillwatch; print(callable(stillwatch.scan), stillwatch.scan.__name__)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["True", "scan"]
    with pytest.raises(AttributeError, match="no attribute `scam`"):
        stillwatch.scam  # noqa: B018


def test_an_option_of_the_embedded_engine_is_refused_beside_an_engine(logs, tmp_path):
    for option in ({"state": tmp_path / "state"}, {"format": "native"}, {"mapping": tmp_path}, {"threads": 1}):
        with pytest.raises(NotForEngine) as refused:
            scanned([logs], tmp_path / "findings", engine=object(), **option)
        assert refused.value.found == f"`{next(iter(option))}=`"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("state", [None, "state"])
def test_columns_of_a_mapping_that_no_row_fills_are_unmet(state, tmp_path):
    paths = {"exchange_id": "id", "asked_at": "at", "account_id": "who", "ip": "addres", "prompt_text": "said"}
    (tmp_path / "m.toml").write_text("[columns]\n" + "".join(f'{name} = "{path}"\n' for name, path in paths.items()))
    rows = [
        {"id": str(n), "at": f"2026-11-20T10:{n:02}:00Z", "who": f"a{n % 6}", "said": f"Say {n}"} for n in range(40)
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    given = {"mapping": tmp_path / "m.toml", "state": tmp_path / state if state else None, "threads": 1}
    done = scanned([tmp_path / "a.jsonl"], tmp_path / "may", **given)
    assert done.summary.unmet == (Unmet("the mapping", 1, 5, ("ip",)),)
    assert "in the mapping: <bdi>ip</bdi>" in (tmp_path / "may/report.html").read_text()
    if state:
        assert scanned([tmp_path / "a.jsonl"], tmp_path / "may", **given).summary.unmet == ()
