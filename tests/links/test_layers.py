import numpy as np
import pytest

from stillwatch.links.layers import MOST_LAYERS, layers_of


def test_strangers_are_spread_evenly_and_the_others_go_where_their_scale_is():
    scale, strangers = np.arange(400), np.arange(400) % 2 == 0
    layers = layers_of(scale, strangers, 50)
    assert np.bincount(layers[strangers]).tolist() == [50] * 4
    assert (np.diff(layers) >= 0).all()
    assert layers[[0, 399]].tolist() == [0, 3]


@pytest.mark.parametrize(("fewest", "layers"), [(1, MOST_LAYERS), (30, 3), (60, 1), (1_000, 1)])
def test_each_layer_has_enough_strangers(fewest, layers):
    assert len(np.unique(layers_of(np.arange(100), np.ones(100, bool), fewest))) == layers


def test_accounts_of_one_scale_are_in_one_layer():
    assert set(layers_of(np.full(500, 7), np.ones(500, bool), 10).tolist()) == {0}


def test_without_strangers_all_is_one_layer():
    assert layers_of(np.arange(9), np.zeros(9, bool), 1).tolist() == [0] * 9
