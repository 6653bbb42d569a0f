"""How campaigns are gathered."""

from dataclasses import dataclass


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
        Links to other members that each member needs, so that one stray link draws nobody in.
    merging_share
        Share of a community's members that must be tied to another for the two to be one.
    resolution
        Of the modularity; below 1 prefers larger groups.
    stray_members
        Strangers that may be admitted to a group by chance, on average: an account is admitted when strangers agree
        with the group as much less often than this many among all of them.
    loosest_probability
        How often strangers may agree with a group as much as a member that links drew in; beyond it, the member leaves.
    speaking_bits
        Bits from which a family speaks for a member; two must.
    most_settlings
        Times that accounts are held against the groups anew; two or three settle in practice.
    """

    most_rounds: int = 4
    agreeing_bits: float = 5.0
    conspicuous_quantile: float = 0.99
    fewest_accounts: int = 5
    fewest_ties: int = 2
    merging_share: float = 0.5
    resolution: float = 1.0
    stray_members: float = 0.02
    loosest_probability: float = 0.002
    speaking_bits: float = 3.0
    most_settlings: int = 6
