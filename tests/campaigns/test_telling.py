import numpy as np
import pytest

from stillwatch.campaigns.telling import stranger_probability, summed_probability

COUNT, MEMBERS = 2_000, 30


def ranks(draw, count):
    """Bits of strangers of whom a third show nothing, as ranking gives them."""
    placed = np.maximum(draw.permutation(count) + 1, 1)
    return np.where(placed <= 2 * count // 3, -np.log2(placed / (count + 1)), 0.0)


@pytest.fixture
def among():
    """Bits of strangers in six families, and below them members whose families agree by the bits given."""

    def table(*shown):
        draw = np.random.default_rng(1)
        strangers = np.stack([ranks(draw, COUNT) for _ in range(6)], axis=1)
        members = np.zeros((MEMBERS, 6))
        members[:, : len(shown)] = shown
        honest = np.arange(COUNT + MEMBERS) < COUNT
        return np.concatenate((strangers, members)), honest, ~honest

    return table


def test_a_family_in_which_no_member_agrees_tells_nothing(among):
    bits, honest, members = among(9.0, 9.0)
    before = stranger_probability(bits, honest, members)
    bits[:COUNT, 5] = np.where(np.arange(COUNT) % 7 == 0, 10.9, 0.0)
    bits[honest.sum() - 1, 5] = 10.9
    again = stranger_probability(bits, honest, members)
    assert again[members] == pytest.approx(before[members], rel=0.05)
    assert again[COUNT - 1] == pytest.approx(before[COUNT - 1], rel=0.3)


def test_two_families_that_hold_all_members_say_nearly_as_much_as_both_together(among):
    probability = stranger_probability(*among(9.0, 9.0))
    assert (probability[COUNT:] < 20 * 2.0**-18).all()


def test_strangers_reach_it_no_more_often_than_said(among):
    bits, honest, members = among(6.0, 9.0, 3.0)
    probability = stranger_probability(bits, honest, members)[honest]
    for level in (0.1, 0.01, 0.002):
        assert np.mean(probability <= level) <= level + 3 * np.sqrt(level / COUNT)


def test_more_agreement_is_never_less_surprising(among):
    bits, honest, members = among(9.0, 5.0)
    probability = stranger_probability(bits, honest, members)
    bits[0] = bits[1] + 1.0
    more = stranger_probability(bits, honest, members)
    assert more[0] <= probability[1] * 1.01


def test_a_member_is_weighed_by_what_the_others_show(among):
    """A member that agrees where nobody else does is no more of the campaign for it."""
    bits, honest, members = among(9.0, 9.0)
    bits[-1] = [0.0, 0.0, 0.0, 10.0, 0.0, 0.0]
    probability = stranger_probability(bits, honest, members)
    assert probability[-1] > 0.1
    assert probability[-2] < 1e-4


def test_few_members_tell_less_than_many(among):
    bits, honest, members = among(9.0, 9.0)
    few = members & (np.arange(len(bits)) < COUNT + 3)
    assert stranger_probability(bits, honest, few)[COUNT] >= stranger_probability(bits, honest, members)[COUNT]


@pytest.mark.parametrize("picked", [0, 1, 2])
def test_hardly_any_members(among, picked):
    bits, honest, _ = among(9.0)
    members = np.zeros(len(bits), bool)
    members[COUNT : COUNT + picked] = True
    probability = stranger_probability(bits, honest, members)
    assert np.isfinite(probability).all()
    assert ((probability > 0) & (probability <= 1)).all()


def test_bits_that_are_summed_count_alike_whatever_members_show(among):
    bits, honest, members = among(9.0, 9.0)
    bits[-1] = [0.0, 0.0, 0.0, 0.0, 9.0, 9.0]
    probability = summed_probability(bits, honest)
    assert probability[-1] == pytest.approx(probability[-2], rel=0.2)
    assert np.mean(probability[honest] <= 0.01) <= 0.01 + 3 * np.sqrt(0.01 / COUNT)
    assert stranger_probability(bits, honest, members)[-1] > 10 * stranger_probability(bits, honest, members)[-2]
