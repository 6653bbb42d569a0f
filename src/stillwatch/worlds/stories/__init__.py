"""Gives the stories that ship, by name: honest ones, attacks, and the demonstration."""

from stillwatch.worlds.stories.attacks import ATTACKS
from stillwatch.worlds.stories.february import FEBRUARY
from stillwatch.worlds.stories.peaceful import PEACEFUL
from stillwatch.worlds.story import Story

STORIES: dict[str, Story] = {story.name: story for story in (FEBRUARY, *PEACEFUL, *ATTACKS)}

__all__ = ["STORIES"]
