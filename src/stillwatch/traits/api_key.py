"""Accounts that sign requests with the same key."""

from stillwatch.traits.base import Trait


class ApiKey(Trait):
    """The key that signed the request, as the source's digest."""

    name = "API key"
    family = "identity"
    reads = ("api_key_hash",)
    honest_reasons = (
        "a firm that moves a key from one of its accounts to another",
        "a gateway that signs for everybody",
    )
    evasion = "one key for each account, which costs nothing"
    value = "api_key_hash"
