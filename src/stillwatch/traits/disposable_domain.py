"""Accounts opened with disposable e-mail addresses."""

from stillwatch.traits.base import Trait


class DisposableDomain(Trait):
    """Whether the e-mail domain is on the operator's list of disposable domains."""

    name = "disposable domain"
    family = "identity"
    reads = ("email_domain", "domain_kind")
    honest_reasons = ("people who keep their real address private",)
    evasion = "freshly bought domains, a dollar or two each"
    value = "domain_kind"
