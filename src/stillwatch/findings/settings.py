"""How findings are judged, and what the operator has declared."""

from dataclasses import dataclass, field

from stillwatch.campaigns.settings import Gathering


@dataclass(frozen=True)
class Judging:
    """Settings of `state_findings`.

    Attributes
    ----------
    false_discovery_rate
        Share of reported campaigns that may be false, by Benjamini and Hochberg over all groups that may be stated;
        also which share of those that agree with a group as its median account does may be strangers, where these are
        many, before it counts as gathered by chance.
    least_overdispersion
        How alike the accounts of one honest group are at the least, as the overdispersion of a beta-binomial (0: not
        more alike than strangers, 1: all the same). Measured on declared organisations where there are enough of them.
        In what a product decides they are taken to be all the same, whatever this is.
    fewest_exchanges
        Exchanges below which an account's habits are not judged, but for those that a part of the exchanges makes:
        these are held against honest accounts thinned to as many, or by a whole group against accounts that asked so
        often.
    steadiest_rhythm
        Length of the mean vector of an account's hours on the circle of the day (0: round the clock, 1: always the same
        hour) at which it is still called steady.
    harvest_quantile, least_harvest_share
        An account counts as harvesting when its share of harvest intents is above this quantile of the reference
        accounts' shares, and above the least share, which is what the intent model's own errors may make of honest
        text.
    least_evidence_bits
        A family that adds less to a finding does not count as one that speaks, and a habit that weighs less is not
        stated. A trait that accounts share is listed however little it weighs. As for groups.
    stranger_probability
        How often strangers may agree with a group as much before an account is no longer held for a member, at most one
        of them all; also what tells which families hold a group together. As for members that links drew in.
    fewest_comparable
        Honest accounts that a habit must be compared with; of fewer, none is so rare that it could be evidence.
    fewest_families
        Families of evidence that must speak.
    fewest_accounts
        Accounts of a group for which so many families speak, below which it is cleared. As for groups.
    solo_fewest_exchanges
        Exchanges below which a single account, or a group that is openly one customer, is no campaign of one, whatever
        it does: benchmarks are run by the thousand.
    solo_fewest_days
        Days with harvest below which it is none either: a benchmark is run in bursts, even round the clock.
    solo_false_alarm_rate
        Largest false-alarm rate at which a campaign of one, or a group that is openly one customer, is stated; at most
        that of one of all strangers.
    """

    false_discovery_rate: float = 0.02
    least_overdispersion: float = 0.3
    fewest_exchanges: int = 10
    steadiest_rhythm: float = 0.3
    harvest_quantile: float = 0.98
    least_harvest_share: float = 0.05
    least_evidence_bits: float = Gathering.speaking_bits
    stranger_probability: float = Gathering.loosest_probability
    fewest_comparable: int = 5
    fewest_families: int = 2
    fewest_accounts: int = Gathering.fewest_accounts
    solo_fewest_exchanges: int = 5_000
    solo_fewest_days: int = 3
    solo_false_alarm_rate: float = 0.001


@dataclass(frozen=True)
class Price:
    """What a million tokens of a model cost, in the currency of `Declared.currency`."""

    input: float
    output: float


@dataclass(frozen=True)
class Declared:
    """What the operator declares of its customers: who belongs together, whom to excuse, what is authorised.

    Attributes
    ----------
    organisations
        Organisation -> its accounts, beside those that the logs declare in `org_id`.
    excused_organisations, excused_accounts
        Known customers: never flagged. The report names none of them: it counts among those cleared, by reason, a group
        of which fewer than two other accounts are left, and an account that harvests alone. Accounts of one
        organisation are not tied to one another, so that one which keeps to itself makes no group to be counted.
    authorised_distillation
        Accounts or organisations that may distil: never flagged, and counted in the same way.
    honest_accounts
        Accounts declared clean: what strangers share is learned from them alone when there are any.
    prices, currency
        Model -> its price, for the value taken.
    """

    organisations: dict[str, tuple[str, ...]] = field(default_factory=dict)
    excused_organisations: tuple[str, ...] = ()
    excused_accounts: tuple[str, ...] = ()
    authorised_distillation: tuple[str, ...] = ()
    honest_accounts: tuple[str, ...] = ()
    prices: dict[str, Price] = field(default_factory=dict)
    currency: str = "USD"
