from stillwatch.traits.toolset import Toolset


def offer(*tools):
    return {"tools_offered": list(tools)}


CASES = [
    (offer("search", "run"), offer("search", "run"), 1, "the same tools"),
    (offer("search", "run"), offer("run", "search"), 1, "in another order"),
    (offer("search", "run"), offer("search"), 0, "a part of them is another set"),
    (offer(), offer(), 0, "none are no set"),
    ({}, {}, 0, "a log without tools"),
]


def test_what_two_accounts_share(check_shared):
    check_shared(Toolset(), CASES)
