import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.scan import scan


def test_the_findings_of_days_one_after_the_other_are_those_of_all_at_once(once, desk):
    days = desk.traffic.days()
    for first, last in ((0, 3), (3, 5), (5, 6)):
        desk.add("days", desk.log(f"from-{first}", *days[first:last]))
    assert desk.found("days") == once.found("once")
    assert desk.summary("days") == once.summary("once")
    assert desk.found("days")["campaigns"].num_rows


def test_the_findings_are_the_same_however_rows_are_divided(once, desk, mixed):
    for number, rows in enumerate(mixed(desk.traffic.exchanges, 2, 1)):
        desk.add("mixed", desk.log(f"part-{number}", rows))
    assert desk.found("mixed") == once.found("once")
    assert desk.summary("mixed") == once.summary("once")


def test_files_and_rows_that_come_again_are_told_and_counted_once(once, desk):
    days = desk.traffic.days()
    early = desk.log("early", *days[:4])
    assert desk.add("again", early).skipped == ()
    copy, grown = desk.log("copy", *days[:4]), desk.log("grown", *days[2:], days[5])
    done = desk.add("again", early, copy, grown)
    assert done.skipped == (str(copy), str(early))
    again = sum(one.num_rows for one in (*days[2:4], days[5]))
    assert (done.summary.exchanges_count, done.summary.repeated_count) == (desk.traffic.exchanges.num_rows, again)
    assert done.summary.rows_count == desk.traffic.exchanges.num_rows + again
    assert desk.found("again") == once.found("once")


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


def test_a_release_that_is_told_later_is_seen_in_the_days_before(once, desk):
    log = desk.log("all", desk.traffic.exchanges)
    desk.add("told", log, releases=())
    assert desk.summary("told") != once.summary("once")
    desk.add("told", log)
    assert desk.found("told") == once.found("once")


def test_a_scan_without_a_state_tells_the_same_accounts(once, desk):
    log, traffic = desk.log("all", desk.traffic.exchanges), desk.traffic
    scan([str(log)], into=desk.folder / "plain", settings=traffic.settings, releases=traffic.releases)
    plain = pq.read_table(desk.folder / "plain" / "accounts.parquet")
    assert plain["account_id"].to_pylist() == once.found("once")["accounts"]["account_id"].to_pylist()
