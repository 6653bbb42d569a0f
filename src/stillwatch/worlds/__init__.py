"""Takes a story's name and a seed, gives a world: simulated traffic, honest and not, with its truth."""

from stillwatch.worlds.calendar import Calendar, Release
from stillwatch.worlds.stories import STORIES
from stillwatch.worlds.story import Story
from stillwatch.worlds.world import World, make_world, write_world

__all__ = ["STORIES", "Calendar", "Release", "Story", "World", "make_world", "write_world"]
