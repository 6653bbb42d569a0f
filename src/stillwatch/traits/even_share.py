"""Accounts to each of which one queue deals as much."""

from stillwatch.traits.base import Compared, Profile


class EvenShare(Profile):
    """How much an account asks in each phase of the logs: one queue deals out as much to each of its accounts."""

    name = "even share"
    family = "timing"
    reads = ("asked_at",)
    honest_reasons = (
        "keys of one application among which its calls are balanced",
        "jobs that one schedule starts with as much to do",
        "a class that does the same exercises in its lesson",
    )
    evasion = "dealing some accounts much more than others, so that what these could ask lies idle"
    vector = "hours"
    compared = Compared.AMOUNTS
    least_exchanges = 2
    of_pairs = False
    seen = "ask as much as the others at a time, as if one queue dealt it out"
    expected = "few strangers that ask about as much in all keep as near to what the others ask at a time"
