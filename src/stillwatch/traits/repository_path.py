"""Accounts that work on the same repository or machine."""

from stillwatch.traits.base import Trait


class RepositoryPath(Trait):
    """A repository or home folder that a coding agent's prompt shows."""

    name = "repository path"
    family = "session"
    reads = ("prompt_text",)
    honest_reasons = ("colleagues on one repository", "a public repository that many have cloned")
    evasion = "a container with the same generic path for everyone"
    value = "path_digests"
    many = True
