"""Who pays for a group of accounts: by that it is told whether many of them show more than one does."""

from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
import numpy.typing as npt

from stillwatch.campaigns.membership import Standing
from stillwatch.findings.settings import Judging
from stillwatch.links.incidence import Incidence
from stillwatch.links.shown import Shown

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
CARD = "payment card"  # the trait
_DOMAIN = "e-mail domain"  # the trait
_OPEN = frozenset({CARD, "address", _DOMAIN})  # traits in which whoever hides that it is one differs
_NEARLY_ALL = 0.9  # of the accounts of a group
_OWN_SHARE = 1 / 3  # of those who show a value, that it is the group's own
_IDENTITY = "identity"
_COHORT = "sign-up hour"  # a trait that is no name: who joins in one workshop or at one launch signs up together
# a platform calls its own way and on its own schedule, a tool brings one, and those who use it may work in one country
_OF_PRODUCT = frozenset({"client", "network", "timing", "wording"})
_MARKS_OF_ONE = frozenset({"client", "wording"})  # families in which a product shows that it is one


@dataclass(frozen=True)
class Firms:
    """What is known of who belongs together.

    Attributes
    ----------
    organisations
        Each account's declared organisation, as a number; -1 where none is.
    payers
        The card that pays for it and for others, as a number; -1 where there is none.
    paying
        Which accounts show a card at all.
    openly
        Who shows which card, address and e-mail domain.
    naming
        Which traits, in the order of `Shown.names`, are of identity and no `sign-up hour`.
    marking
        Who shows which client, and which template or other value of what is asked.
    """

    organisations: Ints
    payers: Ints
    paying: Mask
    openly: tuple[Incidence, ...] = ()
    naming: tuple[bool, ...] = ()
    marking: tuple[Incidence, ...] = ()


def firms_of(shown: Shown, payers: Ints) -> Firms:
    """Return what is known of who belongs together; `payers` as `read_turns` gives them."""
    cards = [one.shown_count > 0 for one in shown.incidences if one.name == CARD]
    openly = tuple(one for one in shown.incidences if one.name in _OPEN)
    naming = tuple(
        family == _IDENTITY and name != _COHORT for name, family in zip(shown.names, shown.families, strict=True)
    )
    marking = tuple(one for one in shown.incidences if one.family in _MARKS_OF_ONE)
    return Firms(shown.organisations, payers, cards[0] if cards else payers >= 0, openly, naming, marking)


class PaidBy(Enum):
    """Who pays for the accounts of a group (docs/decisions/0022 to 0024, and 0042)."""

    POOL = auto()
    """Several cards pay, each for several accounts of no common name, which call from a pool too: many accounts show
    more than one does."""
    FIRM = auto()
    """One card pays for most, and they have a name, or nearly all show one card, address or name of their own: one
    customer with one product."""
    THEMSELVES = auto()
    """No card pays for several of most, and they have in common what one product gives them, and nothing else: its
    customers."""
    UNKNOWN = auto()
    """None of these."""


CUSTOMERS = frozenset({PaidBy.FIRM, PaidBy.THEMSELVES})
"""Those who pay openly: for one product, or each for its use of one."""


def paid_by(accounts: Ints, standing: Standing, firms: Firms, judging: Judging) -> PaidBy:
    """Return who pays for the accounts of a group.

    Parameters
    ----------
    standing
        How accounts stand to the group, as `weigh_membership` tells.
    """
    if _pay_for_themselves(accounts, firms) and _use_one_product(accounts, standing, firms, judging):
        return PaidBy.THEMSELVES
    if _is_one_firm(accounts, standing, firms, judging):
        return PaidBy.FIRM
    return PaidBy.POOL if _pays_from_a_pool(accounts, standing, firms, judging) else PaidBy.UNKNOWN


def _pays_from_a_pool(accounts: Ints, standing: Standing, firms: Firms, judging: Judging) -> bool:
    """Return whether several cards pay for a group, each for several accounts, that no name holds together.

    Most of those who pay at all pay so. One card for most is one firm's, however many names it serves; and one domain
    that few strangers have is its name. And most agree in the network: branches and agencies pay by several cards, and
    each calls from where it is; who buys cards for many accounts has to buy exits for them too.
    """
    shared = _accounts_of_cards(accounts, firms)
    several = 2 * shared.sum() > firms.paying[accounts].sum() and 2 * shared.max(initial=0) <= len(accounts)
    pooled = several and mostly_agrees(accounts, standing, frozenset({"network"}), 1, judging)
    return bool(len(shared) >= 2 and pooled and not _is_named(accounts, standing, firms, judging))


def _is_one_firm(accounts: Ints, standing: Standing, firms: Firms, judging: Judging) -> bool:
    """Return whether a group is openly one customer.

    One card pays for most of it, and it has a name of its own; or nearly all show one card, address or domain, which is
    mostly theirs: a firm that pays by invoice shows no card, and hides nothing.
    """
    if any(_show_one(accounts, one, firms.openly) for one in firms.openly):
        return True
    widest = _accounts_of_cards(accounts, firms).max(initial=0)
    return bool(2 * widest > len(accounts)) and _is_named(accounts, standing, firms, judging)


def _pay_for_themselves(accounts: Ints, firms: Firms) -> bool:
    """Return whether no card pays for several of most of a group, nor of most who pay: it may cost them nothing."""
    shared, paying = int(_accounts_of_cards(accounts, firms).sum()), int(firms.paying[accounts].sum())
    return 2 * shared < len(accounts) and 2 * shared <= paying


def _use_one_product(accounts: Ints, standing: Standing, firms: Firms, judging: Judging) -> bool:
    """Return whether most of a group have a client in common, and most nothing that a product would not give them.

    It is one product where most show one client, or fill one template whatever they call with; who has several clients
    and no template for most has a pool. That they signed up in one hour is what its customers do whom one workshop or
    one launch brought.
    """
    beside = frozenset(standing.families) - _OF_PRODUCT - {_IDENTITY}
    agreeing = _speaking(accounts, standing, beside, judging).any(axis=1) | _bears_name(
        accounts, standing, firms, judging
    )
    own_client = mostly_agrees(accounts, standing, frozenset({"client"}), 1, judging)
    is_one = any(2 * _values_of(accounts, one)[1].max(initial=0) > len(accounts) for one in firms.marking)
    return own_client and is_one and not 2 * agreeing.sum() > len(accounts)


def _show_one(accounts: Ints, shows: Incidence, openly: tuple[Incidence, ...]) -> bool:
    """Return whether nearly all accounts show one value that is a customer's own, and no other that half of them do.

    It is the group's own where they are a third or more of those who show it. And a domain is that of the customer of
    whom they are a part, however large, where most of those who show it also show a card or an address that nearly all
    of them do: colleagues in one firm have its name and its address, and customers of one mail provider have not. Who
    goes round in two addresses has a pool, if a small one.
    """
    found, counts = _values_of(accounts, shows)
    if (2 * counts >= len(accounts)).sum() != 1 or counts.max() < _NEARLY_ALL * len(accounts):
        return False
    value = found[counts.argmax()]
    holders = _holders(shows, value)
    if counts.max() > _OWN_SHARE * len(holders):
        return True
    return shows.name == _DOMAIN and any(
        2 * np.isin(holders, _holders(other, also)).sum() > len(holders)
        for other in openly
        if other is not shows
        for also in _shown_by_nearly_all(accounts, other)
    )


def _shown_by_nearly_all(accounts: Ints, shows: Incidence) -> Ints:
    found, counts = _values_of(accounts, shows)
    return np.asarray(found[counts >= _NEARLY_ALL * len(accounts)])


def _values_of(accounts: Ints, shows: Incidence) -> tuple[Ints, Ints]:
    """Return the values that the accounts show, and how many of them show each."""
    values = [shows.account_values[shows.account_start[one] : shows.account_start[one + 1]] for one in accounts]
    found, counts = np.unique(np.concatenate(values), return_counts=True)
    return found, counts


def _holders(shows: Incidence, value: int) -> Ints:
    return shows.value_accounts[shows.value_start[value] : shows.value_start[value + 1]]


def _accounts_of_cards(accounts: Ints, firms: Firms) -> Ints:
    """Return for how many accounts of a group each card pays, of cards that pay for two or more."""
    cards, counts = np.unique(firms.payers[accounts], return_counts=True)
    return np.asarray(counts[(cards >= 0) & (counts >= 2)])


def _is_named(accounts: Ints, standing: Standing, firms: Firms, judging: Judging) -> bool:
    return bool(2 * _bears_name(accounts, standing, firms, judging).sum() > len(accounts))


def _bears_name(accounts: Ints, standing: Standing, firms: Firms, judging: Judging) -> Mask:
    """Return which accounts agree with the group in a name; that they signed up in one hour is none."""
    bits = standing.trait_bits[standing.of(accounts)][:, np.flatnonzero(firms.naming)]
    return np.asarray(_speaks(bits, judging).any(axis=1))


def mostly_agrees(accounts: Ints, standing: Standing, families: frozenset[str], fewest: int, judging: Judging) -> bool:
    """Return whether most accounts agree with the group in at least so many of some families."""
    speaking = _speaking(accounts, standing, families, judging)
    return bool(2 * (speaking.sum(axis=1) >= fewest).sum() > len(accounts))


def _speaking(accounts: Ints, standing: Standing, families: frozenset[str], judging: Judging) -> Mask:
    """Return for each account, and each of some families, whether it agrees with the group."""
    columns = [at for at, one in enumerate(standing.families) if one in families]
    return _speaks(standing.bits[standing.of(accounts)][:, columns], judging)


def _speaks(bits: Floats, judging: Judging) -> Mask:
    return np.asarray((bits > 0) & (bits >= judging.least_evidence_bits))  # nobody's agreement says nothing anywhere
