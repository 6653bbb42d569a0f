"""Accounts that keep the same hours."""

from stillwatch.traits.base import Profile


class DailyRhythm(Profile):
    """How an account's exchanges fall over the 24 hours of the UTC day."""

    name = "daily rhythm"
    family = "timing"
    reads = ("asked_at",)
    honest_reasons = ("applications that serve the whole world round the clock", "people of one time zone")
    evasion = "giving each account the hours of one person, which halves what it can ask"
    vector = "hours"
    seen = "keep the same hours as others of them"
    expected = "few strangers are as close to either of two accounts as these are to each other"
