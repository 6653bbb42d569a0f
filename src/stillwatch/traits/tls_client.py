"""Accounts whose client greets TLS in the same way."""

from stillwatch.traits.base import Trait


class TlsClient(Trait):
    """The JA4 fingerprint of the client's TLS hello."""

    name = "TLS client"
    family = "client"
    reads = ("ja4",)
    honest_reasons = ("the same browser or library version, which thousands use",)
    evasion = "a client that copies a common browser's hello, a day's work"
    value = "ja4"
