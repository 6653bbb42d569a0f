import numpy as np
import pyarrow as pa
import pytest

from stillwatch.links.closeness import likeness
from stillwatch.links.shown import Shown, read_shown
from stillwatch.tables import PROFILES, TRAITS
from stillwatch.traits.base import Profile, Trait

ALL = np.ones(60, bool)


class Card(Trait):
    name, family = "payment card", "money"


class Rhythm(Profile):
    name, family, vector, least_exchanges = "daily rhythm", "timing", "hours", 20


@pytest.fixture
def town(shown_of):
    """Sixty accounts; the address and its block go together, the card does not."""
    draw = np.random.default_rng(5)
    blocks = [set(draw.integers(0, 12, draw.integers(1, 4)).tolist()) for _ in range(60)]
    cards = [set(draw.integers(0, 25, 1).tolist()) for _ in range(60)]
    traits = {
        ("address", "network"): [{10 * block + account % 2 for block in of} for account, of in enumerate(blocks)],
        ("address block", "network"): blocks,
        ("payment card", "money"): cards,
    }
    shown = shown_of(traits, organisations=[*range(30), *[-1] * 30])
    profile = likeness("daily rhythm", "timing", draw.integers(1, 9, (60, 24)), 20)
    return Shown(shown.accounts, shown.incidences, (profile,), shown.organisations)


def profiles_of(shown, family):
    """For each account all that it shows of one family, in the traits' own texts."""
    rows = [[] for _ in range(len(shown.accounts))]
    for one in shown.incidences:
        texts = one.values.to_pylist()
        for account in range(len(rows)):
            if one.family == family:
                values = one.account_values[one.account_start[account] : one.account_start[account + 1]]
                rows[account].append((one.name, tuple(sorted(texts[value] for value in values))))
    return [tuple(row) for row in rows]


def test_names_and_families_follow_the_columns(town):
    assert town.names == ("address", "address block", "payment card", "daily rhythm")
    assert town.families == ("network", "network", "money", "timing")


@pytest.mark.parametrize("family", ["network", "money"])
def test_dealing_keeps_what_is_shown_within_each_family(town, family):
    dealt = town.dealt(ALL, seed=1)
    assert sorted(profiles_of(dealt, family)) == sorted(profiles_of(town, family))
    assert profiles_of(dealt, family) != profiles_of(town, family)
    for before, after in zip(town.incidences, dealt.incidences, strict=True):
        assert dict(zip(before.values.to_pylist(), before.widths.tolist(), strict=True)) == dict(
            zip(after.values.to_pylist(), after.widths.tolist(), strict=True)
        )
        assert sorted(before.shown_count) == sorted(after.shown_count)


def test_dealing_parts_the_families_from_each_other(town):
    both = [
        list(zip(*(profiles_of(one, name) for name in ("network", "money")), strict=True))
        for one in (town, town.dealt(ALL, 1))
    ]
    assert len(set(both[0]) & set(both[1])) < 20


def test_dealing_leaves_out_all_but_the_reference(town):
    reference = np.arange(60) % 3 > 0
    dealt = town.dealt(reference, seed=1)
    for before, after in zip(town.incidences, dealt.incidences, strict=True):
        assert not after.shown_count[~reference].any()
        assert not np.diff(after.account_start)[~reference].any()
        assert sorted(after.shown_count[reference]) == sorted(before.shown_count[reference])
    assert np.isnan(dealt.likenesses[0].roots[~reference]).all()
    roots = [one.likenesses[0].roots[reference] for one in (town, dealt)]
    assert np.array_equal(*(np.sort(some[:, 0]) for some in roots))
    assert np.array_equal(dealt.organisations, town.organisations)


def test_dealing_is_decided_by_its_seed(town):
    once, again, other = (profiles_of(town.dealt(ALL, seed), "money") for seed in (1, 1, 2))
    assert once == again != other


def profile_rows(rows):
    columns = dict(zip(("account_id", "day", "hours"), zip(*rows, strict=True), strict=True)) if rows else {}
    given = {name: list(columns.get(name, [None] * len(rows))) for name in PROFILES.names}
    return pa.table(given, schema=PROFILES.schema)


def hours(count, at):
    return [count if hour == at else 0 for hour in range(24)]


def test_reads_profiles_over_days_and_organisations(engine):
    engine.name("profiles", profile_rows([("b", 0, hours(10, 3)), ("a", 0, hours(5, 1)), ("b", 1, hours(30, 4))]))
    engine.name("traits", TRAITS.empty())
    owned = pa.table({"account_id": ["b"], "org_id": ["office"]})
    shown = read_shown(engine, [Card()], [Rhythm()], owned)
    assert shown.accounts.to_pylist() == ["a", "b"]
    assert shown.incidences == ()
    assert np.isnan(shown.likenesses[0].roots[0]).all()
    assert np.square(shown.likenesses[0].roots[1]).tolist() == pytest.approx([0, 0, 0, 0.25, 0.75] + [0] * 19)
    assert shown.organisations.tolist() == [-1, 0]


def test_reads_logs_without_accounts(engine):
    engine.name("profiles", PROFILES.empty())
    engine.name("traits", TRAITS.empty())
    nobody = pa.table({"account_id": pa.array([], pa.string()), "org_id": pa.array([], pa.string())})
    shown = read_shown(engine, [Card()], [Rhythm()], nobody)
    assert (len(shown.accounts), shown.incidences, shown.likenesses, len(shown.organisations)) == (0, (), (), 0)


def test_a_profile_of_whole_campaigns_is_not_compared_in_pairs(engine):
    class Whole(Rhythm):
        of_pairs = False

    engine.name("profiles", profile_rows([("a", 0, hours(30, 1)), ("b", 0, hours(30, 1))]))
    engine.name("traits", TRAITS.empty())
    nobody = pa.table({"account_id": pa.array([], pa.string()), "org_id": pa.array([], pa.string())})
    shown = read_shown(engine, [Card()], [Rhythm(), Whole()], nobody)
    assert [one.of_pairs for one in shown.likenesses] == [True, False]
    assert [one.of_pairs for one in shown.dealt(np.ones(2, bool), 1).likenesses] == [True, False]
