"""Conversations that one account began and another continues."""

from stillwatch.traits.base import Trait


class ConversationPrefix(Trait):
    """The last two earlier prefixes of the conversation: whoever continues it shows one of them.

    The prefix of the first turn alone is left out: users of one agent all begin with its words.
    """

    name = "conversation prefix"
    family = "session"
    reads = ("history_digests",)
    honest_reasons = (
        "a customer who moves from one account to another",
        "a shared conversation that several people continue",
        "people who all begin with the same words",
    )
    evasion = "keeping each conversation on one account, which gives up spreading the load"
    value = "history_digests[2:][-2:]"
    many = True
