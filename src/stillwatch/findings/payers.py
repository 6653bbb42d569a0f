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
CARD = "payment card"  # the trait
_OPEN = frozenset({CARD, "address", "e-mail domain"})  # traits in which whoever hides that it is one differs
_NEARLY_ALL, _OWN_SHARE = (
    0.9,
    1 / 3,
)  # of the accounts of a group; of those who show a value, that it is the group's own
# a platform calls its own way and on its own schedule, a tool brings one, and those who use it may work in one country
_OF_PRODUCT = frozenset({"client", "network", "timing", "wording"})


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
    """

    organisations: Ints
    payers: Ints
    paying: Mask
    openly: tuple[Incidence, ...] = ()


def firms_of(shown: Shown, payers: Ints) -> Firms:
    """Return what is known of who belongs together; `payers` as `read_turns` gives them."""
    cards = [one.shown_count > 0 for one in shown.incidences if one.name == CARD]
    openly = tuple(one for one in shown.incidences if one.name in _OPEN)
    return Firms(shown.organisations, payers, cards[0] if cards else payers >= 0, openly)


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
    if _pay_for_themselves(accounts, firms) and _use_one_product(accounts, standing, judging):
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
    return bool(len(shared) >= 2 and pooled and not _is_named(accounts, standing, judging))


def _is_one_firm(accounts: Ints, standing: Standing, firms: Firms, judging: Judging) -> bool:
    """Return whether a group is openly one customer.

    One card pays for most of it, and it has a name of its own; or nearly all show one card, address or domain, which is
    mostly theirs: a firm that pays by invoice shows no card, and hides nothing.
    """
    if any(_show_one(accounts, one) for one in firms.openly):
        return True
    widest = _accounts_of_cards(accounts, firms).max(initial=0)
    return bool(2 * widest > len(accounts)) and _is_named(accounts, standing, judging)


def _pay_for_themselves(accounts: Ints, firms: Firms) -> bool:
    """Return whether no card pays for several of most of a group, nor of most who pay: it may cost them nothing."""
    shared, paying = int(_accounts_of_cards(accounts, firms).sum()), int(firms.paying[accounts].sum())
    return 2 * shared < len(accounts) and 2 * shared <= paying


def _use_one_product(accounts: Ints, standing: Standing, judging: Judging) -> bool:
    """Return whether most of a group have a client in common, and most nothing that a product would not give them."""
    beside = frozenset(standing.families) - _OF_PRODUCT
    own_client = mostly_agrees(accounts, standing, frozenset({"client"}), 1, judging)
    return own_client and not mostly_agrees(accounts, standing, beside, 1, judging)


def _show_one(accounts: Ints, shows: Incidence) -> bool:
    """Return whether nearly all accounts show one value, and are a third or more of those who do.

    And no other do half of them show: who goes round in two addresses has a pool, if a small one.
    """
    values = [shows.account_values[shows.account_start[one] : shows.account_start[one + 1]] for one in accounts]
    found, counts = np.unique(np.concatenate(values), return_counts=True)
    of_group = (counts >= _NEARLY_ALL * len(accounts)) & (counts > _OWN_SHARE * shows.widths[found])
    return bool(of_group.any() and (2 * counts >= len(accounts)).sum() == 1)


def _accounts_of_cards(accounts: Ints, firms: Firms) -> Ints:
    """Return for how many accounts of a group each card pays, of cards that pay for two or more."""
    cards, counts = np.unique(firms.payers[accounts], return_counts=True)
    return np.asarray(counts[(cards >= 0) & (counts >= 2)])


def _is_named(accounts: Ints, standing: Standing, judging: Judging) -> bool:
    return mostly_agrees(accounts, standing, frozenset({"identity"}), 1, judging)


def mostly_agrees(accounts: Ints, standing: Standing, families: frozenset[str], fewest: int, judging: Judging) -> bool:
    """Return whether most accounts agree with the group in at least so many of some families."""
    columns = [at for at, one in enumerate(standing.families) if one in families]
    bits = standing.bits[standing.of(accounts)][:, columns]
    speaking = (bits > 0) & (bits >= judging.least_evidence_bits)  # what nobody agrees in says nothing at any setting
    return bool(2 * (speaking.sum(axis=1) >= fewest).sum() > len(accounts))
