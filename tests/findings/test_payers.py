from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.campaigns.membership import Standing
from stillwatch.findings.payers import Firms, PaidBy, firms_of, mostly_agrees, paid_by
from stillwatch.findings.settings import Judging
from stillwatch.links.incidence import index_shown
from stillwatch.links.shown import Shown

TEN = np.arange(100, 110)
NAMED, NAMELESS = 9.9, 0.5  # bits by which they agree in a name of their own
POOL = (1, 1, 1, 2, 2, 2, 3, 3, 3, -1)


def standing_of(**bits):
    """Ten accounts that agree in each family by so many bits, a number for all of them or one for each."""
    columns = np.stack([np.broadcast_to(of, 10) for of in bits.values()], axis=1)
    inside = np.ones(10, bool)
    return Standing(TEN, tuple(bits), columns, columns, ~inside, inside, np.full(10, 1e-9))


def showing(trait, family, owners, values):
    """Who of 110 accounts shows which value of a trait."""
    named = pa.array([str(one) for one in range(max(values) + 1)])
    return index_shown(trait, family, np.ones(110, np.int64), (np.asarray(owners), np.asarray(values)), named)


ONE_CLIENT = showing("client stack", "client", TEN, [0] * 10)


def firms(cards, paying=None):
    """Who pays for each of the ten accounts, which call with one client; -1 where a card pays for nobody else."""
    payers = np.append(np.full(100, -1), cards)
    paying = payers >= 0 if paying is None else np.append(np.zeros(100, bool), paying)
    return Firms(np.full(110, -1), payers, paying, marking=(ONE_CLIENT,))


def paid(standing, given):
    """Who pays for the ten, where traits stand as families do and identity is told by names."""
    return paid_by(
        TEN, standing, replace(given, naming=tuple(one == "identity" for one in standing.families)), Judging()
    )


@pytest.mark.parametrize(
    ("cards", "name", "payers", "why"),
    [
        (POOL, NAMELESS, PaidBy.POOL, "three cards for nine accounts"),
        (POOL, NAMED, PaidBy.UNKNOWN, "a firm's own name holds them together"),
        ((1, 1, 1, 1, 1, 1, 2, 2, 3, 3), NAMELESS, PaidBy.UNKNOWN, "one card of no name pays for most"),
        ((1, 1, 1, 1, 1, -1, -1, -1, -1, -1), NAMELESS, PaidBy.UNKNOWN, "one card is no pool"),
        ((-1,) * 10, NAMED, PaidBy.UNKNOWN, "nobody knows who pays"),
        ((1, 1, 1, 1, 1, 1, -1, -1, -1, -1), NAMED, PaidBy.FIRM, "one payer for most, and one name"),
        (tuple(range(10)), NAMELESS, PaidBy.THEMSELVES, "each has its own card"),
        (tuple(range(10)), NAMED, PaidBy.UNKNOWN, "and one name, which no product gives"),
        ((1, 1, 1, 1, *range(2, 8)), NAMELESS, PaidBy.THEMSELVES, "most have their own"),
    ],
)
def test_what_kind_of_customer_a_group_looks_like(cards, name, payers, why):
    standing = standing_of(client=9.9, identity=name, network=9.9)
    assert paid(standing, firms(cards)) is payers, why


@pytest.mark.parametrize(("agreeing", "payers"), [(6, PaidBy.POOL), (5, PaidBy.UNKNOWN)])
def test_a_pool_of_cards_comes_with_a_pool_of_exits(agreeing, payers):
    """Branches of a franchise pay by the card of their area, and each calls from where it is."""
    network = np.where(np.arange(10) < agreeing, 9.9, 0.0)
    assert paid(standing_of(client=9.9, network=network), firms(POOL)) is payers


@pytest.mark.parametrize("trait", ["address", "e-mail domain", "payment card"])
@pytest.mark.parametrize(
    ("members", "others", "payers", "why"),
    [
        (10, 0, PaidBy.FIRM, "all have one, and nobody else"),
        (9, 17, PaidBy.FIRM, "nearly all, and they are a third of those who have it"),
        (9, 18, PaidBy.UNKNOWN, "two others for each: a provider's domain, an exit of a network"),
        (8, 0, PaidBy.UNKNOWN, "two have another"),
    ],
)
def test_who_shows_one_value_of_its_own_hides_nothing(trait, members, others, payers, why):
    """A firm that pays by invoice shows no card."""
    owners = np.concatenate([TEN[:members], np.arange(others)])
    shows = index_shown(
        trait, "money", np.ones(110, np.int64), (owners, np.zeros(len(owners), np.int64)), pa.array(["one"])
    )
    openly = replace(firms((-1,) * 10), openly=(shows,))
    assert paid(standing_of(identity=9.9, session=9.9), openly) is payers, why


def test_customers_of_one_product_have_its_client_in_common():
    """A platform calls with its own client, and a tool brings one; a card each is also what an attacker can buy."""
    each = firms(tuple(range(10)))
    six, five = (np.where(np.arange(10) < agreeing, 9.9, 0.0) for agreeing in (6, 5))
    for client, session, payers, why in (
        (six, five, PaidBy.THEMSELVES, "most call with one client"),
        (five, five, PaidBy.UNKNOWN, "half do"),
        (six, six, PaidBy.UNKNOWN, "no product makes most of them pass conversations on"),
    ):
        found = paid(standing_of(client=client, network=9.9, wording=9.9, session=session), each)
        assert found is payers, why


@pytest.mark.parametrize(
    ("clients", "templates", "payers", "why"),
    [
        ([0] * 6 + [1] * 4, range(10), PaidBy.THEMSELVES, "most call with one client"),
        ([0] * 5 + [1] * 5, range(10), PaidBy.UNKNOWN, "two clients, and nothing that most ask alike"),
        ([0] * 5 + [1] * 5, [0] * 6 + [*range(1, 5)], PaidBy.THEMSELVES, "two builds of what asks by one template"),
    ],
)
def test_one_product_shows_one_client_or_one_template(clients, templates, payers, why):
    """Who has several clients, and no template for most, has a pool of clients."""
    shows = (
        showing("TLS client", "client", TEN, clients),
        showing("opening template", "wording", TEN, list(templates)),
    )
    each = replace(firms(tuple(range(10))), marking=shows)
    assert paid(standing_of(client=9.9, wording=9.9), each) is payers, why


@pytest.mark.parametrize(
    ("colleagues", "payers", "why"),
    [
        (46, PaidBy.FIRM, "a team in the office of a firm of a hundred and ten"),
        (45, PaidBy.UNKNOWN, "of those with one mail provider most call from elsewhere"),
    ],
)
def test_a_team_within_a_larger_customer_has_its_name_and_its_address(colleagues, payers, why):
    everybody, one = np.arange(110), pa.array(["one"])
    office = np.concatenate([TEN, np.arange(colleagues), np.arange(200, 400)])
    shows = [
        index_shown(trait, "money", np.ones(400, np.int64), (owners, np.zeros(len(owners), np.int64)), one)
        for trait, owners in (("e-mail domain", everybody), ("address", office))
    ]
    openly = replace(firms((-1,) * 10), openly=tuple(shows))
    assert paid(standing_of(identity=9.9, session=9.9), openly) is payers, why


def test_whoever_calls_from_one_exit_as_many_with_one_mail_provider_do_is_no_part_of_a_customer():
    """Most who use the exit have the provider; of those who have the provider hardly any uses the exit."""
    shows = [
        index_shown(
            trait, "money", np.ones(400, np.int64), (owners, np.zeros(len(owners), np.int64)), pa.array(["one"])
        )
        for trait, owners in (("e-mail domain", np.arange(400)), ("address", np.arange(60, 110)))
    ]
    openly = replace(firms((-1,) * 10), openly=tuple(shows))
    assert paid(standing_of(identity=9.9, session=9.9), openly) is PaidBy.UNKNOWN


def test_who_signed_up_in_one_hour_has_no_name_by_that():
    """A workshop brings customers to a product, each with a card of its own; and a pool may be bought in an hour."""
    traits = {"e-mail domain": "identity", "sign-up hour": "identity", "payment card": "money"}
    both, value = (np.arange(2), np.zeros(2, np.int64)), pa.array(["one"])
    shows = [index_shown(name, family, np.ones(2, np.int64), both, value) for name, family in traits.items()]
    shown = Shown(pa.array(["a", "b"]), tuple(shows), (), np.full(2, -1))
    assert firms_of(shown, np.full(2, -1)).naming == (True, False, False)
    for naming, payers in (((False, True), PaidBy.UNKNOWN), ((False, False), PaidBy.THEMSELVES)):
        known = replace(firms(tuple(range(10))), naming=naming)
        assert paid_by(TEN, standing_of(client=9.9, identity=9.9), known, Judging()) is payers


def test_who_goes_round_in_two_addresses_is_not_openly_one():
    for half, payers in ((5, PaidBy.UNKNOWN), (4, PaidBy.FIRM)):
        owners = np.concatenate([TEN, TEN[:half]])
        both = (owners, np.concatenate([np.zeros(10, np.int64), np.ones(half, np.int64)]))
        shows = index_shown("address", "network", np.ones(110, np.int64), both, pa.array(["one", "two"]))
        openly = replace(firms((-1,) * 10), openly=(shows,))
        assert paid(standing_of(identity=9.9, session=9.9), openly) is payers


@pytest.mark.parametrize(
    ("cards", "paying", "payers", "why"),
    [
        ((1, 1, 2, 2, *[-1] * 6), [True] * 4 + [False] * 6, PaidBy.POOL, "most of those who pay at all share"),
        ((1, 1, 2, 2, *[-1] * 6), [True] * 10, PaidBy.THEMSELVES, "the others pay for themselves"),
        (
            (7, 8, 9, *[-1] * 7),
            [True] * 6 + [False] * 4,
            PaidBy.THEMSELVES,
            "cards that pay for nobody else of the group",
        ),
        ((7, 8, 9, *[-1] * 7), [True] * 3 + [False] * 7, PaidBy.THEMSELVES, "and most pay nothing, as it is free"),
        ((7, 7, 7, 7, 7, *[-1] * 5), [True] * 5 + [False] * 5, PaidBy.UNKNOWN, "one pays for half"),
    ],
)
def test_who_pays_at_all_counts(cards, paying, payers, why):
    found = paid(standing_of(client=9.9, network=9.9), firms(cards, np.array(paying)))
    assert found is payers, why


def test_most_accounts_must_agree_in_so_many_families():
    six = np.where(np.arange(10) < 6, 9.9, 0.0)
    both = frozenset({"money", "client"})
    assert mostly_agrees(TEN, standing_of(money=six, client=9.9), both, 2, Judging())
    assert not mostly_agrees(TEN, standing_of(money=six[::-1], client=six), both, 2, Judging()), "two accounts in both"
    assert not mostly_agrees(TEN, standing_of(money=six, network=9.9), both, 2, Judging()), "one of these families"


def test_what_is_known_of_firms_is_read_from_what_accounts_show(bench, small_world):
    traffic = small_world.made(*small_world.strangers(20), small_world.Queue())
    shown = bench.show(traffic.marks)
    known = firms_of(shown, np.full(len(shown.accounts), -1))
    paying = {row["account_id"] for row in traffic.rows if row.get("payment_hash") is not None}
    assert {one for one, pays in zip(shown.accounts.to_pylist(), known.paying, strict=True) if pays} == paying
    assert paying


def test_nobody_agrees_by_no_bits_however_little_is_asked_for():
    loose = Judging(least_evidence_bits=0.0)
    assert not mostly_agrees(TEN, standing_of(money=0.0), frozenset({"money"}), 1, loose)
    assert mostly_agrees(TEN, standing_of(money=0.1), frozenset({"money"}), 1, loose)
