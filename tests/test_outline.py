import io
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from stillwatch.findings.statement import Target, Unmet
from stillwatch.outline import campaign_table, few, scan_lines, skipped_files, wants
from stillwatch.traits.registry import all_profiles, all_traits


def test_campaigns_fit_80_columns_whole(scanned):
    console = Console(file=io.StringIO(), width=80, color_system=None)
    console.print(campaign_table(scanned.scan.findings))
    told = console.file.getvalue()
    for finding in scanned.scan.findings:
        assert finding.campaign_id.removeprefix("campaign-") in told
        assert f" {len(finding.members)} " in told
    assert max(map(len, told.splitlines())) <= 80


def test_campaigns_stand_in_the_order_of_the_report(scanned):
    table = campaign_table(scanned.scan.findings[::-1])
    assert list(table.columns[1].cells) == list(campaign_table(scanned.scan.findings).columns[1].cells)


def test_a_campaign_wants_what_it_asks_beyond_the_public():
    targets = (
        Target("coding", 0.5, 0.2),
        Target("other", 0.3, 0.6),
        Target("tool use", 0.2, 0.1),
        Target("a", 0.1, 0.05),
    )
    assert wants(targets) == "coding 50%, tool use 20%"
    assert wants(()) == "what the public does"


def lines_of(summary):
    console = Console(file=io.StringIO(), width=200, color_system=None)
    for line in scan_lines(summary, Path("may")):
        console.print(line)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_what_a_scan_could_not_see_is_told_in_a_line_each(scanned, tmp_path):
    summary = replace(
        scanned.scan.summary,
        set_aside=(("not JSON", 2), ("`asked_at` is absent", 1_000)),
        repeated_count=3,
        passed_over=("logs/a.jsonl.bz2", "logs/b", "logs/c", "logs/d"),
        cleared=(("known customer", 1),),
        blind_traits=(("hosting range", "no `ip`, no list of address ranges"),),
        reference_accounts_count=299,
        keyed=True,
        unmet=(Unmet("releases", 1, 2, ("m",)), Unmet("`declared.excused_accounts`", 4, 4, ("a", "b", "c"))),
        unpriced=("lantern-3", "lantern-4"),
    )
    told = lines_of(summary)
    assert told[1:] == [
        "set aside   1,002 rows: `asked_at` is absent (1,000), not JSON (2)",
        "repeated    3 repeated rows counted once",
        "not read    4 files not named like a log: logs/a.jsonl.bz2, logs/b, logs/c, and 1 more",
        "cleared     known customer (1)",
        "blind       hosting range (no `ip`, no list of address ranges)",
        "unmet       1 of 2 in releases (m), 4 of 4 in `declared.excused_accounts` (a, b, c, ...)",
        "unpriced    no price for lantern-3, lantern-4: no cost of the campaigns that took from them",
        "few         only 299 accounts believed honest to learn from; of fewer than 300 nothing was measured",
        "report      may/report.html",
    ]
    keyless = replace(
        summary,
        set_aside=(),
        passed_over=(),
        cleared=(),
        blind_traits=(),
        reference_accounts_count=300,
        keyed=False,
        unmet=(),
        unpriced=(),
    )
    labels = [line.split("  ")[0].strip() for line in lines_of(keyless)]
    assert labels == ["read", "set aside", "key", "report"]


def test_a_scan_of_logs_that_can_show_nothing_says_so(scanned):
    every = tuple((one.name, "no `ip`") for one in (*all_traits(), *all_profiles()))
    all_but_address = tuple(one for one in every if one[0] != "address")
    two_families = tuple(one for one in all_but_address if one[0] != "payment card")
    dark = "dark        these logs can show no campaign: `stillwatch check` says what to add to them"
    for blind, told in [(every, True), (all_but_address, True), (two_families, False)]:
        summary = replace(scanned.scan.summary, blind_traits=blind, fewest_families=2)
        assert (dark in lines_of(summary)) is told


def test_skipped_files_are_counted_and_named():
    assert skipped_files(["a"]) == "1 file that the state holds already: a"
    assert skipped_files([*"abcd"]) == "4 files that the state holds already: a, b, c, and 1 more"


def test_long_lists_are_cut():
    assert few(["a", "b", "c"]) == "a, b, c"
    assert few(["a", "b", "c", "d", "e"]) == "a, b, c, and 2 more"
