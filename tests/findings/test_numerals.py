from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.findings import numerals


@pytest.mark.parametrize(
    ("part", "written"),
    [(0, "0%"), (1, "100%"), (0.5, "50%"), (0.118, "12%"), (0.0996, "10%"), (0.019, "1.9%"), (0.00031, "0.03%"),
     (0.00009, "<0.01%"), (0.981, "98.1%"), (0.9962, "99.6%"), (0.99989, "99.99%"), (0.999999, ">99.99%")],
)  # fmt: skip
def test_shares(part, written):
    assert numerals.share(part) == written


@given(st.floats(1e-12, 1 - 1e-12))
def test_a_share_is_never_rounded_to_none_or_all(part):
    assert numerals.share(part) not in {"0%", "0.0%", "0.00%", "100%", "100.0%", "100.00%"}


@pytest.mark.parametrize(
    ("number", "written"),
    [(0, "0"), (9_999, "9,999"), (10_000, "10 k"), (999_960, "1 M"), (28_800_000, "28.8 M"), (2_100_000_000, "2.1 G"),
     (5 * 10**12, "5 T")],
)  # fmt: skip
def test_short_counts(number, written):
    assert numerals.short_count(number) == written


def test_instants_are_told_in_utc_whatever_their_zone():
    at = datetime(2026, 10, 4, 1, 30, tzinfo=timezone(timedelta(hours=8)))
    assert numerals.instant(at) == "3 Oct 2026, 17:30 UTC"
    assert numerals.short_day(at) == "3 Oct"
    assert numerals.machine_instant(at) == "2026-10-03T17:30:00Z"
    assert numerals.sortable_instant(at) == "2026-10-03 17:30"
    assert numerals.instant(datetime(2026, 1, 2, 3, 4)) == "2 Jan 2026, 03:04 UTC"


@pytest.mark.parametrize(
    ("rate", "written"), [(1.0, "5 in 5"), (0.5, "1 in 2"), (1e-6, "1 in 1,000,000"), (0, "none seen")]
)
def test_odds(rate, written):
    assert numerals.odds(rate) == written


@pytest.mark.parametrize(("hours", "written"), [(0, "1 hour"), (1.4, "1 hour"), (47, "47 hours"), (48, "2 days")])
def test_how_long(hours, written):
    first = datetime(2026, 1, 1, tzinfo=UTC)
    assert numerals.lasting(first, first + timedelta(hours=hours)) == written
