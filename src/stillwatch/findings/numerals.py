"""Numbers, instants and odds as the report writes them; the same for every reader, whatever the locale."""

from datetime import UTC, datetime

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def count(number: int) -> str:
    """Write a whole number with its thousands apart.

    Examples
    --------
    >>> count(1234567)
    '1,234,567'
    """
    return f"{number:,}"


def short_count(number: int) -> str:
    """Write a number to three digits at most.

    Examples
    --------
    >>> short_count(999), short_count(16_040_000), short_count(999_950)
    ('999', '16 M', '1 M')
    """
    if abs(number) < 10_000:
        return count(number)
    rounded = float(f"{number:.3g}")
    for size, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M")):
        if abs(rounded) >= size:
            return f"{rounded / size:.3g} {letter}"
    return f"{rounded / 1e3:.3g} k"


def share(part: float) -> str:
    """Write a share (0-1) as a percentage that is never rounded to none or to all.

    Examples
    --------
    >>> share(0.4631), share(0.058), share(0.0), share(0.00004), share(0.99971), share(0.99999)
    ('46%', '5.8%', '0%', '<0.01%', '99.97%', '>99.99%')
    """
    if part <= 0 or part >= 1:
        return "0%" if part <= 0 else "100%"
    if part < 0.0001 or part > 0.9999:
        return "<0.01%" if part < 0.5 else ">99.99%"
    nearest = min(part, 1 - part)
    digits = 0 if nearest >= 0.0995 else 1 if nearest >= 0.001 else 2
    return f"{100 * part:.{digits}f}%".replace(".0%", "%")


def bits(weight: float) -> str:
    """Write evidence with one decimal.

    Examples
    --------
    >>> bits(12.34), bits(-0.04)
    ('12.3', '0.0')
    """
    written = f"{weight:.1f}"
    return "0.0" if written == "-0.0" else written


def odds(rate: float) -> str:
    """Write a rate (0-1) as one in how many, to two digits.

    Examples
    --------
    >>> odds(0.0003), odds(0.0), odds(0.8)
    ('1 in 3,300', 'none seen', '4 in 5')
    """
    if rate <= 0:
        return "none seen"
    if rate > 0.5:
        return f"{min(round(rate * 5), 5)} in 5"
    return f"1 in {count(int(float(f'{1 / rate:.2g}')))}"


def day(at: datetime) -> str:
    """Write the UTC day.

    Examples
    --------
    >>> day(datetime(2026, 10, 3, 23, tzinfo=UTC))
    '3 Oct 2026'
    """
    at = _utc(at)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def short_day(at: datetime) -> str:
    """Write the UTC day without its year."""
    return day(at).rpartition(" ")[0]


def instant(at: datetime) -> str:
    """Write the UTC minute.

    Examples
    --------
    >>> instant(datetime(2026, 10, 3, 4, 5, tzinfo=UTC))
    '3 Oct 2026, 04:05 UTC'
    """
    return f"{day(at)}, {clock(at)} UTC"


def clock(at: datetime) -> str:
    """Write the UTC hour and minute."""
    at = _utc(at)
    return f"{at.hour:02}:{at.minute:02}"


def machine_instant(at: datetime) -> str:
    """Write an instant as `<time datetime>` takes it."""
    return _utc(at).isoformat().replace("+00:00", "Z")


def sortable_instant(at: datetime) -> str:
    """Write the UTC minute so that the order of the letters is that of the instants."""
    return f"{_utc(at):%Y-%m-%d %H:%M}"


def lasting(first: datetime, last: datetime) -> str:
    """Write how long it is from `first` to `last`.

    Examples
    --------
    >>> lasting(datetime(2026, 1, 1), datetime(2026, 1, 1, 5)), lasting(datetime(2026, 1, 1), datetime(2026, 1, 18))
    ('5 hours', '17 days')
    """
    hours = (last - first).total_seconds() / 3600
    if hours < 48:
        return plural(max(round(hours), 1), "hour")
    return plural(round(hours / 24), "day")


def plural(number: int, noun: str) -> str:
    """Write a number and its noun.

    Examples
    --------
    >>> plural(1, "account"), plural(2000, "account")
    ('1 account', '2,000 accounts')
    """
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


def money(cost: float, currency: str | None) -> str:
    """Write a cost in whole units from 100 on, with cents below.

    Examples
    --------
    >>> money(48210.4, "USD"), money(3.5, None)
    ('48,210 USD', '3.50')
    """
    written = f"{cost:,.0f}" if cost >= 100 else f"{cost:,.2f}"
    return f"{written} {currency}" if currency else written


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
