import numpy as np
import pytest

from stillwatch.links.joined import join_incidences
from stillwatch.links.kinds import kinds_of_values
from stillwatch.links.settings import Linking
from stillwatch.links.sketches import places_in_order, sketch_accounts, sketched_pairs

NOTHING_NARROW = Linking(lone_pairs=0, met_pairs=0, nearest_accounts=2)
NOBODYS = np.full(400, -1)


@pytest.fixture
def sides(incidence_of):
    """Two halves of 400 accounts that use different things, wholly within themselves."""
    draw = np.random.default_rng(4)
    side = draw.random(400) < 0.5
    incidences = [
        incidence_of([{int(draw.integers(0, 3)) + 10 * bool(left)} for left in side], name, family)
        for name, family in (("card", "money"), ("address", "network"), ("client", "client"))
    ]
    joined = join_incidences(incidences, 400)
    return joined, kinds_of_values(joined, NOTHING_NARROW), side


def unpack(keys):
    return keys >> 32, keys & 0xFFFFFFFF


def test_accounts_with_the_same_sketch_share_two_families(sides):
    joined, kinds, side = sides
    a, b = unpack(sketched_pairs(joined, kinds, NOBODYS, NOTHING_NARROW))
    assert len(a) > 300
    assert (a < b).all()
    assert (side[a] == side[b]).all()
    rows = np.array([joined.values[one:end] for one, end in joined.starts[:, [0, -1]]])
    assert ((rows[a] == rows[b]).sum(axis=1) >= 2).all()
    assert ((rows[a] == rows[b]).sum(axis=1) == 3).mean() > 0.8, "neighbours share a third where they can"


def test_pairs_of_some_rows_are_those_of_all_that_hold_one(sides):
    joined, kinds, _ = sides
    rows = np.array([3, 50, 51, 399], np.int32)
    every, some = (
        sketched_pairs(joined, kinds, NOBODYS, NOTHING_NARROW, rows=asked).tolist() for asked in (None, rows)
    )
    assert some == [key for key in every if {key >> 32, key & 0xFFFFFFFF} & set(rows.tolist())]
    assert len(some) >= len(rows)
    assert len(joined.drawn) == 2, "each order is drawn once"


def test_accounts_of_one_organisation_are_left_out(sides):
    joined, kinds, _ = sides
    assert not len(sketched_pairs(joined, kinds, np.zeros(400, np.int64), NOTHING_NARROW))


def test_who_shows_fewer_than_two_wide_families_has_no_sketch(incidence_of):
    shows = [{0}, {0}, {0}, set()]
    joined = join_incidences([incidence_of(shows), incidence_of([{0}, {0}, set(), {0}], "address", "network")], 4)
    keys, thirds = sketch_accounts(joined, kinds_of_values(joined, NOTHING_NARROW), 0)
    assert (keys >= 0).tolist() == [True, True, False, False]
    assert keys[0] == keys[1]
    assert thirds[0] == thirds[1] == len(joined.widths), "none shows a third"


def test_dealt_accounts_have_the_sketch_of_what_they_were_dealt(sides):
    joined, kinds, _ = sides
    turned = np.tile(np.arange(400, dtype=np.int32)[::-1], (3, 1))
    turned[:, 5] = -1
    own, dealt = (sketch_accounts(joined, kinds, 1, *sources) for sources in ((), (turned,)))
    others = np.arange(400) != 5
    assert all(np.array_equal(one[others], given[::-1][others]) for one, given in zip(dealt, own, strict=True))
    assert dealt[0][5] == -1


@pytest.mark.parametrize("count", [0, 1, 5, 5000])
def test_places_stand_by_sketch_then_by_third_then_as_they_stood(count):
    draw = np.random.default_rng(count)
    sketches, thirds = draw.integers(-1, 2**62, 40)[draw.integers(0, 40, count)], draw.integers(0, 7, count)
    np.testing.assert_array_equal(places_in_order(sketches, thirds), np.lexsort((thirds, sketches)))
