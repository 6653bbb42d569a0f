import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.links.joined import join_incidences
from stillwatch.links.kinds import _fitting, kinds_of_values
from stillwatch.links.settings import Linking

WIDTHS = [2, 3, 3, 5]  # 1, 3, 3 and 10 pairs: 1, 7, 7 and 17 share one at most as common


@pytest.mark.parametrize(
    ("settings", "rare", "narrow"),
    [
        ({"lone_pairs": 0}, 0, 4),
        ({"lone_pairs": 6}, 1, 3),  # values as common are of one kind: 7 pairs do not fit
        ({"lone_pairs": 7}, 3, 1),
        ({"lone_pairs": 10**6}, 4, 0),
        ({"lone_pairs": 0, "met_pairs": 0}, 0, 0),
        ({"lone_pairs": 7, "met_pairs": 0}, 3, 0),  # what makes pairs by itself is met in any case
        ({"lone_pairs": 10**6, "widest_value": 3}, 3, 0),
        ({"lone_pairs": 0, "met_pairs": 1}, 0, 3),  # 13 accounts: 13 pairs fit
    ],
)
def test_kinds_follow_the_pairs_that_share_a_value_as_common(incidence_of, settings, rare, narrow):
    shows = [{value} for value, width in enumerate(WIDTHS) for _ in range(width)]
    kinds = kinds_of_values(join_incidences([incidence_of(shows)], len(shows)), Linking(**settings))
    assert (kinds.first_met.tolist(), kinds.first_wide.tolist()) == ([rare], [rare + narrow])


def test_each_trait_has_its_part(incidence_of):
    shows = [{value} for value, width in enumerate(WIDTHS) for _ in range(width)]
    both = [incidence_of(shows), incidence_of(shows, "address", "network")]
    kinds = kinds_of_values(join_incidences(both, len(shows)), Linking(lone_pairs=14, met_pairs=0))
    assert np.array_equal(kinds.first_met, [3, 7])
    assert np.array_equal(kinds.limits, (kinds.first_met, kinds.first_wide))


def test_no_traits_have_no_kinds():
    kinds = kinds_of_values(join_incidences([], 3), Linking())
    assert (len(kinds.first_met), len(kinds.first_wide)) == (0, 0)


@given(st.lists(st.integers(2, 9), max_size=30), st.integers(0, 400))
def test_values_as_common_are_of_one_kind(widths, most):
    widths = np.sort(np.array(widths, np.int64))
    pairs = np.cumsum(widths * (widths - 1) // 2)
    fitting = [sum(one * (one - 1) // 2 for one in widths.tolist() if one <= width) <= most for width in widths]
    assert _fitting(widths, pairs, most) == sum(fitting)
