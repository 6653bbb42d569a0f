"""Accounts that ask the very same prompt."""

from stillwatch.traits.base import Trait


class SamePrompt(Trait):
    """A prompt of at least twelve words, word for word."""

    name = "same prompt"
    family = "wording"
    reads = ("prompt_text",)
    honest_reasons = ("an assignment", "a prompt that went viral", "a public benchmark", "a suggested question")
    evasion = "never asking the same twice, which gives up drawing several answers to one prompt"
    value = "CASE WHEN words_count >= 12 THEN prompt_digest END"
