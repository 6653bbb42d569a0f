"""Writes docs/stories.md with a picture of each story that ships, and docs/story-fields.md, the page of all fields.

usage: python benchmarks/story_pages.py [STORY...]

With names, only these stories are made and drawn again.
"""

import sys
from pathlib import Path
from textwrap import fill

import polars as pl
from story_pictures.picture import draw_story
from story_pictures.scene import SEED, Scene, scene_of

from stillwatch.findings.numerals import count, plural, share
from stillwatch.storytelling import fields_page, summaries
from stillwatch.worlds import shipped_stories

DOCS = Path(__file__).parent.parent / "docs"
SECTION = "\n## "

OPENING = """\
# Stories

Each story that ships, with a picture of the world that it tells. This page and its pictures are written by
`python benchmarks/story_pages.py` from worlds of seed 1. [worlds.md](worlds.md) says how worlds are made and what in
them is not like life; [story-fields.md](story-fields.md) lists every field of a story.

## How to read the pictures

**Left: what is asked, over time.** Exchanges are stacked. In a story with campaigns, a strong warm colour is a
campaign's extraction, its lighter tint the cover in the same accounts, and grey-blue everything honest. In an honest
story, the cool colours are those whom the story is about: a detector must not be fooled by them. A dashed line is the
release of a model. Ticks under the ground are accounts that the operator closed; a figure beside one counts those of
that instant. Below, lines show which share asks the released model (in `retreat`: the oldest): grey-blue for the
honest, a campaign's colour for its extraction. Times are UTC; 2 February 2026 is a Monday.

**Right: who shares what.** A dot is an account: large in its group's colour, small and grey-blue for the public. A
small square is a thing that several show, joined to each of them: an address, a payment card, a mail domain that is no
free one, or a client's TLS fingerprint that at most 2% of the public have. Conversations that one account begins and
another carries on, or whose signed reasoning it replays, join the accounts themselves. The honest groups in a story
with campaigns are offices, classes, resellers and the like. At most 250 accounts are drawn: of each group those that
share something first, and 60 of the public. Those that share nothing with another that is drawn stand in rows. Wording
is not drawn: where a campaign shares nothing else, as in `ghost`, its accounts look like strangers.

## Your own story

A story is a TOML file. Begin from one that ships (`stillwatch worlds describe hydra --toml > mine.toml`), or from
nothing:

```toml
name = "night_school"
tells = "A campaign of 20 accounts works in the evenings, like the class beside it."

[calendar]
first = 2026-02-02
days = 10
releases = [{ model = "lantern-4", at = 2026-02-06T17:00:00Z }]

[population]
accounts = 400          # honest ones, at scale 1

[[population.kinds]]    # who they are: the shares are of the 400
kind = "person"
share = 0.75

[[population.kinds]]
kind = "class"
share = 0.1
students = 40

[[population.kinds]]
kind = "developer"
share = 0.15

[[campaigns]]
name = "yarrow"
accounts = 20           # at work at any time; what is closed is replaced
exchanges = 2000        # of extraction, over the whole story
wants = { reasoning = 0.7, rubric = 0.3 }

[campaigns.work]
wording = "paraphrased"

[campaigns.pace]
hours = "evening"

[campaigns.hiding]      # what is left out is single-use
cards = 4
domains = 2
closed_daily_share = 0.05

[campaigns.cover]
share = 0.3
```

```console
$ stillwatch worlds describe mine.toml           # every knob that you set, with its meaning
$ stillwatch worlds make mine.toml --out world   # exchanges and their truth
$ stillwatch worlds rehearse mine.toml           # make it, scan it day by day, score what is found
```

Whatever is wrong in the file is told at once, each fault with the field it stands in. `--scale 0.1` makes it smaller.
"""

FIELDS_OPENING = """\
# Fields of a story

Every field that a story's TOML file may have: what it means, its unit, what holds where it is left out, and which
public report or measurement the behaviour, or its default, comes from. `stillwatch worlds describe --fields` prints the
same from the declarations; this page is written by `python benchmarks/story_pages.py`. [stories.md](stories.md) shows
the stories that ship, and a short one to begin from.

A whole number begins at 1 and any other at 0, and neither is more than a million, unless the column `unit` says other
bounds.
"""


def fields() -> str:
    """Return docs/story-fields.md."""
    return f"{FIELDS_OPENING}\n{fields_page()}\n"


def page(sections: dict[str, str]) -> str:
    """Return docs/stories.md from the sections of the stories, by name."""
    parts = [OPENING]
    for kind, title in ((False, "Honest stories"), (True, "Stories with campaigns")):
        parts.append(f"## {title}\n")
        parts += [sections[one.name] for one in summaries() if bool(one.campaigns) == kind and one.name in sections]
    return "\n".join(parts).rstrip() + "\n"


def section(scene: Scene) -> str:
    """Return what is said of a story: what happens, and counts of the world that is drawn."""
    story = scene.story
    source = f"{'the ' if story.follows.startswith('report') else ''}{story.follows}"
    scaled = f"With seed {SEED}"
    if story.rehearsal_scale != 1:
        scaled += f", at the scale at which it is rehearsed ({100 * story.rehearsal_scale:g}% of its full size)"
    counts = scene.counts
    size = f"{plural(counts['exchanges'], 'exchange')} of {plural(counts['accounts'], 'account')}"
    said = [
        story.tells,
        f"It follows {source}." if story.follows else "",
        f"{scaled}: {size} in {plural(story.calendar.days, 'day')}.",
        *(_of_campaigns(scene) if story.campaigns else _of_groups(scene)),
    ]
    picture = f"![{story.name}: activity over time, and accounts with what they share](stories/{story.name}.svg)"
    return f"### {story.name}\n\n{fill(' '.join(filter(None, said)), 120)}\n\n{picture}\n"


def _of_campaigns(scene: Scene) -> list[str]:
    counts = scene.counts
    truth = pl.DataFrame(scene.world.truth_accounts)
    sizes = truth["campaign"].drop_nulls().value_counts().sort("campaign").rows()
    whose = f"{count(counts['guilty'])} {'are' if counts['guilty'] > 1 else 'is'} {sizes[0][0]}’s"
    if len(sizes) > 1:
        whose = (
            f"{count(counts['guilty'])} are campaigns’ ({', '.join(f'{name} {count(size)}' for name, size in sizes)})"
        )
    cover = f", {count(counts['cover'])} their cover" if counts["cover"] else ""
    closed = truth.filter(pl.col("closed_at").is_not_null()).height
    return [
        f"Of the accounts, {whose}; of the exchanges, {count(counts['extraction'])} "
        f"({share(counts['extraction'] / counts['exchanges'])}) are extraction{cover}.",
        f"The operator closed {plural(closed, 'account')}." if closed else "",
    ]


def _of_groups(scene: Scene) -> list[str]:
    asked = scene.exchanges.join(scene.accounts, on="account_id", how="left")
    told = []
    for one in scene.groups:
        members, rows = (frame.filter(pl.col("group") == one.name).height for frame in (scene.accounts, asked))
        told.append(f"{one.name} ({plural(members, 'account')}, {share(rows / asked.height)} of the exchanges)")
    return [f"In colour: {'; '.join(told)}."]


def _kept() -> dict[str, str]:
    """Return the sections of the page as it is, by story."""
    path = DOCS / "stories.md"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    parts = (part.partition(SECTION)[0] for part in text.split("\n### ")[1:])
    return {part.partition("\n")[0]: f"### {part.rstrip()}\n" for part in parts}


def main() -> None:
    """Write the pages, and the pictures of the stories that are named, or of all."""
    sections = _kept()
    (DOCS / "stories").mkdir(exist_ok=True)
    for name in sys.argv[1:] or shipped_stories():
        scene = scene_of(name)
        picture = draw_story(scene)
        (DOCS / f"stories/{name}.svg").write_text(picture, encoding="utf-8")
        sections[name] = section(scene)
        print(f"{name}: {len(picture) / 1000:.0f} kB, seed {SEED}", flush=True)
    (DOCS / "stories.md").write_text(page(sections), encoding="utf-8")
    (DOCS / "story-fields.md").write_text(fields(), encoding="utf-8")


if __name__ == "__main__":
    main()
