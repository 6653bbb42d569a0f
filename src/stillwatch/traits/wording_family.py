"""Accounts whose prompts belong to the same verified wording."""

from stillwatch.traits.base import Trait


class WordingFamily(Trait):
    """A family of prompts that share most of their masked wording."""

    name = "wording family"
    family = "wording"
    reads = ("prompt_text",)
    honest_reasons = ("one assignment or form, filled in by many", "a prompt that went viral with variations")
    evasion = "slots longer than the template, or a paraphrase for each exchange"
    value = "wording_family"
    least_exchanges = 3
