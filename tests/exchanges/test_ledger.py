import pytest

from stillwatch.exchanges.ledger import FileCount, Ledger, SetAside, judge
from stillwatch.exchanges.reading import Reading
from stillwatch.log_errors import MissingColumn, TimesInFuture, TimesWithoutZone, TooManyBadRows


def counted(rows_count, *reasons, file="logs/a.jsonl"):
    count = FileCount(rows_count)
    for line, reason in enumerate(reasons, 1):
        count.set_aside(SetAside(file, line, reason), examples_kept=2)
    return count


def test_files_are_counted_together():
    ledger = Ledger(("a", "b", "c"), examples_kept=3)
    ledger.files["a"], ledger.files["b"] = counted(5, "x", "x", "x", file="a"), counted(7, "y", "x", file="b")
    ledger.files["b"].passed_over_count = 4
    assert (ledger.rows_count, ledger.set_aside_count, ledger.passed_over_count) == (12, 5, 4)
    assert ledger.reasons == {"x": 4, "y": 1}
    ledger.files["a"].left_out["z"], ledger.files["b"].left_out["z"] = 1, 2
    assert ledger.left_out == {"z": 3}
    assert ledger.examples == (SetAside("a", 1, "x"), SetAside("a", 2, "x"), SetAside("b", 1, "y"))


def test_the_first_of_each_reason_is_kept():
    assert [row.line for row in counted(0, "x", "x", "x", "y").examples] == [1, 2, 4]


@pytest.mark.parametrize(
    ("rows_count", "reasons", "share"),
    [(0, [], 0.05), (95, ["x"] * 5, 0.05), (0, ["x"], 1.0), (100, [], 0.0)],
)  # fmt: skip
def test_a_share_within_the_bound_passes(rows_count, reasons, share):
    judge({"a": counted(rows_count, *reasons)}, Reading(largest_bad_share=share), "do this")


@pytest.mark.parametrize(
    ("rows_count", "reasons", "kind"),
    [
        (94, ["not JSON, or cut off"] * 5 + ["`asked_at` has no time zone"], TooManyBadRows),
        (0, ["`asked_at` has no time zone"] * 3 + ["x"], TimesWithoutZone),
        (9, ["`asked_at` is in the future"] * 3, TimesInFuture),
        (0, ["`account_id` is absent"] * 3 + ["`asked_at` is absent"], MissingColumn),
        (1, ["`account_id` is absent"] * 3, TooManyBadRows),
    ],
)  # fmt: skip
def test_too_many_bad_rows_stop_and_say_why(rows_count, reasons, kind, stored):
    with pytest.raises(kind) as told:
        judge({"logs/a.jsonl": counted(rows_count, *reasons)}, Reading(), "write `account_id` beside `request`")
    assert type(told.value) is kind
    stored(f"judged_{kind.__name__}_{rows_count}.txt", f"{told.value}\n")
