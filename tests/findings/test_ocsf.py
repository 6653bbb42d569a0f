import json
from dataclasses import is_dataclass, replace
from datetime import UTC, datetime
from types import NoneType
from typing import get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stillwatch.errors import FindingUnreadable
from stillwatch.findings.ocsf import finding_from_ocsf, ocsf_lines
from stillwatch.findings.statement import Finding, ScanSummary

# What the class and its objects require, by the schema's own files (1.8).
REQUIRED = {"activity_id", "category_uid", "class_uid", "finding_info", "metadata", "severity_id", "time", "type_uid"}


@pytest.fixture
def events(sample_findings, sample_summary):
    return [json.loads(line) for line in ocsf_lines(sample_findings, sample_summary)]


def test_each_event_has_what_the_class_requires(events):
    for event in events:
        assert not REQUIRED - event.keys()
        assert (event["category_uid"], event["class_uid"], event["type_uid"]) == (2, 2004, 200401)
        assert event["metadata"]["version"] == "1.8.0"
        assert event["metadata"]["product"]["name"] == "Stillwatch"
        assert event["finding_info"]["uid"]
        assert event["finding_info"]["analytic"]["name"]
        assert event["finding_info"]["analytic"]["type_id"] == 3


def test_enumerated_values_agree_with_their_captions(events):
    severities = {2: "Low", 3: "Medium", 4: "High", 5: "Critical"}
    for event in events:
        assert event["severity"] == severities[event["severity_id"]]
        assert event["confidence"] == {1: "Low", 2: "Medium", 3: "High"}[event["confidence_id"]]
        assert (event["status_id"], event["status"]) == (1, "New")
        assert 0 <= event["confidence_score"] <= 100


def test_every_evidence_has_data_and_every_observable_a_name_and_type(events):
    for event in events:
        assert all(evidence["data"] for evidence in event["evidences"])
        assert {(o["name"], o["type_id"]) for o in event["observables"]} == {
            ("unmapped.finding.members.account_id", 35)
        }


def test_times_are_milliseconds_and_come_from_the_finding(events, hydra_finding):
    event = next(event for event in events if event["finding_info"]["uid"] == hydra_finding.campaign_id)
    assert event["time"] == event["end_time"] == int(hydra_finding.last_seen_at.timestamp()) * 1000
    assert event["start_time"] == int(hydra_finding.first_seen_at.timestamp()) * 1000


def test_the_loss_decides_severity_and_not_confidence(hydra_finding, sample_summary):
    taken = [999, 1_000, 10_000, 1_000_000]
    lines = [
        json.loads(next(ocsf_lines([replace(hydra_finding, taken=replace(hydra_finding.taken, exchanges_count=n))],
                                   sample_summary)))
        for n in taken
    ]  # fmt: skip
    assert [line["severity_id"] for line in lines] == [2, 3, 4, 5]


def test_the_highest_score_is_kept_for_certainty(hydra_finding, sample_summary):
    [line] = ocsf_lines([replace(hydra_finding, confidence=0.99999)], sample_summary)
    assert json.loads(line)["confidence_score"] == 99


def test_lines_are_the_same_in_any_order_and_have_sorted_keys(sample_findings, sample_summary):
    lines = list(ocsf_lines(sample_findings, sample_summary))
    assert lines == list(ocsf_lines(sample_findings[::-1], sample_summary))
    for line in lines:
        assert b"\n" not in line
        assert json.dumps(json.loads(line), sort_keys=True) == json.dumps(json.loads(line))


def test_findings_come_back_equal(sample_findings, sample_summary):
    back = {finding_from_ocsf(line) for line in ocsf_lines(sample_findings, sample_summary)}
    assert back == set(sample_findings)


SIMPLE = {
    datetime: st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    float: st.floats(allow_nan=False, allow_infinity=False),
    int: st.integers(0, 2**53),
    str: st.text(st.characters(exclude_categories=["Cs"])),
    bool: st.booleans(),
    NoneType: st.none(),
}


def any_of(kind):
    """Every value of a type that the statement uses: simple ones, dataclasses, tuples and unions of them."""
    if kind in SIMPLE:
        return SIMPLE[kind]
    parts = get_args(kind)
    if is_dataclass(kind):
        return st.builds(kind, **{name: any_of(part) for name, part in get_type_hints(kind).items()})
    if get_origin(kind) is tuple:
        return st.lists(any_of(parts[0]), max_size=3).map(tuple) if parts[-1] is ... else st.tuples(*map(any_of, parts))
    return st.one_of(*map(any_of, parts))


@settings(max_examples=60)
@given(any_of(Finding), st.floats(0, 1), any_of(ScanSummary))
def test_any_finding_comes_back_equal(finding, confidence, summary):
    finding = replace(finding, confidence=confidence)
    [line] = ocsf_lines([finding], summary)
    assert finding_from_ocsf(line) == finding


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("not-json", b"{"),
        ("another-class", b'{"class_uid": 2003, "unmapped": {}}'),
        ("not-text", b"\xff\xfe"),
    ],
)
def test_a_line_that_is_not_ours_is_refused_in_five_lines(name, line, stored):
    with pytest.raises(FindingUnreadable) as refused:
        finding_from_ocsf(line)
    stored(f"errors/{name}.txt", f"{refused.value}\n")


def test_an_event_of_another_class_is_refused(hydra_finding, sample_summary):
    [line] = ocsf_lines([hydra_finding], sample_summary)
    with pytest.raises(FindingUnreadable, match="cannot be read back") as refused:
        finding_from_ocsf(line.replace(b'"class_uid":2004', b'"class_uid":2003'))
    assert refused.value.found == "an event of class 2003"
