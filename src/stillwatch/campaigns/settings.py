"""How campaigns are gathered."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Gathering:
    """Settings of `gather_campaigns`.

    Attributes
    ----------
    most_rounds
        Rounds in which the reference (accounts in no group) is learned anew; two to four settle in practice.
    agreeing_bits
        Bits beside the strongest family from which a pair counts as agreeing in more than one way.
    conspicuous_quantile
        Accounts that agree with others more than this share of strangers does are left out of what strangers are
        learned from. Leaving out too many costs little; leaving in a campaign hides it.
    fewest_accounts
        Accounts below which a group is not a campaign: few accounts that agree can be chance or a household.
    fewest_ties
        Links to other members that each member needs, so that one stray link draws nobody in. Of weaker ones, by which
        accounts join what the others make, it needs as many, and two at the least.
    merging_share
        Share of a community's members that must be tied to another for the two to be one.
    merging_tie_share
        How strong such a tie must be, as a share of the mean of the ties within the two, whichever has the lower mean;
        all above the weakest link. Rivals that buy from the same sellers are tied, though by less than each is.
    resolution
        Of the modularity; below 1 prefers larger groups.
    stray_share
        Share of honest accounts that may be admitted by chance, over all groups that harvest or pass conversations on,
        and as much again over the others, most of which are cleared: an account that no link drew in is admitted when
        strangers agree with the group as much so rarely. Where one honest account in twenty harvests, of
        those that do, in a group that does, twenty times the share may: agreeing is taken not to go with harvesting
        among the honest, unless many of them harvest, who tell how much it does. One honest account in 10,000 may be
        flagged; half of that is left to what links draw in.
    false_share
        Share of a group's members that may be strangers admitted by chance, on average, were all strangers looked at;
        the stricter of the two counts. Groups are merged by those who agree with one as all others of its members do.
    stray_seeds
        Share of the accounts that are gathered for what they harvest or pass on, or taken in as such a group grows,
        which chance may have brought there, before they are held against the group as all others are.
    loosest_probability
        How often strangers may agree with a group as much as a member that links, or what it harvests, drew in; beyond
        it, the member leaves. Where that is more than one of all strangers, one of them: the more there are, the more
        do agree by chance, and some of those are linked by chance too. What is harvested counts as well; of 2,000
        strangers and more, only for those whom it drew in and that ask little (`Harvesting.staying`).
    speaking_bits
        Bits from which a family speaks for a member; two must.
    most_settlings
        Times that accounts are held against the groups anew, and that groups grow; two or three settle in practice.
    """

    most_rounds: int = 4
    agreeing_bits: float = 5.0
    conspicuous_quantile: float = 0.99
    fewest_accounts: int = field(default=5, metadata={"least": 2})
    fewest_ties: int = 2
    merging_share: float = 0.5
    merging_tie_share: float = 0.33
    resolution: float = 1.0
    stray_share: float = 5e-5
    false_share: float = 0.01
    stray_seeds: float = 0.1
    loosest_probability: float = 0.002
    speaking_bits: float = 3.0
    most_settlings: int = 6


def at_most_one(probability: float, strangers: int) -> float:
    """Return a probability, or where that is less what one of so many strangers is.

    Examples
    --------
    >>> at_most_one(0.002, 100), at_most_one(0.002, 10_000)
    (0.002, 0.0001)
    """
    return min(probability, 1.0 / max(1, strangers))
