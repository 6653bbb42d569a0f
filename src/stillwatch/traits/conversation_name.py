"""Accounts that use the same conversation id."""

from stillwatch.traits.base import Trait


class ConversationName(Trait):
    """The conversation's id, as the client names it."""

    name = "conversation id"
    family = "session"
    reads = ("conversation_id",)
    honest_reasons = ("clients that number their conversations from one", "a customer who moves between accounts")
    evasion = "a fresh id for each exchange"
    value = "conversation_id"
