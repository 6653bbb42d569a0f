"""How links are weighed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Linking:
    """Settings of `weigh_links`.

    Attributes
    ----------
    widest_value
        Most accounts that may show a value before its pairs are no longer all met. A value of 300 accounts gives
        45,000 pairs; beyond it, accounts are paired by sketches of all such values that they show.
    met_pairs
        Pairs for each account that values may bring, over all traits and from the rarest on; where `lone_pairs` are
        more, those. Values beyond count as wide, whatever their width: so time grows with accounts.
    lone_pairs
        Pairs that rare values may bring by themselves, over all traits; of commoner values, two families must be shared
        for a pair to be weighed at all. Each takes 40 bytes, and half a microsecond a round.
    nearest_accounts
        With how many others of the same sketch an account is paired.
    strongest_trait_bits
        What one trait may add at most: no single trait decides.
    copied_wording_bits
        What the wording family may add at most. Text is copied in public: strangers who use one template share many
        things of it, so that counting them overstates what they show.
    sharing_probability
        Chance that two accounts of one operator share a trait at all; half, for want of labels.
    trimmed_share
        Share of accounts, the greatest sharers, that the first estimate of what strangers share leaves out.
    stray_links_share
        Links for each account that may remain when traits are dealt at random: sets the weakest link.
    stray_ties_share
        The same of the weaker links that tie accounts to the communities that the others make. One of them draws nobody
        in; two to one community are by chance far rarer.
    weakest_link_bits
        No link weaker than this is kept, whatever the estimate says.
    """

    widest_value: int = 300
    met_pairs: int = 100
    lone_pairs: int = 1_000_000
    nearest_accounts: int = 1
    strongest_trait_bits: float = 20.0
    copied_wording_bits: float = 12.0
    sharing_probability: float = 0.5
    trimmed_share: float = 0.1
    stray_links_share: float = 0.003
    stray_ties_share: float = 0.03
    weakest_link_bits: float = 16.0
