"""Accounts that send the same system prompt."""

from stillwatch.traits.base import Trait


class SystemPrompt(Trait):
    """The system prompt, numbers masked."""

    name = "system prompt"
    family = "wording"
    reads = ("system_text",)
    honest_reasons = ("users of one framework, agent or plug-in, all of whom send its system prompt",)
    evasion = "paraphrasing the system prompt for each account"
    value = "system_digest"
