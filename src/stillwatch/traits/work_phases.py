"""Accounts that work and rest together."""

from stillwatch.traits.base import Compared, Profile


class WorkPhases(Profile):
    """When an account asks over the whole of the logs, in phases in which all accounts together ask equally much."""

    name = "work phases"
    family = "timing"
    reads = ("asked_at",)
    honest_reasons = (
        "a class in its lesson, or a team at its task",
        "people whom one announcement brings",
        "jobs that one schedule starts",
    )
    evasion = "letting each account rest while others work, so that most of what was bought lies idle"
    vector = "hours"
    compared = Compared.DEPARTURES
    least_exchanges = 2
    of_pairs = False
    seen = "work and rest in the same hours of the same days as the others"
    expected = "few strangers that ask about as much do so as much when the others do"
