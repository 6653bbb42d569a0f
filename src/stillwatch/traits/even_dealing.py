"""Accounts among which work is dealt out evenly."""

from stillwatch.traits.base import Profile


class EvenDealing(Profile):
    """How many conversations an account begins from day to day, beside others with which it shares something."""

    name = "even dealing"
    family = "timing"
    reads = ("asked_at", "history_digests")
    honest_reasons = (
        "strangers who run the same scheduled job equally often",
        "a class whose students all hand in the same exercises",
        "accounts that all use up the same daily quota",
    )
    evasion = "giving each account a load of its own, so that some of them stand idle"
    vector = "standalone_count"
    day_by_day = True
    seen = "begin as many conversations a day as the others with which they share something, as jobs of one queue do"
    expected = "honest accounts that ask as much differ from each other and from day to day"
