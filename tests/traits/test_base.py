"""The contract that every trait keeps, and for each of its checks a trait that breaks it."""

import inspect
import random
import re
from collections.abc import Callable, Iterator

import pyarrow as pa
import pytest

from stillwatch.columns import INSTANT
from stillwatch.tables import EXCHANGES, MARKS, TRAITS
from stillwatch.traits.base import FAMILIES, Profile, Trait
from stillwatch.traits.registry import all_profiles, all_traits, listed_traits

REQUIRED = {"exchange_id", "asked_at", "account_id"}
LISTS = {"address_range": "ranges", "domain_kind": "domains", "released": "releases"}
MARKED_AS = {
    "system_text": {"system_digest"},
    "prompt_text": {"opening_digest", "ending_digest", "prompt_digest", "words_count", "path_digests", "owner_digests"},
    "tools_offered": {"tools_digest"},
    "reasoning_signatures": {"signature_digests"},
}
SECRET = "xylophonist"
SPOKEN = {
    "system_text": f"You are the {SECRET} of number 17 and answer in rhyme.",
    "prompt_text": f"Tell the {SECRET} in /home/{SECRET}/band why the sun sets later in June than in May.",
    "response_text": f"The {SECRET} knows.", "reasoning_text": f"The {SECRET} asks.",
    "tools_offered": [f"{SECRET}_search"], "tools_called": [f"{SECRET}_search"], "reasoning_signatures": [SECRET],
}  # fmt: skip


class Stand:
    """What the checks run a trait on: the crowd, whole and in parts, and what it says."""

    def __init__(self, shelf, crowd, marked):
        self.shelf, self.marked = shelf, marked
        self.all_rows, self.lists = crowd
        self._views = {}

    def table(self, trait: Trait, rows: list[dict], **lists) -> pa.Table:
        """The trait's rows as they come; what it reads is made once for all traits."""
        known = (repr(rows), repr(lists))
        if known not in self._views:
            self._views[known] = self.shelf.show(rows, **lists)
        return self.shelf.rows(trait, self._views[known])

    def show(self, trait: Trait, rows: list[dict], **lists) -> list[dict]:
        return in_order(self.table(trait, rows, **lists))

    def show_crowd(self, trait: Trait) -> list[dict]:
        return self.show(trait, self.all_rows, **self.lists)

    def show_kept(self, trait: Trait, kept: set[str]) -> list[dict]:
        """The trait's rows of the crowd when all but some of what it shows is null."""
        names = REQUIRED.union(*(MARKED_AS.get(name, {name}) for name in kept))
        rows = [{name: value for name, value in row.items() if name in names} for row in self.all_rows]
        return self.show(
            trait,
            rows,
            **{LISTS[name]: self.lists[LISTS[name]] for name in kept & set(LISTS)} | self.told_of_prompts(kept),
        )

    def told_of_prompts(self, kept: set[str]) -> dict:
        return {name: self.lists[name] for name in ("families", "templates") if "prompt_text" in kept}

    def show_spoken(self, trait: Trait) -> list[dict]:
        """The trait's rows of exchanges with text, of which the view carries the text itself besides its marks."""
        if "spoken" not in self._views:
            marks = self.marked([SPOKEN] * 3)
            (digest,) = set(marks["prompt_digest"].to_pylist())
            (opening,) = set(marks["opening_digest"].to_pylist())
            self.shelf.show(marks, families={digest: digest}, templates=[opening])
            raw = {name: value for name, value in SPOKEN.items() if name not in MARKS.names}
            raw = [raw | {"exchange_id": f"e{place}"} for place in range(3)]
            names = ["exchange_id", *(name for name in SPOKEN if name not in MARKS.names)]
            self.shelf.engine.name(
                "said", pa.Table.from_pylist(raw, pa.schema([EXCHANGES.schema.field(n) for n in names]))
            )
            self._views["spoken"] = self.shelf.keep("FROM exchange JOIN said USING (exchange_id)")
        return in_order(self.shelf.rows(trait, self._views["spoken"]))


def in_order(table: pa.Table) -> list[dict]:
    return sorted(table.to_pylist(), key=lambda row: [str(row.get(name)) for name in TRAITS.names])


@pytest.fixture(scope="module")
def stand(shelf, crowd, marked):
    return Stand(shelf, crowd, marked)


def another_table(trait: Trait, stand: Stand) -> Iterator[str]:
    """The declared table comes out, times in UTC without zone, with its key."""
    given = {field.name: field.type for field in stand.table(trait, stand.all_rows, **stand.lists).schema}
    wanted = {column.name: pa.timestamp("us") if column.type == INSTANT else column.type for column in TRAITS.columns}
    if given != wanted:
        yield f"another table: {sorted(given.items() ^ wanted.items(), key=str)}"
        return
    rows = stand.show_crowd(trait)
    if {row["trait"] for row in rows} - {trait.name} or any(row["value"] in {None, ""} for row in rows):
        yield "another name, or a value that is none"
    if len({tuple(row[column.name] for column in TRAITS.key) for row in rows}) != len(rows):
        yield "a key twice"


def rows_of_nothing(trait: Trait, stand: Stand) -> Iterator[str]:
    """No exchanges show nothing, nor do exchanges of which the log tells nothing; the crowd shows something."""
    if stand.show(trait, []):
        yield "rows from no exchanges"
    if stand.show(trait, [{"exchange_id": row["exchange_id"]} for row in stand.all_rows], **stand.lists):
        yield "rows from bare exchanges"
    if not stand.show_crowd(trait):
        yield "no rows from the crowd"


def depends_on_order(trait: Trait, stand: Stand) -> Iterator[str]:
    for seed in range(3):
        rows = random.Random(seed).sample(stand.all_rows, len(stand.all_rows))
        if stand.show(trait, rows, **stand.lists) != stand.show_crowd(trait):
            yield "depends on the order of rows"


def depends_on_batches(trait: Trait, stand: Stand) -> Iterator[str]:
    """What two halves show adds up to what the whole shows."""
    added: dict[tuple, dict] = {}
    for half in (stand.all_rows[::2], stand.all_rows[1::2]):
        for row in stand.show(trait, half, **stand.lists):
            key = tuple(row[column.name] for column in TRAITS.key)
            added[key] = both(added[key], row) if key in added else row
    if sorted(map(repr, added.values())) != sorted(map(repr, stand.show_crowd(trait))):
        yield "depends on batches"


def both(one: dict, other: dict) -> dict:
    first = min(one, other, key=lambda row: (row["first_seen_at"], row["example_exchange_id"]))
    return first | {
        "exchanges_count": one["exchanges_count"] + other["exchanges_count"],
        "last_seen_at": max(one["last_seen_at"], other["last_seen_at"]),
    }


def undeclared_columns(trait: Trait, stand: Stand) -> Iterator[str]:
    """Nothing but what `reads` names is read, and without any one of it the trait is blind."""
    if stand.show_kept(trait, set(trait.reads)) != stand.show_crowd(trait):
        yield "reads more than it declares"
    for name in trait.reads:
        if stand.show_kept(trait, set(trait.reads) - {name}):
            yield f"sees without `{name}`"


def text_in_values(trait: Trait, stand: Stand) -> Iterator[str]:
    rows = stand.show_spoken(trait)
    if any(SECRET in str(value).lower() for row in rows for value in row.values()):
        yield "raw text in values"
    if set(trait.reads) & set(SPOKEN) and not rows:
        yield "no rows from text"


def facts_missing(trait: Trait | Profile, stand: Stand | None = None) -> Iterator[str]:
    """Name, family, sources, honest reasons and evasion are told, in the form that findings and pages print."""
    if not re.fullmatch(r"[A-Za-z][a-zA-Z -]*[a-z]", getattr(trait, "name", "")):
        yield "no name"
    if getattr(trait, "family", "") not in FAMILIES:
        yield "no family"
    reads = getattr(trait, "reads", ())
    if not isinstance(reads, tuple) or not reads or not set(reads) <= {*EXCHANGES.names, *LISTS}:
        yield "no such columns"
    reasons, evasion = getattr(trait, "honest_reasons", ()), getattr(trait, "evasion", "")
    if not isinstance(reasons, tuple) or not reasons or not all(map(is_clause, reasons)):
        yield "no honest reasons"
    if not is_clause(evasion):
        yield "no evasion"
    if (inspect.getdoc(trait) or "") in {inspect.getdoc(Trait), inspect.getdoc(Profile), ""}:
        yield "no docstring"
    if trait.least_exchanges < 1:
        yield "no exchanges needed"


def is_clause(text: object) -> bool:
    return isinstance(text, str) and bool(re.fullmatch(r"[^\n]{8,}[^\n.;:]", text.strip()))


def names_twice(traits: tuple[Trait | Profile, ...]) -> Iterator[str]:
    names = [trait.name.lower() for trait in traits]
    yield from sorted({f"`{name}` twice" for name in names if names.count(name) > 1})


CHECKS = [
    another_table,
    rows_of_nothing,
    depends_on_order,
    depends_on_batches,
    undeclared_columns,
    text_in_values,
    facts_missing,
]


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("trait", all_traits(), ids=lambda trait: trait.name)
def test_a_trait_keeps_the_contract(trait, check, stand):
    assert list(check(trait, stand)) == []


@pytest.mark.parametrize("profile", all_profiles(), ids=lambda profile: profile.name)
def test_a_profile_states_its_facts(profile):
    assert list(facts_missing(profile)) == []


@pytest.mark.parametrize("profile", all_profiles(), ids=lambda profile: profile.name)
def test_a_profile_by_phase_is_compared_with_whole_campaigns_only(profile):
    assert not (profile.compared.is_by_phase and profile.of_pairs)


def test_names_are_given_once():
    assert list(names_twice(listed_traits())) == []


class Right(Trait):
    """The address, as a trait that keeps the contract; the wrong ones differ from it in one thing."""

    name = "right"
    family = "network"
    reads = ("ip",)
    honest_reasons = ("an office behind one address",)
    evasion = "another address for each account"
    value = "ip"


def wrong(**facts) -> Trait:
    return type("Wrong", (Right,), {"__doc__": "A trait that breaks the contract.", **facts})()


def asked(query: str) -> Callable[[Trait], str]:
    return lambda trait: query.format(right=Right.query(trait))


WRONG = [
    (another_table, {"query": asked("SELECT * EXCLUDE (day) FROM ({right})")}, "another table"),
    (another_table, {"query": asked("SELECT * REPLACE (day::VARCHAR AS day) FROM ({right})")}, "another table"),
    (another_table, {"query": asked("SELECT * REPLACE ('other' AS trait) FROM ({right})")}, "another name"),
    (another_table, {"query": asked("{right} UNION ALL {right}")}, "a key twice"),
    (another_table, {"value": "''"}, "a value that is none"),
    (rows_of_nothing, {"query": asked("SELECT 'a' AS account_id, count(*) AS value FROM exchange")}, "no exchanges"),
    (rows_of_nothing, {"value": "coalesce(ip, 'none')"}, "rows from bare exchanges"),
    (rows_of_nothing, {"value": "CASE WHEN ip = 'x' THEN ip END"}, "no rows from the crowd"),
    (depends_on_order, {"value": "row_number() OVER ()"}, "order"),
    (depends_on_batches, {"value": "CASE WHEN count(*) OVER (PARTITION BY ip) > 15 THEN ip END"}, "batches"),
    (undeclared_columns, {"value": "ip || user_agent"}, "reads more than it declares"),
    (undeclared_columns, {"value": "wording_family"}, "reads more than it declares"),
    (undeclared_columns, {"value": "coalesce(address_range, ip)"}, "reads more than it declares"),
    (undeclared_columns, {"reads": ("ip", "ja4")}, "sees without `ja4`"),
    (text_in_values, {"reads": ("prompt_text",), "value": "prompt_text"}, "raw text"),
    (text_in_values, {"reads": ("system_text",), "value": "upper(substr(system_text, 1, 40))"}, "raw text"),
    (text_in_values, {"reads": ("tools_offered",), "value": "tools_offered", "many": True}, "raw text"),
    (text_in_values, {"reads": ("prompt_text",), "value": "ip"}, "no rows from text"),
    (facts_missing, {"name": "has_'quotes'"}, "no name"),
    (facts_missing, {"family": "weather"}, "no family"),
    (facts_missing, {"reads": ("address",)}, "no such columns"),
    (facts_missing, {"reads": ("ip")}, "no such columns"),
    (facts_missing, {"honest_reasons": ()}, "no honest reasons"),
    (facts_missing, {"honest_reasons": ("an office behind one address.",)}, "no honest reasons"),
    (facts_missing, {"honest_reasons": ("an office behind one address")}, "no honest reasons"),
    (facts_missing, {"evasion": ""}, "no evasion"),
    (facts_missing, {"__doc__": None}, "no docstring"),
    (facts_missing, {"least_exchanges": 0}, "no exchanges needed"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "facts", "fault"), WRONG)
def test_a_wrong_trait_is_caught(check, facts, fault, stand):
    assert any(fault in found for found in check(wrong(**facts), stand))


@pytest.mark.parametrize("check", CHECKS)
def test_a_right_trait_is_not(check, stand):
    assert list(check(Right(), stand)) == []


@pytest.mark.parametrize("fact", ["name", "family", "reads", "honest_reasons", "evasion"])
def test_no_fact_may_be_left_out(fact):
    facts = {name: value for name, value in vars(Right).items() if name != fact}
    bare = type("Bare", (Trait,), facts)()
    assert len(list(facts_missing(bare))) == 1


def test_a_name_given_twice_is_caught():
    assert list(names_twice((Right(), wrong(name="Right"), wrong(name="left")))) == ["`right` twice"]


def test_a_value_in_one_list_counts_an_exchange_once(shelf):
    view = shelf.show([{"path_digests": [7, 7, 8]}, {"path_digests": [7]}])
    rows = shelf.rows(wrong(reads=("prompt_text",), value="path_digests", many=True), view).to_pylist()
    assert {row["value"]: row["exchanges_count"] for row in rows} == {"7": 2, "8": 1}


def test_the_example_is_the_earliest_and_of_equals_the_first_by_name(shelf, noon):
    rows = [{"exchange_id": name, "asked_at": noon, "ip": "x"} for name in ("c", "a", "b")]
    (row,) = shelf.rows(Right(), shelf.show(rows)).to_pylist()
    assert (row["example_exchange_id"], row["exchanges_count"]) == ("a", 3)
    assert row["first_seen_at"] == row["last_seen_at"] == noon.replace(tzinfo=None)
