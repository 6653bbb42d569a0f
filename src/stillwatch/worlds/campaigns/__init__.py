"""Takes a campaign's knobs, a calendar and a seed, gives its accounts and what they send, some hours at a time."""

from stillwatch.worlds.campaigns.campaign import Adapting, Campaign, Cover, Forwarding, Hiding, Pace, Work
from stillwatch.worlds.campaigns.crew import Crew, open_crew

__all__ = ["Adapting", "Campaign", "Cover", "Crew", "Forwarding", "Hiding", "Pace", "Work", "open_crew"]
