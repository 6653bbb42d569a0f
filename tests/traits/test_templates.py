from collections import Counter

import pytest

from stillwatch.marks.intents import HARVEST
from stillwatch.traits.find import find_traits
from stillwatch.traits.templates import FEWEST_PROMPTS, LEAST_ASKED_SHARE, find_suspects

WANTED, *_ = sorted(HARVEST)


def fill(count, *, harvests, account="a", opening=1, first=0, **row):
    """Exchanges that fill one template with different prompts, of which the intent model recognises some as harvest."""
    return [{"account_id": account, "opening_digest": opening, "prompt_digest": 100 * opening + first + place,
             "intent": WANTED if place < harvests else "other"} | row for place in range(count)]  # fmt: skip


CASES = [
    (fill(5, harvests=5), {1}, {"a": 5}, "five different prompts, all recognised"),
    (fill(4, harvests=4), set(), {}, "four prompts that begin alike are no template"),
    (fill(9, harvests=9, prompt_digest=7), set(), {}, "one prompt again and again fills nothing"),
    (
        [row | {"prompt_digest": 62 * place - 31} for place, row in enumerate(fill(5, harvests=5))],
        {1},
        {"a": 5},
        "five prompts of which a mask of few bits cannot say that they differ",
    ),
    (
        [row | {"prompt_digest": 31 * (place % 4)} for place, row in enumerate(fill(9, harvests=9))],
        set(),
        {},
        "four prompts again and again, of which a mask cannot say how many they are",
    ),
    (fill(10, harvests=3), {1}, {"a": 10}, "three in ten are recognised: all ten fill it, the others are errors"),
    (fill(10, harvests=2), set(), {}, "two in ten are errors the other way"),
    (fill(10, harvests=10, intent=None), set(), {}, "prompts whose intent is not known"),
    (fill(5, harvests=5) + fill(12, harvests=0, intent=None), set(), {}, "what is not known is not harvest"),
    (fill(10, harvests=10, intent="coding"), set(), {}, "coding alone is what people do"),
    (fill(9, harvests=9, opening_digest=None), set(), {}, "prompts without an opening share none"),
    (
        fill(5, harvests=5) + fill(1, harvests=1, account="b", first=50) + fill(2, harvests=2, account="c", first=60),
        {1},
        {"a": 5, "b": 1, "c": 2},
        "who fills it once is counted, whatever that is worth",
    ),
    (
        fill(5, harvests=5) + fill(6, harvests=0, account="b", first=50),
        {1},
        {"a": 5, "b": 6},
        "of b's prompts none is recognised, but they fill what a's fill",
    ),
    (
        [row for place in range(9) for row in fill(1, harvests=1, account=f"{place}", first=place)],
        {1},
        {f"{place}": 1 for place in range(9)},
        "a pool of accounts that fill a template once each",
    ),
    (
        fill(3, harvests=3) + fill(2, harvests=2, opening=2)
        + [row for opening in (1, 2) for row in fill(5, harvests=5, account="b", opening=opening, first=50)],
        {1, 2},
        {"a": 5, "b": 10},
        "templates add up",
    ),
    (fill(5, harvests=5) + fill(9, harvests=0, opening=2), {1}, {"a": 5}, "another template is another matter"),
    ([], set(), {}, "no exchanges"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "templates", "fillers", "why"), CASES)
def test_templates_that_harvest_and_who_fills_them(rows, templates, fillers, why, shelf):
    shelf.show(rows)
    found = shelf.engine.sql("SELECT opening_digest FROM harvest_templates")["opening_digest"].to_pylist()
    assert sorted(found) == sorted(templates), why
    filled = shelf.engine.sql("FROM harvest_fillers").to_pylist()
    counts = Counter()
    for row in filled:
        counts[row["account_id"]] += row["n"]
    assert counts == fillers, why
    assert {row["opening_digest"] for row in filled} == templates
    assert len({(row["account_id"], row["opening_digest"]) for row in filled}) == len(filled)


@pytest.mark.parametrize("intent", sorted(HARVEST))
def test_every_intent_that_harvests_counts(intent, shelf):
    shelf.show(fill(FEWEST_PROMPTS, harvests=0, intent=intent))
    assert shelf.engine.sql("FROM harvest_fillers").num_rows == 1


@pytest.mark.parametrize(
    ("rows", "suspects", "why"),
    [
        (fill(5, harvests=5), {"a"}, "it fills a template that harvests"),
        (
            fill(9, harvests=9) + fill(1, harvests=0, account="b", first=50),
            {"a", "b"},
            "b fills what harvests, though what it asks is not recognised",
        ),
        (fill(1, harvests=1, opening_digest=None), {"a"}, "all that it asked, which is once"),
        (fill(19, harvests=1, opening_digest=None), {"a"}, "more than a twentieth"),
        (fill(20, harvests=1, opening_digest=None), set(), "what the model's errors make of honest text"),
        (fill(9, harvests=9, intent="coding"), set(), "coding alone is what people do"),
        ([], set(), "no exchanges"),
    ],
)
def test_who_harvests_is_suspected(rows, suspects, why, shelf):
    assert LEAST_ASKED_SHARE == 0.05
    shelf.show(rows)
    find_traits(shelf.engine)
    find_suspects(shelf.engine)
    assert set(shelf.engine.sql("FROM suspects")["account_id"].to_pylist()) == suspects, why
