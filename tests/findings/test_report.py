import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from stillwatch.findings.report import render_report, write_report
from stillwatch.findings.statement import FEWEST_BELIEVED, Unmet
from stillwatch.traits.registry import listed_traits

UNSEEN = {"style", "script", "svg", "title", "head"}
LINES = {
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "tr",
    "li",
    "div",
    "section",
    "summary",
    "caption",
    "blockquote",
    "dt",
    "dd",
    "button",
}
CELLS = {"th", "td", "dd"}
VOID = {"meta", "link", "img", "br", "input", "hr"}


class Page(HTMLParser):
    """Reads a page: its visible text in lines, its elements, and whether they close in order."""

    def __init__(self, html):
        super().__init__()
        self.text, self.elements, self.open = [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)
        self.text.append("\n" if tag in LINES else " | " if tag in CELLS else "")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        self.text.append("\n" if tag in LINES else "")

    def handle_data(self, data):
        if not UNSEEN & set(self.open):
            self.text.append(data.replace("\n", " "))

    @property
    def lines(self):
        lines = (re.sub(r"\s+", " ", line).strip(" |") for line in "".join(self.text).split("\n"))
        return [line for line in lines if line]

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def page(sample_findings, sample_summary):
    return Page(render_report(sample_findings, sample_summary))


@pytest.fixture
def empty(sample_summary):
    return Page(render_report([], replace(sample_summary, set_aside=(), cleared=(), candidates_count=0)))


def test_the_visible_text_is_the_stored_one(page, stored):
    stored("report.txt", "\n".join(page.lines) + "\n")


def test_the_visible_text_of_a_report_without_findings_is_the_stored_one(empty, stored):
    stored("report-empty.txt", "\n".join(empty.lines) + "\n")


def test_a_scan_that_could_see_nothing_does_not_read_as_one_that_found_nothing(sample_summary, empty):
    blind = tuple((one.name, "no `ip`") for one in listed_traits() if one.family != "timing")
    html = render_report([], replace(sample_summary, blind_traits=blind))
    told = "\n".join(Page(html).lines)
    assert "These logs can show no campaign\n" in told
    assert "That nothing is found says nothing of these accounts." in told
    assert "<title>These logs can show no campaign" in html
    for said in ("No campaign found", "A campaign would show here"):
        assert said not in html
        assert said in "\n".join(empty.lines)


def test_the_same_findings_in_any_order_give_the_same_bytes(sample_findings, sample_summary, tmp_path):
    for name, given in (("a", sample_findings), ("b", sample_findings[::-1])):
        write_report(given, sample_summary, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert b"\r" not in (tmp_path / "a").read_bytes()


def test_everything_closes_in_order_and_ids_are_unique(page, empty):
    for each in (page, empty):
        assert each.open == []
        ids = [attributes["id"] for _, attributes in each.elements if "id" in attributes]
        assert len(ids) == len(set(ids))
        for _, attributes in each.elements:
            named = [*attributes.get("aria-labelledby", "").split(), attributes.get("href", "#summary")[1:]]
            assert set(named) <= set(ids)


def test_headings_go_down_one_step_at_a_time_from_one_h1(page, empty):
    for each in (page, empty):
        levels = [int(tag[1]) for tag, _ in each.elements if re.fullmatch(r"h[1-6]", tag)]
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))


def test_nothing_comes_from_outside_and_the_policy_allows_only_what_is_inline(sample_findings, sample_summary):
    html = render_report(sample_findings, sample_summary)
    page = Page(html)
    assert not page.all("link")
    assert not page.all("img")
    assert not any({"src", "style", "onclick", "onerror"} & attributes.keys() for _, attributes in page.elements)
    [policy] = [meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        [content] = re.findall(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        assert base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() in policy


def test_hostile_strings_stay_text(page, sample_findings, sample_summary):
    html = render_report(sample_findings, sample_summary)
    assert len(page.all("script")) == 1
    assert "\u202e" not in html
    assert "\x1b" not in html
    assert "{{7*7}}[U+202E]gpj.exe[U+001B][31m" in "\n".join(page.lines)


def test_text_is_shown_only_where_a_finding_carries_it(page, alone_finding, sample_summary):
    alone = Page(render_report([alone_finding], sample_summary))
    assert not alone.all("blockquote")
    assert any("--show-text" in line for line in alone.lines)
    assert len(page.all("blockquote")) == 4


def test_a_text_that_is_too_long_is_cut_and_says_so(hydra_finding, sample_summary):
    long = replace(hydra_finding, examples=(replace(hydra_finding.examples[0], text="é" * 50_000),))
    lines = Page(render_report([long], sample_summary)).lines
    assert any(line.endswith("(cut here, of 50,000 characters)") for line in lines)
    assert max(map(len, lines)) < 21_000


def test_accounts_beyond_what_is_listed_are_counted(hydra_finding, sample_summary):
    many = tuple(replace(hydra_finding.members[0], account_id=f"a{i}") for i in range(8_500))
    lines = Page(render_report([replace(hydra_finding, members=many, ties=())], sample_summary)).lines
    assert any("500 more are in accounts.parquet" in line for line in lines)


def test_what_the_scan_learned_from_too_few_and_what_names_nothing_are_told(empty, sample_summary):
    unmet = (Unmet("`declared.excused_accounts`", 4, 9, ("a", "<b>", "c")), Unmet("releases", 1, 1, ("m",)))
    few = replace(sample_summary, reference_accounts_count=FEWEST_BELIEVED - 1, unmet=unmet)
    told = " ".join(Page(render_report([], few)).lines)
    assert "That is few." in told
    assert "4 of 9 in declared.excused_accounts" in told.replace("`", "")
    assert "<b>" in told
    assert "and more" in told
    assert "That is few." not in " ".join(empty.lines)
    assert "These names were given" not in " ".join(empty.lines)


def test_models_without_a_price_are_named_beside_the_cost_that_is_not_known(alone_finding, sample_summary):
    partly = replace(alone_finding, taken=replace(alone_finding.taken, unpriced=("lantern-4", "<b>")))
    for finding, told in ((partly, "no price for lantern-4, <b>"), (alone_finding, "no prices given")):
        assert told in Page(render_report([finding], sample_summary)).lines


def test_every_image_has_a_text_or_stands_beside_one(page):
    for attributes in page.all("svg"):
        assert attributes.get("aria-hidden") == "true" or attributes.get("role") == "img"


def test_twenty_campaigns_of_two_thousand_accounts_stay_small(hydra_finding, sample_summary):
    names = [f"acct_{i:04}_{'x' * 20}" for i in range(2_000)]
    many = tuple(replace(hydra_finding.members[i % 225], account_id=name) for i, name in enumerate(names))
    ties = tuple(
        replace(hydra_finding.ties[0], account_a=names[j], account_b=names[i], bits=float(i % 17))
        for i in range(1, 300)
        for j in range(max(0, i - 3), i)
    )
    findings = [replace(hydra_finding, campaign_id=f"c{n}", members=many, ties=ties) for n in range(20)]
    html = render_report(findings, sample_summary)
    assert html.count('<circle class="account') == 20 * 150
    assert len(html.encode()) < 5_000_000
