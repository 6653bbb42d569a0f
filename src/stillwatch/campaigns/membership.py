"""How much an account agrees with a whole campaign, family by family, against what strangers do."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from stillwatch.campaigns.closeness import closeness_to
from stillwatch.campaigns.telling import probabilities_without, stranger_probability, summed_probability
from stillwatch.links.incidence import Incidence, Ints
from stillwatch.links.layers import FEWEST_IN_LAYER, layers_of
from stillwatch.links.shown import Shown
from stillwatch.links.weigh import Floats, Mask

_STRANGERS = 20_000  # ranks among more would be no finer than needed
FEWEST_SHOWING = 2  # other members who show a value before it is the campaign's: one's cover is no more than its own
_LAYER_ALIKE = 150  # of behaviour, which depends on scale more than anything does
_SPARED = 5  # strangers that agree the most, of whom some may be members
_TELLING_SHARE = 0.5  # of what members agree in the behaviour of a family in which they agree the most


@dataclass(frozen=True)
class Standing:
    """How accounts stand to one campaign.

    Attributes
    ----------
    accounts
        Whose standing it is, ascending: the members, whoever shares a value with them, and strangers.
    families
        Names of the columns of `bits`.
    trait_bits, bits
        For each account and trait (in the order of `Shown.names`) or family, how few strangers agree with the campaign
        as much: -log2 of their share. Of a family, the strongest trait of values counts, or all behaviours together;
        behaviours that do not count have no bits.
    honest, members
        Which of them are the strangers, and which the campaign's.
    probability
        How often a stranger agrees with the campaign as much in all, if strangers agree in each family apart.
    """

    accounts: Ints
    families: tuple[str, ...]
    trait_bits: Floats
    bits: Floats
    honest: Mask
    members: Mask
    probability: Floats

    @property
    def total(self) -> Floats:
        """Bits over all families."""
        return np.asarray(self.bits.sum(axis=1))

    def of(self, accounts: Ints) -> Ints:
        """Return the rows of accounts whose standing is known."""
        return np.asarray(np.searchsorted(self.accounts, accounts))

    def plainly(self) -> Floats:
        """Return how often a stranger agrees as much in all, were every family to tell as much as any other.

        A group was gathered for the families in which it agrees, so that they tell its members apart says nothing yet.
        """
        return _dependent(summed_probability(self.bits, self.honest), self.honest)

    def without_each(self) -> dict[str, Floats]:
        """Return for each family the probabilities that come of the others."""
        apart = probabilities_without(self.bits, self.honest, self.members)
        return dict(zip(self.families, (_dependent(one, self.honest) for one in apart), strict=True))

    def speaking(self, least_bits: float) -> Ints:
        """Return for each account how many families speak with at least so many bits."""
        return np.asarray((self.bits >= least_bits).sum(axis=1))


def weigh_membership(shown: Shown, strangers: Mask, members: Ints) -> Standing:
    """Weigh how much each account agrees with a campaign; a member is compared with the others.

    A pair of accounts may share little by chance of the slots that they were dealt; the campaign as a whole shows all
    that its accounts are dealt from. So an account is held against the whole: for each of its values the share of
    members that show it over the share of strangers, and how close its behaviour is to their mean. What it agrees in is
    then ranked among strangers, trait by trait and family by family, and families are added up by convolution, so that
    nothing is assumed of how anything is distributed but that strangers agree in one family whatever they do in
    another. Members of an account's own organisation do not speak for it.

    Parameters
    ----------
    strangers
        Which accounts are believed honest; at least one.
    members
        Accounts of the campaign, at least two, ascending.

    Notes
    -----
    Time grows with the accounts that show any value of the campaign.
    """
    shared = [_shared(one, strangers, members) for one in shown.incidences]
    sample = np.flatnonzero(strangers)
    if len(sample) > _STRANGERS:
        sample = np.random.default_rng(1).choice(sample, _STRANGERS, replace=False)
    sampled, inside = _mask(sample, len(strangers)), _mask(members, len(strangers))
    concerned = sampled | inside
    for one in shared:
        concerned |= one > 0
    accounts = np.flatnonzero(concerned)
    honest, inside = sampled[accounts], inside[accounts]
    scores = _scores(shown, shared, members, accounts)
    for name in np.unique(shown.organisations[members]):
        own = shown.organisations[accounts] == name
        if name >= 0 and own.any():
            others = members[shown.organisations[members] != name]
            again = [_shared(one, strangers, others) for one in shown.incidences] if len(others) >= 2 else []
            scores[:, own] = _scores(shown, again, others, accounts[own]) if again else 0.0
    layers = layers_of(shown.scale[accounts], honest, FEWEST_IN_LAYER)
    by_trait = [_ranked(scores[at], honest, layers) for at in range(len(shared))]
    for at, like in enumerate(shown.likenesses, len(shared)):
        by_trait.append(_ranked(scores[at], honest, layers_of(like.noise[accounts], honest, _LAYER_ALIKE)))
    ranked = np.stack(by_trait).T
    ranked[:, _silent(shown, ranked[inside])] = 0.0
    families = tuple(sorted(set(shown.families)))
    bits = np.stack([_ranked(one, honest, layers) for one in _of_families(shown, ranked, families)], axis=1)
    return Standing(accounts, families, ranked, bits, honest, inside, _probability(bits, honest, inside))


def _silent(shown: Shown, ours: Floats) -> Ints:
    """Return the behaviours that do not count: in which members agree much less than in another of the family.

    A queue that never rests has no phases, and one of office hours no pace; where members do not agree in a behaviour,
    strangers who by chance do would only hide how few agree in the other.
    """
    means, of = ours.mean(axis=0), np.array(shown.families)
    is_behaviour = np.arange(len(of)) >= len(shown.incidences)
    best = np.array([means[is_behaviour & (of == family)].max(initial=0.0) for family in shown.families])
    return np.flatnonzero(is_behaviour & (means < _TELLING_SHARE * best))


def _of_families(shown: Shown, ranked: Floats, families: tuple[str, ...]) -> Iterator[Floats]:
    """Yield the score of each family: of traits of values the strongest, or the sum of its behaviours if that is more.

    What is added up is no probability: it is ranked in its turn, so that behaviours may go together among strangers.
    """
    for family in families:
        values, behaviours = _columns(shown, family)
        yield np.maximum(ranked[:, values].max(axis=1, initial=0.0), ranked[:, behaviours].sum(axis=1))


def _columns(shown: Shown, family: str) -> tuple[Ints, Ints]:
    """Return the traits of values of a family, and its behaviours."""
    columns = np.flatnonzero(np.array(shown.families) == family)
    return columns[columns < len(shown.incidences)], columns[columns >= len(shown.incidences)]


def bits_by_trait(shown: Shown, standing: Standing, rows: Ints) -> Floats:
    """Return for each row and trait the bits that it tells: those of each family, given to the traits that count.

    That is the strongest trait of values, or where its behaviours tell more together, each of these in proportion.
    """
    told, given = np.zeros((len(rows), len(shown.names))), standing.trait_bits[rows]
    for bits, family in zip(standing.bits[rows].T, standing.families, strict=True):
        values, behaviours = _columns(shown, family)
        together = given[:, behaviours].sum(axis=1)
        by_behaviour = together > given[:, values].max(axis=1, initial=0.0)
        parts = np.divide(bits, together, out=np.zeros(len(rows)), where=by_behaviour)
        told[:, behaviours] = given[:, behaviours] * parts[:, None]
        if len(values):
            by_value = np.flatnonzero(~by_behaviour)
            told[by_value, values[given[:, values].argmax(axis=1)][by_value]] = bits[by_value]
    return told


def _mask(accounts: Ints, count: int) -> Mask:
    inside = np.zeros(count, bool)
    inside[accounts] = True
    return inside


def _scores(shown: Shown, shared: list[Floats], members: Ints, accounts: Ints) -> Floats:
    """Return a row for each trait."""
    alike = [closeness_to(one, members, accounts) for one in shown.likenesses]
    return np.stack([one[accounts] for one in shared] + alike)


def _shared(one: Incidence, strangers: Mask, members: Ints) -> Floats:
    """Return for each account the bits by which its values speak for the members; a value does not speak against."""
    inside = _mask(members, len(strangers))
    counts = np.bincount(_slices(one.account_start, one.account_values, members), minlength=len(one.values))
    values = np.flatnonzero(counts)
    owners = _slices(one.value_start, one.value_accounts, values)
    of = np.repeat(np.arange(len(values)), one.widths[values])
    theirs = np.bincount(of[strangers[owners]], minlength=len(values))
    own, known = inside[owners], strangers[owners]
    ours = counts[values][of] - own
    others = (theirs[of] - (known & ~own) + 0.5) / (strangers.sum() + 1.0)
    with np.errstate(divide="ignore"):
        bits = np.where(ours >= FEWEST_SHOWING, np.maximum(np.log2(ours / (len(members) - own) / others), 0.0), 0.0)
    return np.bincount(owners, weights=bits, minlength=len(strangers)) / np.maximum(one.shown_count, 1)


def _slices(starts: Ints, entries: Ints, chosen: Ints) -> Ints:
    """Return the entries of the chosen rows, one after the other."""
    widths = starts[chosen + 1] - starts[chosen]
    ends = np.cumsum(widths)
    return np.asarray(entries[np.arange(int(widths.sum())) + np.repeat(starts[chosen] - (ends - widths), widths)])


def _ranked(scores: Floats, honest: Mask, layers: Ints) -> Floats:
    """Return, in bits, how few strangers of an account's layer have as high a score; a score of 0 gives none."""
    bits, some = np.zeros(len(scores)), np.flatnonzero(scores > 0)
    by_layer = some[np.argsort(layers[some].astype(np.int8), kind="stable")]  # bytes are sorted by counting
    counts = np.bincount(layers[honest], minlength=int(layers.max(initial=0)) + 1)
    ends = np.cumsum(np.bincount(layers[some], minlength=len(counts)))
    for rows, strangers_count in zip(np.split(by_layer, ends[:-1]), counts.tolist(), strict=True):
        bits[rows] = _ranked_in_one(scores[rows].round(9), honest[rows], strangers_count)
    return bits


def _ranked_in_one(scores: Floats, honest: Mask, strangers_count: int) -> Floats:
    ordered = np.sort(scores[honest])
    above = len(ordered) - np.searchsorted(ordered, scores, side="left")
    return np.where(scores > 0, -np.log2(np.minimum(1.0, (1.0 + above) / (1.0 + strangers_count))), 0.0)


def _probability(bits: Floats, honest: Mask, members: Mask) -> Floats:
    return _dependent(stranger_probability(bits, honest, members), honest)


def _dependent(apart: Floats, honest: Mask) -> Floats:
    return np.asarray(apart ** dependence_of(np.sort(apart[honest])))


def dependence_of(probabilities: Floats) -> float:
    """Return the power that makes the smallest probabilities of strangers as frequent as they say: 1 if they are.

    The probabilities are ascending. Families are not quite independent among strangers: who calls from a data centre
    often works round the clock too. The few smallest are left out, for they may be members that nobody has found.
    """
    ranks = np.arange(_SPARED, min(len(probabilities), 10 * _SPARED))
    small = probabilities[ranks] < 0.5
    if not small.any():
        return 1.0
    wanted, given = np.log((ranks[small] + 1.0) / (len(probabilities) + 1.0)), np.log(probabilities[ranks[small]])
    return float(min(1.0, np.median(wanted / given)))
