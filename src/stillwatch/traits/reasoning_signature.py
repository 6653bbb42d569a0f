"""Signed reasoning blocks that appear under several accounts."""

from stillwatch.traits.base import Trait


class ReasoningSignature(Trait):
    """A signed reasoning block that the request carries."""

    name = "reasoning signature"
    family = "session"
    reads = ("reasoning_signatures",)
    honest_reasons = ("a customer who moves a conversation to another account",)
    evasion = "replaying a block only under the account that received it"
    value = "signature_digests"
    many = True
