import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.links.incidence import index_shown, read_incidences
from stillwatch.tables import TRAITS
from stillwatch.traits.base import Trait

SHOWS = st.lists(st.sets(st.integers(0, 9)), min_size=1, max_size=9)


class Card(Trait):
    name, family, least_exchanges = "payment card", "money", 2


class Blind(Trait):
    name, family = "blind", "client"


def sets_of(one):
    """What each account shows among the shared values, as text."""
    texts = one.values.to_pylist()
    ends = zip(one.account_start[:-1], one.account_start[1:], strict=True)
    return [{texts[value] for value in one.account_values[start:end]} for start, end in ends]


def traits_table(rows):
    columns = dict.fromkeys(TRAITS.names)
    columns["account_id"], columns["trait"], columns["value"], columns["exchanges_count"] = zip(*rows, strict=True)
    columns["day"] = [0] * len(rows)
    given = {name: [None] * len(rows) if column is None else list(column) for name, column in columns.items()}
    return pa.table(given, schema=TRAITS.schema)


@given(SHOWS)
def test_both_directions_say_the_same_and_values_go_from_rare_to_common(incidence_of, shows):
    one = incidence_of(shows)
    widths = {value: sum(value in values for values in shows) for value in set().union(*shows)}
    common = sorted((value for value in widths if widths[value] > 1), key=lambda value: (widths[value], value))
    assert one.values.to_pylist() == [f"{value:04}" for value in common]
    assert one.widths.tolist() == [widths[value] for value in common]
    assert sets_of(one) == [{f"{value:04}" for value in values & set(common)} for values in shows]
    for place, value in enumerate(common):
        accounts = one.value_accounts[one.value_start[place] : one.value_start[place + 1]].tolist()
        assert accounts == [account for account, values in enumerate(shows) if value in values]
    assert one.shown_count.tolist() == [len(values) for values in shows]


def test_no_accounts_and_no_values_are_an_incidence():
    nothing = np.empty(0, np.int64)
    one = index_shown("payment card", "money", nothing, (nothing, nothing), pa.array([], pa.string()))
    assert (len(one.values), one.widths.tolist(), one.account_start.tolist()) == (0, [], [0])


def test_reads_what_enough_exchanges_show(engine):
    rows = [
        ("b", "payment card", "x", 2),
        ("a", "payment card", "x", 1),
        ("a", "payment card", "x", 1),
    ]  # 1 on each day
    rows += [("c", "payment card", "x", 1), ("c", "payment card", "own", 5), ("d", "payment card", "own 2", 1)]
    engine.name("traits", traits_table(rows))
    (one,) = read_incidences(engine, pa.array(list("abcd")), [Card(), Blind()])
    assert (one.name, one.family) == ("payment card", "money")
    assert sets_of(one) == [{"x"}, {"x"}, set(), set()]
    assert one.shown_count.tolist() == [1, 1, 1, 0]


def test_rows_in_any_order_are_one_incidence(engine):
    rows = [(f"{account:02}", "payment card", f"v{value}", 2) for account in range(20) for value in range(account % 7)]
    found = []
    for order in (range(len(rows)), np.random.default_rng(1).permutation(len(rows))):
        engine.name("traits", traits_table([rows[at] for at in order]))
        (one,) = read_incidences(engine, pa.array([f"{account:02}" for account in range(20)]), [Card()])
        found.append(
            [getattr(one, name) for name in ("shown_count", "value_start", "value_accounts", "account_values")]
        )
        found[-1].append(np.array(one.values))
    assert all((left == right).all() for left, right in zip(*found, strict=True))


def test_a_trait_whose_values_nobody_shares_is_kept_without_values(engine):
    engine.name("traits", traits_table([("a", "payment card", "x", 2), ("b", "payment card", "y", 2)]))
    (one,) = read_incidences(engine, pa.array(["a", "b"]), [Card()])
    assert (len(one.values), one.shown_count.tolist()) == (0, [1, 1])
