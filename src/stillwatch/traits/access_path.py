"""Accounts that reach the model by the same rare path."""

from stillwatch.traits.base import Trait


class AccessPath(Trait):
    """How the account reaches the model: API, app, a cloud, a programme for schools or young firms."""

    name = "access path"
    family = "identity"
    reads = ("access_path",)
    honest_reasons = ("everybody who comes by that path",)
    evasion = "spreading accounts over all paths, each with its own proof of who one is"
    value = "access_path"
