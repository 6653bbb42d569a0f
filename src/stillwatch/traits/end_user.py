"""End users who appear under several accounts."""

from stillwatch.traits.base import Trait


class EndUser(Trait):
    """The caller's own name for its end user."""

    name = "end user"
    family = "session"
    reads = ("end_user_id",)
    honest_reasons = ("callers that number their users from one", "a customer who moves between accounts")
    evasion = "leaving the field empty, or drawing it at random"
    value = "end_user_id"
