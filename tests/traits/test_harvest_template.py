from stillwatch.marks.intents import HARVEST
from stillwatch.traits.harvest_template import HarvestTemplate

WANTED, *_ = sorted(HARVEST)


def fill(*prompts, account="a", opening=1, intent=WANTED):
    return [
        {
            "account_id": account,
            "opening_digest": opening,
            "prompt_digest": 100 * (opening or 0) + prompt,
            "intent": intent,
        }
        for prompt in prompts
    ]


CASES = [
    (fill(*range(5), opening=7), ["7"], "five prompts that harvest: the account fills a template"),
    (
        [row for place in range(5) for row in fill(place, opening=8, account=f"{place}")],
        ["8"] * 5,
        "accounts of a pool, once each",
    ),
    (
        fill(*range(5), opening=9) + fill(7, opening=9, account="b", intent="other"),
        ["9", "9"],
        "whose single prompt the intent model does not know fills it too",
    ),
    (fill(*range(4), opening=10), [], "four prompts are no template"),
    (fill(*range(9), opening=11, intent="coding"), [], "a template that harvests nothing"),
    (fill(*range(9), opening=None), [], "prompts of a few words have no opening"),
]


def test_what_is_shown(check_cases):
    check_cases(HarvestTemplate(), CASES)


def test_once_is_enough():
    assert HarvestTemplate.least_exchanges == 1
