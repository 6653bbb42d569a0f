import numpy as np

from stillwatch.findings.charts.graph_layout import place_accounts, thin_ties
from stillwatch.findings.statement import Tie

NAMES = [f"a{i:02}" for i in range(24)]


def tie(i, j, bits=10.0):
    return Tie(NAMES[min(i, j)], NAMES[max(i, j)], bits, ("payment card",))


EVERY = [tie(i, j, 5 + (i * 7 + j) % 11) for i in range(24) for j in range(i)]


def test_thinning_holds_together_what_was_together():
    kept = thin_ties([*EVERY, tie(0, 1, 0.5)], NAMES)
    joined = {NAMES[0]}
    for _ in NAMES:
        joined |= {end for t in kept for end in (t.account_a, t.account_b) if {t.account_a, t.account_b} & joined}
    assert joined == set(NAMES)
    assert len(kept) == round(1.6 * 24)
    assert kept == sorted(kept, key=lambda t: (-t.bits, t.account_a, t.account_b))


def test_thinning_does_not_depend_on_the_order_and_drops_accounts_that_are_not_drawn():
    assert thin_ties(EVERY[::-1], NAMES) == thin_ties(EVERY, NAMES)
    assert all(t.account_b in NAMES[:5] for t in thin_ties(EVERY, NAMES[:5]))


def test_a_weak_tie_that_alone_holds_a_part_is_kept():
    two = [tie(i, j) for part in (range(6), range(6, 12)) for i in part for j in part if i < j] + [tie(0, 6, 0.1)]
    assert tie(0, 6, 0.1) in thin_ties(two, NAMES[:12])


def test_places_fill_the_frame_and_are_the_same_each_time():
    at = place_accounts(NAMES, thin_ties(EVERY, NAMES))
    assert at.shape == (24, 2)
    assert (at.min(), at.max()) == (-1.0, 1.0)
    assert np.array_equal(at, place_accounts(NAMES, thin_ties(EVERY, NAMES)))
    assert len({tuple(spot) for spot in at.tolist()}) == 24


def test_tied_accounts_stand_nearer_than_others():
    groups = [tie(i, j) for part in (range(12), range(12, 24)) for i in part for j in part if i < j] + [tie(0, 12, 1.0)]
    at = place_accounts(NAMES, groups)
    apart = np.linalg.norm(at[:, None] - at[None], axis=2)
    same = np.arange(24)[:, None] // 12 == np.arange(24)[None] // 12
    assert apart[same].mean() < apart[~same].mean() / 1.5


def test_none_one_and_untied_accounts_have_places():
    assert place_accounts([], []).shape == (0, 2)
    assert place_accounts(NAMES[:1], []).tolist() == [[0.0, 0.0]]
    assert len({tuple(spot) for spot in place_accounts(NAMES, []).tolist()}) == 24
