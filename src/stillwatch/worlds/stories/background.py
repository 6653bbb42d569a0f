"""The strangers and the days that stories share, so that rarity can be learned."""

from datetime import UTC, datetime

from stillwatch.worlds.accounts import Kind
from stillwatch.worlds.calendar import Calendar, Release
from stillwatch.worlds.honest import App, Developer, Household, Person

FIRST_DAY = datetime(2026, 2, 2, tzinfo=UTC)
RELEASE = Release("lantern-4", datetime(2026, 2, 10, 17, 0, tzinfo=UTC))
FORTNIGHT = Calendar(FIRST_DAY, 14, (RELEASE,))
PRICES = {
    "lantern-4": (4.0, 20.0),
    "lantern-3": (3.0, 15.0),
    "lantern-3-mini": (0.4, 2.0),
    "lantern-2.5": (2.0, 10.0),
}
# about 300 accounts of strangers
STRANGERS: tuple[tuple[Kind, int], ...] = (
    (Person(talks=2.0), 130),
    (Person(talks=2.0, pays=False), 65),
    (Household(), 8),
    (Developer(sessions=1.0), 45),
    (App(calls=6), 42),
)
