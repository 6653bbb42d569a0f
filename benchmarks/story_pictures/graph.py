"""The right panel: accounts as dots, what they share as squares between them."""

from collections import Counter
from dataclasses import dataclass
from itertools import combinations

import polars as pl
from markupsafe import Markup

from stillwatch.findings.charts.graph_layout import place_accounts, thin_ties
from stillwatch.findings.charts.svg import element
from stillwatch.findings.numerals import count
from stillwatch.findings.statement import Tie
from story_pictures.canvas import HONEST, PAPER, Named, dot_path, heading, label, legend
from story_pictures.scene import Scene
from story_pictures.sharing import Family, shared_values

LEFT, RIGHT, TOP, GROUND = 606, 980, 106, 372
_APART, _A_ROW = 11, 34
MOST_DRAWN = 250
_MOST_OF_A_GROUP = 130
_MOST_OF_THE_PUBLIC = 60
# more groups are named by the other panel alone
_MOST_NAMED = 5
_PUBLIC = Named("the public", HONEST)
Places = dict[str, tuple[float, float]]


@dataclass(frozen=True)
class Drawn:
    """The accounts that are drawn, the links of each family, and where everything stands."""

    accounts: dict[str, str | None]
    links: list[tuple[Family, list[tuple[str, str]]]]
    places: Places

    @property
    def linked(self) -> int:
        """Accounts that share something."""
        ends = {end for _, pairs in self.links for pair in pairs for end in pair}
        return len(ends & set(self.accounts))


def draw_graph(scene: Scene, drawn: Drawn) -> Markup:
    """Draw the accounts of a story, and what they share."""
    families = [Named(family.name, family.colour) for family, pairs in drawn.links if pairs]
    told = f"{count(len(drawn.accounts))} of {count(scene.accounts.height)} accounts"
    if len(drawn.accounts) == scene.accounts.height:
        told = f"All {count(scene.accounts.height)} accounts"
    named = [*scene.groups, _PUBLIC] if len(scene.groups) <= _MOST_NAMED else []
    return Markup("").join([
        heading(f"{told}, and what they share", LEFT),
        legend(named, LEFT, RIGHT + 10, families),
        *(_lines(family, pairs, drawn) for family, pairs in drawn.links if pairs),
        *(_squares(family, pairs, drawn) for family, pairs in drawn.links if pairs and not family.paired),
        *_dots(scene, drawn),
        *_alone(drawn),
    ])  # fmt: skip


def gather_graph(scene: Scene) -> Drawn:
    """Choose the accounts to be drawn and place them; the same scene, the same places."""
    shown = list(shared_values(scene))
    accounts = _chosen(scene, shown)
    links = [(family, _links(family, values, accounts)) for family, values in shown]
    tied = dict.fromkeys(end for _, pairs in links for pair in pairs for end in pair)
    order = [name for name, group in accounts.items() if group is not None and name in tied]
    order += [name for name in tied if name not in order]
    alone = [name for name in accounts if name not in tied]
    ground = GROUND - (_APART * (-(-len(alone) // _A_ROW)) + 26 if alone else 0)
    return Drawn(accounts, links, _spread(order, links, ground) | _in_rows(alone, ground + 30))


def _spread(order: list[str], links: list[tuple[Family, list[tuple[str, str]]]], ground: int) -> Places:
    """Place what is linked so that what belongs together stands together."""
    owners = Counter(hub for _, pairs in links for hub, _ in pairs)
    # what few share pulls more, so that crowds stay loose enough to be looked into
    ties = [Tie(min(pair), max(pair), 2 / owners[pair[0]], ()) for _, pairs in links for pair in pairs]
    return {
        name: (LEFT + 6 + (x + 1) / 2 * (RIGHT - LEFT - 12), TOP + (y + 1) / 2 * (ground - TOP))
        for name, (x, y) in zip(order, place_accounts(order, ties).tolist(), strict=True)
    }


def _in_rows(alone: list[str], top: int) -> Places:
    return {
        name: (LEFT + 6 + _APART * (place % _A_ROW), top + _APART * (place // _A_ROW))
        for place, name in enumerate(alone)
    }


def _chosen(scene: Scene, shown: list[tuple[Family, pl.DataFrame]]) -> dict[str, str | None]:
    """Choose accounts: of each group and of the public a part, those that share something first."""
    sharing = pl.concat([values.select("account_id") for _, values in shown]).unique()
    accounts = scene.accounts.with_columns(shares=pl.col("account_id").is_in(sharing["account_id"].implode()))
    accounts = accounts.sort("account_id")
    public = accounts.filter(pl.col("group").is_null()).head(_MOST_OF_THE_PUBLIC)
    left = MOST_DRAWN - public.height
    each = min(_MOST_OF_A_GROUP, left)
    parts = []
    for place, one in enumerate(scene.groups):
        members = accounts.filter(pl.col("group") == one.name).sort("shares", descending=True, maintain_order=True)
        part = members.head(min(each, max(left // (len(scene.groups) - place), 12)))
        left -= part.height
        parts.append(part)
    return dict(pl.concat([*parts, public]).select("account_id", "group").iter_rows())


def _links(family: Family, values: pl.DataFrame, accounts: dict[str, str | None]) -> list[tuple[str, str]]:
    """Link accounts to what they share; or, where a family says so, in pairs, as few as hold them together."""
    kept = values.filter(pl.col("account_id").is_in(list(accounts)))
    held = kept.filter(pl.len().over("value") >= 2)
    if not family.paired:
        return [(f"{family.name} {value}", account) for account, value in held.iter_rows()]
    times: dict[tuple[str, str], int] = {}
    for owners in held.group_by("value", maintain_order=True).agg("account_id")["account_id"]:
        for pair in combinations(sorted(owners), 2):
            times[pair] = times.get(pair, 0) + 1
    ties = [Tie(a, b, bits=float(number), traits=()) for (a, b), number in sorted(times.items())]
    return [(tie.account_a, tie.account_b) for tie in thin_ties(ties, sorted({end for pair in times for end in pair}))]


def _lines(family: Family, pairs: list[tuple[str, str]], drawn: Drawn) -> Markup:
    path = "".join(
        f"M{x:.0f} {y:.0f}L{u:.0f} {v:.0f}" for (x, y), (u, v) in ((drawn.places[a], drawn.places[b]) for a, b in pairs)
    )
    return element("path", d=path, stroke=family.colour, stroke_width=1, stroke_opacity=0.55, fill="none")


def _squares(family: Family, pairs: list[tuple[str, str]], drawn: Drawn) -> Markup:
    hubs = dict.fromkeys(hub for hub, _ in pairs)
    path = "".join(f"M{x - 2.5:.0f} {y - 2.5:.0f}h5v5h-5z" for x, y in (drawn.places[hub] for hub in hubs))
    return element("path", d=path, fill=family.colour, stroke=PAPER, stroke_width=0.6)


def _alone(drawn: Drawn) -> list[Markup]:
    tied = {end for _, pairs in drawn.links for pair in pairs for end in pair}
    rows = [y for name, (_, y) in drawn.places.items() if name not in tied]
    return [label("Share nothing", LEFT, min(rows) - 8)] if rows else []


def _dots(scene: Scene, drawn: Drawn) -> list[Markup]:
    dots = []
    for name, colour, width in [(None, HONEST, 4.5), *((one.name, one.colour, 7.5) for one in reversed(scene.groups))]:
        path = dot_path(drawn.places[account] for account, group in drawn.accounts.items() if group == name)
        if path:
            dots += [
                element("path", d=path, stroke=shade, stroke_width=wide, stroke_linecap="round")
                for shade, wide in ((PAPER, width + 1.6), (colour, width))
            ]
    return dots
