import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.links.joined import join_incidences

SHOWS = st.lists(st.sets(st.integers(0, 9)), min_size=6, max_size=6)


@given(SHOWS, SHOWS, SHOWS)
def test_every_value_of_every_trait_stands_with_its_family(incidence_of, first, second, third):
    traits = [("card", "money"), ("address", "network"), ("bank", "money")]
    incidences = [incidence_of(one, *trait) for one, trait in zip((first, second, third), traits, strict=True)]
    joined = join_incidences(incidences, 6)
    assert (joined.names, joined.columns.tolist()) == (("money", "network"), [0, 2, 1])
    assert (joined.families.tolist(), joined.traits.tolist()) == ([0, 0, 1], [0, 2, 3])
    for at, column in enumerate(joined.columns.tolist()):
        one, begin, end = incidences[column], *joined.first_value[at : at + 2].tolist()
        assert joined.widths[begin:end].tolist() == one.widths.tolist()
        assert joined.shown[:, at].tolist() == one.shown_count.tolist()
        for value in range(len(one.values)):
            of = slice(*joined.value_start[begin + value : begin + value + 2].tolist())
            own = slice(*one.value_start[value : value + 2].tolist())
            assert joined.value_accounts[of].tolist() == one.value_accounts[own].tolist()
        for account in range(6):
            family = joined.families[at]
            values = joined.values[joined.starts[account, family] : joined.starts[account, family + 1]]
            own = one.account_values[one.account_start[account] : one.account_start[account + 1]]
            assert (values[(values >= begin) & (values < end)] - begin).tolist() == own.tolist()


def test_nothing_joined_is_an_index_of_nothing():
    joined = join_incidences([], 3)
    assert (joined.count, joined.families_count, len(joined.widths)) == (3, 0, 0)
    assert np.array_equal(joined.starts, np.zeros((3, 1)))
