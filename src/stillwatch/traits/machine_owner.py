"""Accounts under which the same people work, as their home folders tell."""

from stillwatch.traits.base import Trait


class MachineOwner(Trait):
    """A person whose home folder a coding agent's prompt shows."""

    name = "machine owner"
    family = "session"
    reads = ("prompt_text",)
    honest_reasons = ("one person with a work account and one of their own", "a log or an error that many have pasted")
    evasion = "a container with the same generic home folder for everyone"
    value = "owner_digests"
    many = True
