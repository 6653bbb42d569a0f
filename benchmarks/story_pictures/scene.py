"""What a picture shows: a world's exchanges in layers, and its accounts in groups."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import cycle
from typing import Any, NamedTuple

import polars as pl

from stillwatch.worlds import Story, World, make_world, shipped_stories
from stillwatch.worlds.accounts import Kind
from stillwatch.worlds.calls import OLD_MODELS
from stillwatch.worlds.honest.app import App
from stillwatch.worlds.honest.developer import Developer
from stillwatch.worlds.honest.person import Household, Person
from stillwatch.worlds.seeds import seed_of
from story_pictures.canvas import CAMPAIGNS, GROUPS, HONEST, KINDS, Named, tint

SEED = 1
_PLAIN = {Person, Household, Developer, App}
# what is said of a kind beside its name, where it has several forms
_SAID = {
    ("loops", True): "looping",
    ("newest", True): "newest build",
    ("parallel", 4): "four sessions at once",
    ("pays", False): "without payment",
}
_USUAL_PACE = 0.67


@dataclass(frozen=True)
class Scene:
    """A world as a picture shows it.

    Parameters
    ----------
    exchanges
        `asked_at`, `account_id`, `model` and `layer` of each exchange; what accounts share comes from `world`.
    layers
        Layers from the ground up, with their colours.
    accounts
        `account_id` and `group` of each account; null for the public.
    groups
        Groups with their colours, the most important first.
    """

    story: Story
    world: World
    exchanges: pl.DataFrame
    layers: tuple[Named, ...]
    accounts: pl.DataFrame
    groups: tuple[Named, ...]

    @cached_property
    def counts(self) -> dict[str, int]:
        """Exchanges, accounts, accounts of campaigns, exchanges of extraction and of these accounts' cover."""
        truth = pl.DataFrame(self.world.truth_accounts)
        guilty = truth.filter(pl.col("campaign").is_not_null())
        of_them = self.exchanges.join(guilty, on="account_id", how="semi").height
        extraction = len(self.world.truth_exchanges) - self.world.truth_exchanges["campaign"].null_count
        return {
            "exchanges": self.exchanges.height, "accounts": truth.height, "guilty": guilty.height,
            "extraction": extraction, "cover": of_them - extraction,
        }  # fmt: skip

    @property
    def telling_model(self) -> str:
        """The model to which somebody turns: the released one, or the oldest where a campaign goes back to it."""
        retreats = any(campaign.pace.retreat_day is not None for campaign in self.story.campaigns)
        return OLD_MODELS[-1] if retreats else self.story.calendar.releases[-1].model


class Start(NamedTuple):
    """A story, its world, what is asked in it, and whose accounts they are."""

    story: Story
    world: World
    asked: pl.DataFrame
    truth: pl.DataFrame


def scene_of(name: str) -> Scene:
    """Make a story's world at the scale at which it is rehearsed, and sort it into layers and groups."""
    story = shipped_stories()[name]
    world = make_world(story, seed=SEED)
    asked = pl.DataFrame(world.exchanges.select(["account_id", "asked_at", "model"]))
    asked = asked.with_columns(extracts=pl.Series(world.truth_exchanges["campaign"].to_pylist(), dtype=pl.String))
    start = Start(story, world, asked, pl.DataFrame(world.truth_accounts).select("account_id", "campaign", "role"))
    if story.campaigns:
        return _with_campaigns(start)
    return _with_movers(start) if story.calendar.moving_share > _USUAL_PACE else _with_kinds(start)


def _with_campaigns(start: Start) -> Scene:
    colours = dict(zip([one.name for one in start.story.campaigns], CAMPAIGNS, strict=False))
    special = {_name_of(kind) for kind in _special(start.story)}
    groups = [Named(f"{name}’s accounts", colour) for name, colour in colours.items()]
    layers = [Named(f"{name}: extraction", colour) for name, colour in colours.items()]
    layers += [Named(f"{name}: cover", tint(colour)) for name, colour in colours.items()]
    accounts = _kinds_of(start.story, start.truth).with_columns(
        group=pl.when(pl.col("campaign").is_not_null())
        .then(pl.col("campaign") + "’s accounts")
        .when(pl.col("kind").is_in(special))
        .then(pl.lit("honest groups"))
    )
    layer = (
        pl.when(pl.col("extracts").is_not_null())
        .then(pl.col("extracts") + ": extraction")
        .when(pl.col("campaign").is_not_null())
        .then(pl.col("campaign") + ": cover")
        .otherwise(pl.lit("honest"))
    )
    return _scene(start, accounts, layer, layers, [*groups, Named("honest groups", GROUPS)])


def _with_movers(start: Start) -> Scene:
    newest = start.story.calendar.releases[-1].model
    moved = start.asked.filter(pl.col("model") == newest).select("account_id").unique()
    asks, turned = Named(f"asks {newest}", KINDS[0]), Named("has turned to it", KINDS[0])
    accounts = start.truth.with_columns(
        group=pl.when(pl.col("account_id").is_in(moved["account_id"].implode())).then(pl.lit(turned.name))
    )
    layer = pl.when(pl.col("model") == newest).then(pl.lit(asks.name)).otherwise(pl.lit("asks another model"))
    layers = [asks, Named("asks another model", HONEST)]
    return _scene(start, accounts, layer, layers, [turned])


def _with_kinds(start: Start) -> Scene:
    special = dict.fromkeys(_name_of(kind) for kind in _special(start.story))
    named = [Named(name, colour) for name, colour in zip(special, cycle(KINDS), strict=False)]
    accounts = _kinds_of(start.story, start.truth).with_columns(
        group=pl.when(pl.col("kind").is_in(list(special))).then(pl.col("kind"))
    )
    return _scene(start, accounts, pl.col("group").fill_null("the public"), named, named)


def _scene(start: Start, accounts: pl.DataFrame, layer: pl.Expr, layers: list[Named], groups: list[Named]) -> Scene:
    exchanges = start.asked.join(accounts.select("account_id", "campaign", "group"), on="account_id", how="left")
    exchanges = exchanges.select("account_id", "asked_at", "model", layer=layer)
    shown = set(exchanges["layer"].unique())
    grounds = [one for one in (*layers, Named("the public", HONEST), Named("honest", HONEST)) if one.name in shown]
    within = set(accounts["group"].drop_nulls().unique())
    kept = tuple(one for one in groups if one.name in within)
    return Scene(start.story, start.world, exchanges, tuple(grounds), accounts.select("account_id", "group"), kept)


def _special(story: Story) -> list[Kind]:
    """Return the kinds that a story is about: those that are not the public's, or not as the public's mostly are."""
    own = [one.kind for one in story.population.kinds if one.kind not in _background()]
    return (
        [kind for kind in own if type(kind) not in _PLAIN]
        or own
        or [one.kind for one in story.population.kinds if one.share >= 0.5]
    )


def _background() -> set[Kind]:
    honest = [story for story in shipped_stories().values() if not story.campaigns]
    seen = Counter(one.kind for story in honest for one in story.population.kinds)
    return {kind for kind, stories in seen.items() if stories >= len(honest) / 2}


def _name_of(kind: Kind) -> str:
    facts: dict[str, Any] = vars(kind)
    return ", ".join([kind.kind, *(words for (knob, value), words in _SAID.items() if facts.get(knob) == value)])


def _kinds_of(story: Story, truth: pl.DataFrame) -> pl.DataFrame:
    """Add the kind to each honest account of `truth`, by opening the accounts again."""
    kinds = {
        account.account_id: _name_of(kind)
        for kind, number in story.population.counts(story.rehearsal_scale)
        if kind not in _background() or kind in _special(story)
        for place in range(number)
        for account in kind.accounts(story.calendar, seed_of(SEED, story.name, repr(kind), place))
    }
    told = pl.DataFrame({"account_id": list(kinds), "kind": list(kinds.values())}, schema_overrides={"kind": pl.String})
    return truth.join(told, on="account_id", how="left")
