from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.links.closeness import likeness
from stillwatch.links.phases import PHASES
from stillwatch.links.shown import Shown, read_shown
from stillwatch.tables import PROFILES, TRAITS
from stillwatch.traits.base import Compared, Profile, Trait


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


def test_names_and_families_follow_the_columns(town):
    assert town.names == ("address", "address block", "payment card", "daily rhythm")
    assert town.families == ("network", "network", "money", "timing")


def profile_rows(rows):
    columns = dict(zip(("account_id", "day", "hours"), zip(*rows, strict=True), strict=True)) if rows else {}
    columns["exchanges_count"] = [sum(asked) for asked in columns.get("hours", ())]
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
    assert shown.asked.tolist() == [5, 40]


def test_what_an_account_does_is_what_it_asks_or_else_shows(town):
    assert town.scale.tolist() == sum(one.shown_count for one in town.incidences).tolist()
    assert replace(town, asked=np.arange(60)).scale.tolist() == list(range(60))


def test_reads_logs_without_accounts(engine):
    engine.name("profiles", PROFILES.empty())
    engine.name("traits", TRAITS.empty())
    nobody = pa.table({"account_id": pa.array([], pa.string()), "org_id": pa.array([], pa.string())})
    shown = read_shown(engine, [Card()], [Rhythm()], nobody)
    assert (len(shown.accounts), shown.incidences, shown.likenesses, len(shown.organisations)) == (0, (), (), 0)


@pytest.mark.parametrize("prompts", ["a day of an account", "every day of an account"])
def test_days_without_any_worded_prompt_change_nothing_for_others(engine, prompts):
    class Pool(Profile):
        name, family, vector, least_exchanges = "prompt pool", "wording", "wording_sum", 20
        compared = Compared.MEANS

    draw = np.random.default_rng(3)
    worded = [(f"a{account}", day, draw.integers(-99, 99, 32).tolist()) for account in range(40) for day in range(3)]
    silent = ("a7", 3, [None] * 32) if prompts == "a day of an account" else ("silent", 0, [None] * 32)
    engine.name("traits", TRAITS.empty())
    nobody = pa.table({"account_id": pa.array([], pa.string()), "org_id": pa.array([], pa.string())})
    found = []
    for rows in (worded, [*worded, silent]):
        given = [
            {"account_id": account, "day": day, "exchanges_count": 10, "wording_sum": v} for account, day, v in rows
        ]
        engine.name("profiles", pa.Table.from_pylist(given, schema=PROFILES.schema))
        shown = read_shown(engine, [], [Pool()], nobody)
        found.append(shown.likenesses[0])
    plain, mended = found
    assert np.isfinite(plain.roots).all()
    assert np.array_equal(mended.roots[:40], plain.roots)
    assert np.array_equal(mended.noise[:40], plain.noise), "what is not worded does not make a mean surer"
    assert np.isnan(mended.roots[40:]).all()


def test_a_profile_of_whole_campaigns_is_not_compared_in_pairs(engine):
    class Whole(Rhythm):
        of_pairs = False

    engine.name("profiles", profile_rows([("a", 0, hours(30, 1)), ("b", 0, hours(30, 1))]))
    engine.name("traits", TRAITS.empty())
    nobody = pa.table({"account_id": pa.array([], pa.string()), "org_id": pa.array([], pa.string())})
    shown = read_shown(engine, [Card()], [Rhythm(), Whole()], nobody)
    assert [one.of_pairs for one in shown.likenesses] == [True, False]


def test_profiles_of_the_same_hours_read_the_phases_of_the_logs_once(engine):
    class Phases(Rhythm):
        name, least_exchanges, compared = "work phases", 2, Compared.DEPARTURES

    class Share(Phases):
        name, compared = "even share", Compared.AMOUNTS

    engine.name("profiles", profile_rows([("a", 0, hours(30, 1)), ("b", 5, hours(10, 1))]))
    engine.name("traits", TRAITS.empty())
    nobody = pa.table({"account_id": pa.array([], pa.string()), "org_id": pa.array([], pa.string())})
    phases, share = read_shown(engine, [], [Phases(), Share()], nobody).likenesses
    assert [one.compared for one in (phases, share)] == [Compared.DEPARTURES, Compared.AMOUNTS]
    assert phases.roots is share.roots
    assert phases.roots.shape == (2, PHASES)
