import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.links.chance import sharing_again, sharing_rates

SHOWS = st.lists(st.sets(st.integers(0, 9)), min_size=2, max_size=9)
TRIMMED = st.sampled_from([0.0, 0.1, 0.3])


def references(length):
    return st.lists(st.booleans(), min_size=length, max_size=length)


def plain_rates(shows, reference, trimmed):
    """For the shared values, as text: ordered pairs that share one at most as common, and half a pair, over chances."""
    accounts = range(len(shows))
    inside = [account for account in accounts if reference[account]]
    width = {value: sum(value in values for values in shows) for value in set().union(*shows)}
    partners = {value: {account for account in inside if value in shows[account]} for value in width}
    sharing = {a: sum(len(partners[value] - {a}) for value in shows[a]) for a in inside}
    showing = sorted((a for a in inside if shows[a]), key=lambda a: (sharing[a] / len(shows[a]), a))
    kept = showing[: max(1, round(len(showing) * (1 - trimmed)))]
    chances = sum(len(shows[a]) for a in inside) * sum(len(shows[a]) for a in kept)
    rates = {}
    for value in (value for value in width if width[value] > 1):
        rarer = [other for other in width if width[other] <= width[value]]
        pairs = sum(len(partners[other] - {a}) for other in rarer for a in kept if other in shows[a])
        rates[f"{value:04}"] = (pairs + 0.5) / max(1, chances)
    return rates


@given(st.data(), SHOWS, TRIMMED)
def test_rates_equal_the_plain_reference(incidence_of, data, shows, trimmed):
    reference = data.draw(references(len(shows)))
    one = incidence_of(shows)
    found = dict(zip(one.values.to_pylist(), sharing_rates(one, np.array(reference), trimmed), strict=True))
    assert found == pytest.approx(plain_rates(shows, reference, trimmed), rel=1e-12)


ACCOUNTS = st.lists(st.integers(0, 5).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), max_size=9)


@given(ACCOUNTS, TRIMMED)
def test_sharing_again_is_the_mean_over_accounts_with_partners(counts, trimmed):
    partners, more = np.array(counts, np.int64).reshape(-1, 2).T
    shares = sorted(more / partners for partners, more in counts if partners)
    kept = shares[: max(0, len(shares) - round(trimmed * len(counts)))]
    expected = (sum(kept) + 0.5) / (len(kept) + 1)
    assert sharing_again(partners, more, len(counts), trimmed) == pytest.approx(expected)


CARDS = [{1, 2}, {1, 2}, {2}, {3}]  # card 1 of two accounts, card 2 of three, card 3 of one


@pytest.mark.parametrize(
    ("reference", "trimmed", "rates"),
    [
        ([1, 1, 1, 1], 0.0, [2.5 / 36, 8.5 / 36]),  # 6 shown by all: 36 chances; 2 ordered pairs, and 6 more
        ([1, 1, 1, 1], 0.25, [2.5 / 30, 6.5 / 30]),  # the third, with 2 partners for 1 card, is left out of the count
        ([1, 0, 1, 1], 0.0, [0.5 / 16, 2.5 / 16]),  # card 1 is unknown among strangers: half a pair
        ([0, 0, 0, 0], 0.0, [0.5, 0.5]),  # nothing is known
    ],
)
def test_rates_by_hand(incidence_of, reference, trimmed, rates):
    found = sharing_rates(incidence_of(CARDS), np.array(reference, bool), trimmed)
    assert found.tolist() == pytest.approx(rates)


@given(SHOWS, TRIMMED)
def test_a_wider_value_is_never_the_more_surprising(incidence_of, shows, trimmed):
    rates = sharing_rates(incidence_of(shows), np.ones(len(shows), bool), trimmed)
    assert (np.diff(rates) >= 0).all()
    assert (rates > 0).all()


def test_the_greatest_sharers_do_not_teach_what_strangers_do(incidence_of):
    honest = [{account} for account in range(90)]
    hydra = [{1000, 1001 + account % 3} for account in range(10)]
    one, all_ = incidence_of(honest + hydra), np.ones(100, bool)
    trusting, trimmed = sharing_rates(one, all_, 0.0), sharing_rates(one, all_, 0.1)
    assert (trimmed < trusting / 20).all()


def test_nobody_shares_again_by_default():
    nothing = np.empty(0, np.int64)
    assert sharing_again(nothing, nothing, 3, 0.1) == 0.5
