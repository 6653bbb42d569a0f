"""Accounts that moved to a new model within a day of its release."""

from stillwatch.traits.base import Trait


class EarlyAdoption(Trait):
    """A released model, where the exchange falls in the day after its release."""

    name = "early adoption"
    family = "model"
    reads = ("model", "released")
    honest_reasons = ("release day, when honest accounts also move",)
    evasion = "moving to the new model as slowly as the public does"
    value = "CASE WHEN asked >= released AND asked < released + INTERVAL 24 HOURS THEN model END"
    least_exchanges = 3
