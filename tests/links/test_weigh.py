from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from stillwatch.links import rows, threads, weigh
from stillwatch.links.candidates import candidate_pairs
from stillwatch.links.closeness import likeness
from stillwatch.links.dealing import Dealing, deal, dealt_pairs
from stillwatch.links.joined import join_incidences
from stillwatch.links.learned import learn_chances
from stillwatch.links.settings import Linking
from stillwatch.links.shown import Shown
from stillwatch.links.weigh import Weighing, links_table, weakest_link, weigh_links
from stillwatch.tables import LINKS

TRAITS = (("address", "network"), ("address block", "network"), ("payment card", "money"), ("same prompt", "wording"))
COUNT = 200


def drawn(seed, count=COUNT):
    """Random accounts, of which the first four have an address, a card and a prompt of their own."""
    draw = np.random.default_rng(seed)
    traits = {}
    for place, trait in enumerate(TRAITS):
        sizes = draw.integers(0, 5, count)
        traits[trait] = [set((draw.zipf(1.4, size) % 500).tolist()) for size in sizes]
        for account in range(4):
            traits[trait][account].add(1_000 + place)
    return traits


def everyone(shown):
    return np.ones(len(shown.accounts), bool)


def of(shown):
    """What weighs the accounts by all of them, and the pairs."""
    settings = Linking()
    joined = join_incidences(shown.incidences, len(shown.accounts))
    chances = learn_chances(shown, joined, everyone(shown), settings)
    return Weighing(shown, joined, chances, settings), candidate_pairs(joined, shown.organisations, settings)


def as_dict(weighed, renamed):
    pairs = zip(renamed[weighed.a].tolist(), renamed[weighed.b].tolist(), strict=True)
    rows = zip(weighed.bits.tolist(), weighed.counts.tolist(), weighed.total.tolist(), strict=True)
    return {(min(pair), max(pair)): row for pair, row in zip(pairs, rows, strict=True)}


@examples(max_examples=4)
@given(st.integers(0, 10**6))
def test_links_do_not_depend_on_how_accounts_are_numbered(shown_of, seed):
    traits, order = drawn(seed), np.random.default_rng(seed).permutation(COUNT)
    moved = {trait: [shows[at] for at in order] for trait, shows in traits.items()}
    organisations = np.arange(COUNT) % 50 - 5
    one = shown_of(traits, np.maximum(organisations, -1))
    other = shown_of(moved, np.maximum(organisations, -1)[order])
    found = [weigh_links(shown, everyone(shown), Linking()) for shown in (one, other)]
    assert as_dict(found[0], np.arange(COUNT)) == as_dict(found[1], order)


def test_bits_by_hand(shown_of):
    """Two of a hundred share the only shared card: 2.. of 100 x 100 chances, less one bit for half of all operators."""
    shown = shown_of({("payment card", "money"): [{0}, {0}, *({at} for at in range(1, 99))]})
    weighed = weigh_links(shown, everyone(shown), Linking())
    rate = (2 + 0.5) / 100**2
    assert (weighed.a.tolist(), weighed.b.tolist()) == ([0], [1])
    assert weighed.bits.item() == pytest.approx(-np.log2(1 - np.exp(-rate)) - 1)
    assert (weighed.counts.item(), weighed.rarest.item(), weighed.families_count.item()) == (1, 0, 1)


def test_declared_organisations_earn_no_bits(shown_of):
    office = [{0}, {0}, {0}, *({at} for at in range(1, 60))]
    shown = shown_of({("payment card", "money"): office}, [7, 7, 8, *[-1] * 59])
    weighed = weigh_links(shown, everyone(shown), Linking())
    assert list(zip(weighed.a.tolist(), weighed.b.tolist(), strict=True)) == [(0, 2), (1, 2)]
    assert (weighed.total > 0).all()


def test_undeclared_accounts_are_nobodys_organisation(shown_of):
    shown = shown_of({("payment card", "money"): [{0}, {0}, *({at} for at in range(1, 60))]}, [-1] * 61)
    assert len(weigh_links(shown, everyone(shown), Linking()).a) == 1


def test_wider_values_weigh_less(shown_of):
    widths = [2, 5, 20, 60]
    cards = [{value} for value, width in enumerate(widths) for _ in range(width)]
    shown = shown_of({("payment card", "money"): cards + [{100 + at} for at in range(400)]})
    weighed = weigh_links(shown, everyone(shown), Linking())
    firsts = [0, 2, 7, 27]
    bits = [weighed.total[(weighed.a == first) & (weighed.b == first + 1)].item() for first in firsts]
    assert bits == sorted(set(bits), reverse=True)


@pytest.mark.parametrize(("family", "most"), [("money", 3.0), ("wording", 2.0)])
def test_a_trait_never_adds_more_than_its_most(shown_of, family, most):
    shown = shown_of({("a", family): [{0, 1, 2}, {0, 1, 2}, *({at} for at in range(3, 400))]})
    weighed = weigh_links(shown, everyone(shown), Linking(strongest_trait_bits=3.0, copied_wording_bits=2.0))
    assert weighed.bits.tolist() == [[most]]


@examples(max_examples=10)
@given(st.integers(0, 10**6))
def test_of_a_family_only_the_strongest_trait_counts(shown_of, seed):
    shown = shown_of(drawn(seed))
    weighed = weigh_links(shown, everyone(shown), Linking())
    network, money, wording = weighed.bits[:, :2].max(axis=1), weighed.bits[:, 2], weighed.bits[:, 3]
    assert weighed.total.tolist() == pytest.approx((network + money + wording).tolist())
    assert weighed.second.tolist() == pytest.approx(
        (weighed.total - np.max((network, money, wording), axis=0)).tolist()
    )
    assert (weighed.families_count == (network > 0) * 1 + (money > 0) + (wording > 0)).all()
    assert (weighed.bits >= 0).all()
    assert (weighed.bits <= [20, 20, 20, 12]).all()


def test_a_second_trait_of_the_family_adds_nothing(shown_of):
    shows = [{0}, {0}, *({at} for at in range(1, 99))]
    one = shown_of({("address", "network"): shows})
    both = shown_of({("address", "network"): shows, ("address block", "network"): shows})
    totals = [weigh_links(shown, everyone(shown), Linking()).total.tolist() for shown in (one, both)]
    assert totals[0] == totals[1]


@pytest.mark.parametrize(("thread_count", "part"), [(1, 10**9), (2, 7), (5, 64)])
def test_any_number_of_threads_gives_the_same(shown_of, monkeypatch, thread_count, part):
    shown = shown_of(drawn(8))
    expected = weigh_links(shown, everyone(shown), Linking())
    monkeypatch.setattr(threads, "ThreadPoolExecutor", partial(ThreadPoolExecutor, thread_count))
    monkeypatch.setattr(weigh, "_PART_PAIRS", part)
    monkeypatch.setattr(rows, "_PART_PARTNERS", part)
    found = weigh_links(shown, everyone(shown), Linking())
    assert all(np.array_equal(getattr(found, name), getattr(expected, name)) for name in ("a", "b", "bits", "counts"))


@examples(max_examples=10)
@given(st.integers(0, 10**6))
def test_the_sum_of_all_traits_is_the_same_with_and_without_the_traits(shown_of, seed):
    shown = shown_of(drawn(seed, 60))
    weighing, pairs = of(shown)
    sums, table = weighing.strengths(pairs), weighing.by_trait(pairs)
    for name in ("a", "b", "total", "second", "families_count"):
        assert np.array_equal(getattr(sums, name), getattr(table, name)), name
    strong = sums.only(sums.total > 5)
    assert np.array_equal(strong.total, sums.total[sums.total > 5])


@examples(max_examples=10)
@given(st.integers(0, 10**6))
def test_bits_equal_the_plain_reference(shown_of, seed):
    """All pairs in slow, plain Python: merged values, the chance of the s-th, and what further ones add."""
    shown = shown_of(drawn(seed, 40))
    weighing, _ = of(shown)
    pairs = tuple(np.array(ends, np.int32) for ends in zip(*combinations(range(40), 2), strict=True))
    found = weighing.by_trait(pairs)
    joined, chances = weighing.joined, weighing.chances
    for at, column in enumerate(joined.columns.tolist()):
        one = shown.incidences[column]
        rates = chances.rates[joined.first_value[at] : joined.first_value[at + 1]]
        for row, (a, b) in enumerate(zip(*(ends.tolist() for ends in pairs), strict=True)):
            shared = np.intersect1d(
                *(one.account_values[one.account_start[x] : one.account_start[x + 1]] for x in (a, b))
            )
            expected = rates[shared] * one.shown_count[a] * one.shown_count[b]
            further = np.maximum(0.0, np.arange(len(shared)) - expected) * chances.again_bits[at]
            bits = np.max(further - np.log2(-np.expm1(-expected)), initial=0.0) - np.log2(max(1, len(shared)))
            assert found.bits[row, column] == pytest.approx(np.clip(bits - 1, 0, 12 if one.family == "wording" else 20))
            assert found.counts[row, column] == len(shared)
            assert found.rarest[row, column] == (shared[0] if len(shared) else -1)


def test_profiles_add_where_candidates_share_something(shown_of):
    draw = np.random.default_rng(2)
    counts = draw.multinomial(300, draw.dirichlet(np.ones(24), COUNT))
    counts[0] = counts[1]
    values = shown_of(drawn(2))
    shown = Shown(values.accounts, values.incidences, (likeness("rhythm", "timing", counts, 20),), values.organisations)
    weighed = weigh_links(shown, everyone(shown), Linking())
    first = (weighed.a == 0) & (weighed.b == 1)
    assert weighed.bits[first, -1].item() == pytest.approx(np.log2((1 + COUNT) / 3) - 1)
    assert weighed.rarest[first, -1].item() == -1
    whole = replace(shown, likenesses=(replace(shown.likenesses[0], of_pairs=False),))
    assert not weigh_links(whole, everyone(shown), Linking()).bits[:, -1].any(), "pairs are not compared by it"


def test_the_level_of_strangers_is_what_dealt_traits_reach(shown_of):
    shown = shown_of(drawn(3))
    loose = Linking(weakest_link_bits=0.0)
    weighing, _ = of(shown)
    dealing = deal(shown.families, everyone(shown), np.zeros(len(shown.accounts), int), seed=1)
    dealt = weighing.strengths(dealt_pairs(weighing.joined, dealing, shown.organisations, loose), dealing)
    level = weakest_link(dealt, COUNT, loose, 0.02)
    assert np.sum(dealt.total[dealt.families_count >= 2] > level) == 8  # both ends of 0.02 of 200
    assert weakest_link(dealt, COUNT, Linking(weakest_link_bits=99.0), 0.02) == 99.0
    assert weakest_link(dealt, COUNT, loose, 0.003) > level


def test_dealt_bits_are_those_of_what_each_family_was_dealt(shown_of):
    """Dealt to themselves, accounts share what they shared; profiles go with their family."""
    shown = shown_of(drawn(5))
    counts = np.random.default_rng(5).multinomial(300, np.ones(24) / 24, COUNT)
    shown = Shown(shown.accounts, shown.incidences, (likeness("rhythm", "timing", counts, 20),), shown.organisations)
    weighing, pairs = of(shown)
    themselves = Dealing(
        dict.fromkeys(shown.families, np.arange(COUNT, dtype=np.int32)), np.arange(COUNT, dtype=np.int32)
    )
    assert np.array_equal(weighing.strengths(pairs, themselves).total, weighing.strengths(pairs).total)
    turned = np.arange(COUNT, dtype=np.int32)[::-1].copy()
    dealing = Dealing(dict.fromkeys(shown.families, turned), themselves.rows)
    other_way = tuple(COUNT - 1 - ends for ends in pairs)
    assert weighing.strengths(other_way, dealing).total.tolist() == pytest.approx(
        weighing.strengths(pairs).total.tolist()
    )


def test_the_table_has_one_row_for_each_trait_that_adds(shown_of):
    shown = shown_of({("payment card", "money"): [{0, 1}, {0, 1}, *({at} for at in range(2, 99))],
                      ("address", "network"): [{5}, {6}, *({at} for at in range(7, 104))]})  # fmt: skip
    table = links_table(weigh_links(shown, everyone(shown), Linking()), shown)
    LINKS.check(table, "the test")
    (row,) = table.to_pylist()
    assert row.pop("weight_bits") > 7
    assert row == {"account_a": "account-00000", "account_b": "account-00001", "trait": "payment card",
                   "family": "money", "shared_count": 2, "shared_value": "0000"}  # fmt: skip


def test_each_row_of_the_table_has_the_value_of_its_trait(shown_of):
    shown = shown_of(drawn(4))
    weighed = weigh_links(shown, everyone(shown), Linking())
    table = links_table(weighed, shown)
    told = {(row["account_a"], row["account_b"], row["trait"]): row["shared_value"] for row in table.to_pylist()}
    names = shown.accounts.to_pylist()
    assert len(told) == table.num_rows == (weighed.bits > 0).sum() > len(weighed.a)
    for pair, at in zip(*np.nonzero(weighed.bits > 0), strict=True):
        who = names[weighed.a[pair]], names[weighed.b[pair]]
        assert told[*who, shown.names[at]] == shown.incidences[at].values[int(weighed.rarest[pair, at])].as_py()


def test_pairs_within_a_kept_mask(shown_of):
    shown = shown_of(drawn(4))
    weighed = weigh_links(shown, everyone(shown), Linking())
    strong = weighed.only(weighed.total > 10)
    assert 0 < len(strong.a) == len(strong.bits) == len(strong.rarest) < len(weighed.a)
    assert (strong.total > 10).all()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_nobody_and_nothing_to_weigh(shown_of, count):
    alone = shown_of({("payment card", "money"): [{account} for account in range(count)]}) if count else None
    bare = Shown(pa.array([], pa.string()), (), (), np.empty(0, np.int64))
    for shown in filter(None, (alone, bare)):
        weighed = weigh_links(shown, everyone(shown), Linking())
        assert len(weighed.a) == len(weighed.total) == 0
        assert links_table(weighed, shown).num_rows == 0
        assert weakest_link(weighed, len(shown.accounts), Linking(), 0.003) == 16.0
