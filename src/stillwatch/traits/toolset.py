"""Accounts that offer the model the same tools."""

from stillwatch.traits.base import Trait


class Toolset(Trait):
    """The set of tool names that the request offers."""

    name = "toolset"
    family = "wording"
    reads = ("tools_offered",)
    honest_reasons = ("users of one agent or framework, all of which offers its tools",)
    evasion = "renaming the tools for each account"
    value = "tools_digest"
