import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.log_errors import NoRows
from stillwatch.scanning import scan
from stillwatch.state_errors import StateAmongFindings


def adoption(desk, state):
    """How many campaigns are told to have taken up the new model."""
    return desk.found(state)["evidence"]["trait"].to_pylist().count("early adoption")


def test_the_findings_of_days_one_after_the_other_are_those_of_all_at_once(once, desk):
    """A release of the second day is told with the last: it is seen in the days before as well."""
    days, releases = desk.traffic.days(), desk.traffic.releases
    for first, last, told in ((0, 1, ()), (1, 3, ()), (3, 4, releases)):
        desk.add("days", desk.log(f"from-{first}", *days[first:last]), releases=told)
        assert (adoption(desk, "days") > 0) == bool(told)
    assert desk.found("days") == once.found("once")
    assert desk.summary("days") == once.summary("once")
    assert desk.found("days")["campaigns"].num_rows


def test_the_findings_are_the_same_however_rows_are_divided(once, desk, mixed):
    for number, rows in enumerate(mixed(desk.traffic.exchanges, 2, 1)):
        desk.add("mixed", desk.log(f"part-{number}", rows))
    assert desk.found("mixed") == once.found("once")
    assert desk.summary("mixed") == once.summary("once")


def test_files_and_rows_that_come_again_are_told_and_counted_once(once, desk, begun):
    days = desk.traffic.days()
    copy, grown = desk.log("copy", *days[:2]), desk.log("grown", *days[1:], days[3])
    done = desk.add("kept", begun, copy, grown)
    assert {*done.skipped} == {str(copy), str(begun)}
    again = sum(one.num_rows for one in (days[1], days[3]))
    assert (done.summary.exchanges_count, done.summary.repeated_count) == (desk.traffic.exchanges.num_rows, again)
    assert done.summary.rows_count == desk.traffic.exchanges.num_rows + again
    assert desk.found("kept") == once.found("once")


@pytest.mark.parametrize("text", ["", '{"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "embeddings m"}]}]}]}'])
def test_new_files_without_an_exchange_end_no_scan_of_the_days_that_are_there(desk, begun, text):
    idle = desk.folder / "idle.jsonl"
    idle.write_text(text)
    done = desk.add("kept", begun, idle)
    assert done.summary.exchanges_count == sum(one.num_rows for one in desk.traffic.days()[:2])
    assert done.skipped == (str(begun),)
    assert {*desk.add("kept", begun, idle).skipped} == {str(begun), *([str(idle)] if text else [])}
    with pytest.raises(NoRows):
        desk.add("new", idle)


def test_an_id_that_comes_again_on_a_later_day_is_the_earlier_exchange(desk):
    first, second = desk.traffic.days()[:2]
    ids = pa.chunked_array([[*first["exchange_id"].to_pylist()[:3], *second["exchange_id"].to_pylist()[3:]]])
    place = second.schema.get_field_index("exchange_id")
    second = second.set_column(place, second.schema.field("exchange_id"), ids)
    assert desk.add("late", desk.log("second", second)).summary.exchanges_count == second.num_rows
    late = desk.add("late", desk.log("first", first)).summary
    at_once = desk.add("at_once", desk.log("both", first, second)).summary
    assert late.exchanges_count == at_once.exchanges_count == first.num_rows + second.num_rows - 3
    assert late.repeated_count == at_once.repeated_count == 3


@pytest.mark.parametrize(("into", "state"), [("out", "out/state"), ("out/found", "out")])
def test_a_state_in_the_findings_is_refused_before_anything_is_read(desk, into, state):
    with pytest.raises(StateAmongFindings):
        scan(["nowhere"], into=desk.folder / into, state=desk.folder / state, settings=desk.traffic.settings)
    assert not (desk.folder / "out").exists()


def test_a_scan_without_a_state_tells_the_same_accounts(once, desk):
    log, traffic = desk.log("all", desk.traffic.exchanges), desk.traffic
    scan([str(log)], into=desk.folder / "plain", settings=traffic.settings, releases=traffic.releases)
    plain = pq.read_table(desk.folder / "plain" / "accounts.parquet")
    assert plain["account_id"].to_pylist() == once.found("once")["accounts"]["account_id"].to_pylist()


def test_files_that_are_not_named_like_logs_are_told(begun, desk):
    desk.log("third", desk.traffic.days()[2])
    (desk.folder / "logs" / "third.parquet.bak").write_bytes(b"")
    done = desk.add("kept", begun, desk.folder / "logs")
    assert done.summary.passed_over == (str(desk.folder / "logs" / "third.parquet.bak"),)
