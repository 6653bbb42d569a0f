from datetime import UTC, datetime, timedelta, timezone

from stillwatch.traits.sign_up_hour import SignUpHour

OSLO = timezone(timedelta(hours=1))
CASES = [
    (
        {"account_created_at": datetime(2026, 2, 3, 9, 59, 59, 999_999, UTC)},
        ["2026-02-03T09Z"],
        "the hour, not the minute",
    ),
    ({"account_created_at": datetime(2026, 2, 3, 10, tzinfo=UTC)}, ["2026-02-03T10Z"], "a full hour begins its own"),
    (
        {"account_created_at": datetime(2026, 2, 3, 23, 30, tzinfo=OSLO)},
        ["2026-02-03T22Z"],
        "UTC, wherever it was written",
    ),
    ({"account_created_at": datetime(1969, 12, 31, 23, 30, tzinfo=UTC)}, ["1969-12-31T23Z"], "before 1970 too"),
    ({}, [], "a log that does not know when accounts were opened"),
]


def test_what_is_shown(check_cases):
    check_cases(SignUpHour(), CASES)
