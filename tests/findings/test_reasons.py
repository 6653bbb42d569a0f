from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.campaigns.harvesting import Harvests, weigh_harvesting
from stillwatch.campaigns.membership import weigh_membership
from stillwatch.engine import open_engine
from stillwatch.findings.reasons import Held, honest_reasons_of, keep_harvests, reasons_of
from stillwatch.links.closeness import likeness
from stillwatch.links.incidence import index_shown
from stillwatch.links.shown import Shown
from stillwatch.marks.intents import INTENTS
from stillwatch.tables import TRAITS
from stillwatch.traits.base import Compared

COUNT, MEMBERS = 120, np.arange(6)


def shows(name, family, pairs):
    owners = np.array([account for account, _ in pairs])
    values = sorted({value for _, value in pairs})
    numbers = np.array([values.index(value) for _, value in pairs])
    return index_shown(name, family, np.bincount(owners, minlength=COUNT), (owners, numbers), pa.array(values))


@pytest.fixture(scope="module")
def shown():
    """Six accounts on two cards (one of which a stranger shows too), four of them behind one address, at one hour.

    Two of them show a third card, which is too few for it to tell anything of the campaign.
    """
    cards = [(account, f"card {account % 2}") for account in MEMBERS] + [(60, "card 1"), (1, "pair"), (3, "pair")]
    cards += [(account, f"own {account // 2}") for account in range(70, 110)]
    addresses = [(account, "198.51.100.7") for account in range(4)]
    addresses += [(account, f"192.0.2.{account // 3}") for account in range(20, 80)]
    hours = np.random.default_rng(1).multinomial(60, np.ones(24) / 24, COUNT)
    hours[MEMBERS] = 0
    hours[MEMBERS, 3] = 60
    return Shown(
        pa.array([f"acct_{one:03}" for one in range(COUNT)]),
        (shows("payment card", "money", cards), shows("address", "network", addresses)),
        (likeness("daily rhythm", "timing", hours, 20),),
        np.full(COUNT, -1),
    )


@pytest.fixture(scope="module")
def reasons(shown):
    return held_with_reasons(shown)


def held_with_reasons(shown):
    strangers = np.ones(COUNT, bool)
    strangers[MEMBERS] = False
    rows = [
        {"account_id": f"acct_{one:03}", "trait": "payment card", "value": f"card {one % 2}",
         "example_exchange_id": f"x{one}"}
        for one in MEMBERS
    ]  # fmt: skip
    levels = np.where(strangers, 0, [1, 2, 2, 2, 2, 2] + [0] * (COUNT - 6))
    with open_engine() as engine:
        wanted = [INTENTS.index(one) + 1 for one in ("other", "rubric judging", "rubric judging", "other", "coding")]
        engine.name("member_marks", pa.table({
            "member": [1, 1, 5, 5, 6], "asked": range(5), "wanted": wanted,
            "exchange_id": [f"y{one}" for one in range(5)], "opening_digest": [None, None, None, 7, 7],
        }))  # fmt: skip
        engine.name("numbered_members", pa.table({
            "member": [one + 1 for one in range(6)], "account_id": [f"acct_{one:03}" for one in range(6)],
        }))  # fmt: skip
        engine.name("harvest_templates", pa.table({"opening_digest": [7, 8]}))
        keep_harvests(engine)
        given = [{name: row.get(name) for name in TRAITS.names} for row in rows]
        engine.name("traits", pa.Table.from_pylist(given, schema=pa.schema([(f.name, f.type) for f in TRAITS.schema])))
        standing = weigh_membership(shown, strangers, MEMBERS)
        harvests = Harvests(levels, *np.zeros((3, COUNT), bool))
        held = Held(MEMBERS, standing, strangers, weigh_harvesting(standing, harvests, strangers))
        return held, reasons_of(held, shown, engine)


def of(reasons, account, family):
    return next((one for one in reasons[1] if (one.account_id, one.family) == (account, family)), None)


def test_bits_sum_to_the_membership(reasons):
    held, told = reasons
    rows = held.standing.of(MEMBERS)
    for account, total in zip(MEMBERS, held.standing.total[rows] + held.harvesting.bits[rows], strict=True):
        own = [one.bits for one in told if one.account_id == f"acct_{account:03}"]
        assert sum(own) == pytest.approx(total, abs=2e-3)
        assert own == sorted(own, reverse=True)


@pytest.mark.parametrize(
    ("account", "family", "seen", "expected"),
    [
        ("acct_000", "money", "shows a payment card that 2 of the other 5 accounts show", "0 of 114 strangers show it"),
        ("acct_001", "money", "shows a payment card that 2 of the other 5 accounts show", "1 of 114 strangers show it"),
        ("acct_002", "network", "shows an address that 3 of the other 5 accounts show", "0 of 114 strangers show it"),
        ("acct_003", "timing", "is close in daily rhythm to the mean of the other 5 accounts", "one stranger in 115"),
        (
            "acct_000",
            "wording",
            "asks for what training sets are made of, as 5 of the other 5 accounts do",
            "at most 3 of 114 strangers do",
        ),
        (
            "acct_004",
            "wording",
            "fills templates that ask for what training sets are made of, as 4 of the other 5 accounts do",
            "at most 3 of 114 strangers do",
        ),
    ],
)
def test_what_is_told_is_counted(reasons, account, family, seen, expected):
    told = of(reasons, account, family)
    assert (told.seen, told.expected[: len(expected)]) == (seen, expected)
    assert told.honest_reasons


def test_an_account_has_no_reason_in_what_it_does_not_show(reasons):
    assert of(reasons, "acct_004", "network") is None
    assert of(reasons, "acct_003", "network") is not None


def test_examples_are_exchanges_of_the_account_itself(reasons):
    assert of(reasons, "acct_005", "money").example_exchange_ids == ("x5",)
    assert of(reasons, "acct_005", "timing").example_exchange_ids == ()


@pytest.mark.parametrize(
    ("account", "example", "why"),
    [
        ("acct_000", ("y1",), "asks for it, and before for anything"),
        ("acct_004", ("y3",), "fills a template, and before asks for it in words of its own"),
        ("acct_005", ("y4",), "fills a template, for something else by itself"),
        ("acct_001", (), "no exchange of it harvests"),
    ],
)
def test_the_example_of_a_harvest_harvests_as_the_reason_says(reasons, account, example, why):
    assert of(reasons, account, "wording").example_exchange_ids == example, why


def test_harvesting_is_told_in_place_of_what_tells_less_of_the_same_family(shown, reasons):
    """Every name of a reason has honest explanations, also where no evidence of the finding names it."""
    names = {one.trait for one in reasons[1]}
    assert {"harvest intents", "harvest templates"} < names
    assert all(honest_reasons_of(name) for name in names)
    assert all(len([one for one in reasons[1] if (one.account_id, one.family) == (of_account, "wording")]) == 1
               for of_account in shown.accounts.to_pylist()[:6])  # fmt: skip


def test_each_behaviour_of_a_family_that_tells_is_a_reason_with_its_own_explanations(shown, reasons):
    (rhythm,) = shown.likenesses
    both = replace(shown, likenesses=(rhythm, replace(rhythm, name="even share", compared=Compared.AMOUNTS)))
    held, told = held_with_reasons(both)
    timing = [one for one in told if (one.account_id, one.family) == ("acct_003", "timing")]
    assert {one.seen.removesuffix(" to the mean of the other 5 accounts"): one.honest_reasons for one in timing} == {
        f"is close in {name}": honest_reasons_of(name) for name in ("daily rhythm", "even share")
    }
    row, family = held.standing.of(np.array([3])), held.standing.families.index("timing")
    assert sum(one.bits for one in timing) == pytest.approx(held.standing.bits[row, family].item(), abs=2e-3)
