"""Takes a calendar and a seed, gives a campaign's accounts; knobs say what it wants, when it works, how it hides."""

from stillwatch.worlds.campaigns.harvest import Harvest
from stillwatch.worlds.campaigns.hiding import Hiding
from stillwatch.worlds.campaigns.relay import Relay

__all__ = ["Harvest", "Hiding", "Relay"]
