"""Takes a story and a seed, gives a world: simulated traffic, honest and not, with its truth."""

from stillwatch.worlds.calendar import Calendar, Release
from stillwatch.worlds.making import Made, Making, make
from stillwatch.worlds.story import Story, find_story, shipped_stories
from stillwatch.worlds.world import World, make_world

__all__ = [
    "Calendar",
    "Made",
    "Making",
    "Release",
    "Story",
    "World",
    "find_story",
    "make",
    "make_world",
    "shipped_stories",
]
