import numpy as np
import pytest

from stillwatch.links import learned
from stillwatch.links.chance import sharing_again, sharing_rates
from stillwatch.links.joined import join_incidences
from stillwatch.links.learned import learn_chances, trim_chances
from stillwatch.links.settings import Linking


@pytest.fixture
def shown(shown_of):
    draw = np.random.default_rng(5)
    names = (("address", "network"), ("card", "money"), ("block", "network"))
    return shown_of({name: [set((draw.zipf(1.4, 4) % 60).tolist()) for _ in range(80)] for name in names})


@pytest.mark.parametrize("trimmed", [0.0, 0.1])
def test_rates_and_further_bits_are_those_of_each_trait(shown, trimmed):
    reference, joined = np.arange(80) % 4 > 0, join_incidences(shown.incidences, 80)
    chances = learn_chances(shown, joined, reference, Linking(), trimmed_share=trimmed)
    for at, column in enumerate(joined.columns.tolist()):
        one = shown.incidences[column]
        own = chances.rates[joined.first_value[at] : joined.first_value[at + 1]]
        assert np.array_equal(own, sharing_rates(one, reference, trimmed))
        values = [set(one.account_values[one.account_start[a] : one.account_start[a + 1]].tolist()) for a in range(80)]
        inside = np.flatnonzero(reference).tolist()
        shared = [[len(values[a] & values[b]) for b in inside if b != a] for a in inside]
        partners, more = (np.array([sum(n > least for n in row) for row in shared]) for least in (0, 1))
        again = sharing_again(partners, more, len(inside), trimmed)
        assert chances.again_bits[at] == pytest.approx(-np.log2(again))


def test_it_is_counted_on_some_where_there_are_many(shown, monkeypatch):
    joined = join_incidences(shown.incidences, 80)
    exact, few = [], []
    for most, into in ((1_000, exact), (40, few)):
        monkeypatch.setattr(learned, "_SAMPLED", most)
        into.append(learn_chances(shown, joined, np.ones(80, bool), Linking()).again_bits)
    assert few[0].tolist() == pytest.approx(exact[0].tolist(), abs=0.5)
    assert few[0].tolist() != exact[0].tolist()


def test_nothing_is_learned_from_nobody(shown):
    joined = join_incidences(shown.incidences, 80)
    chances = learn_chances(shown, joined, np.zeros(80, bool), Linking())
    assert (chances.rates == 0.5).all()
    assert chances.again_bits.tolist() == [1.0, 1.0, 1.0]


def test_trimmed_later_is_trimmed_at_once(shown):
    reference, joined = np.arange(80) % 4 > 0, join_incidences(shown.incidences, 80)
    whole, trimmed = (learn_chances(shown, joined, reference, Linking(), trimmed_share=one) for one in (0.0, 0.2))
    later = trim_chances(shown, joined, whole, 0.2)
    assert later.rates.tolist() == trimmed.rates.tolist() != whole.rates.tolist()
    assert later.again_bits.tolist() == trimmed.again_bits.tolist()
