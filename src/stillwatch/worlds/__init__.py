"""Takes the name of a story and a seed, gives a world: simulated traffic with its truth, honest and not.

The demonstration, the tests and rehearsals run on worlds. All words are written for this project.
"""

from stillwatch.worlds.calendar import Calendar, Release
from stillwatch.worlds.stories import STORIES
from stillwatch.worlds.story import Story
from stillwatch.worlds.world import World, make_world, write_world

__all__ = ["STORIES", "Calendar", "Release", "Story", "World", "make_world", "write_world"]
