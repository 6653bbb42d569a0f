"""Exchanges by what they show, and the rows of the table `traits` that follow from them in the embedded engine."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from stillwatch.engine.duck import DuckEngine
from stillwatch.marks.families import WORDINGS_OF_MARKS, gather_families
from stillwatch.marks.mark import mark_exchanges
from stillwatch.tables import ADDRESS_RANGES, DISPOSABLE_DOMAINS, EXCHANGES, FAMILIES, MARKS, WORDINGS
from stillwatch.traits.base import Trait
from stillwatch.traits.views import show_exchanges

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEY = bytes(range(16))
RELEASES = pa.schema([("model", pa.string()), ("released", pa.timestamp("us"))])
Row = dict[str, Any]


def marks_of(rows: Sequence[Row]) -> pa.Table:
    """Rows of `marks`: a minute apart, of account `a`, null in all that a row does not give."""
    return pa.Table.from_pylist(_named(rows), schema=MARKS.schema)


@pytest.fixture(scope="session")
def marked() -> Callable[[Sequence[Row]], pa.Table]:
    """Rows of `marks` as the marks stage makes them of exchanges with these texts."""

    def mark(rows: Sequence[Row]) -> pa.Table:
        (batch,) = pa.Table.from_pylist(_named(rows), schema=EXCHANGES.schema).to_batches()
        return pa.Table.from_batches([mark_exchanges(batch, key=KEY)])

    return mark


@pytest.fixture(scope="session")
def noon() -> datetime:
    return NOON


def _named(rows: Sequence[Row]) -> list[Row]:
    return [
        {"exchange_id": f"e{place}", "asked_at": NOON + timedelta(minutes=place), "account_id": "a", **row}
        for place, row in enumerate(rows)
    ]


class Shelf:
    """Views `exchange`, made once from marks and the operator's lists and kept, to be read by any trait."""

    def __init__(self, engine: DuckEngine) -> None:
        self.engine = engine
        self.repeated = 0
        self._kept = 0

    def show(
        self,
        marks: pa.Table | Path | Sequence[Row],
        *,
        families: Mapping[int, int] | None = None,
        releases: Mapping[str, datetime] | Sequence[tuple[str, datetime]] = (),
        ranges: Mapping[str, str] | None = None,
        domains: Sequence[str] = (),
        templates: Sequence[int] | None = None,
    ) -> Path:
        """Keep a view of exchanges; which templates harvest is found in them, unless they are given."""
        released = releases.items() if isinstance(releases, Mapping) else releases
        families, ranges = families or {}, ranges or {}
        lists = {
            "families": pa.table([list(families), list(families.values())], schema=FAMILIES.schema),
            "releases": pa.Table.from_pylist(
                [{"model": model, "released": moment.replace(tzinfo=None)} for model, moment in released], RELEASES
            ),
            "address_ranges": pa.table([list(ranges), list(ranges.values())], schema=ADDRESS_RANGES.schema),
            "disposable_domains": pa.table([list(domains)], schema=DISPOSABLE_DOMAINS.schema),
        }
        for name, table in lists.items():
            self.engine.name(name, table)
        self.engine.name("marks", marks if isinstance(marks, pa.Table | Path) else marks_of(marks))
        self.repeated = show_exchanges(self.engine)
        if templates is not None:
            self.engine.name("harvest_templates", pa.table({"opening_digest": pa.array(templates, pa.int64())}))
        return self.keep("FROM exchange")

    def keep(self, query: str) -> Path:
        """Keep what a query gives as a view that a trait may read."""
        self._kept += 1
        return self.engine.keep(f"kept_{self._kept}", query)

    def rows(self, trait: Trait, exchanges: Path) -> pa.Table:
        """The rows of the table `traits` that a trait gives of a kept view."""
        self.engine.name("exchange", exchanges)
        return self.engine.sql(trait.query())


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    with DuckEngine(threads=2, folder=tmp_path_factory.mktemp("traits")) as engine:
        yield Shelf(engine)


Cases = Sequence[tuple[Row | Sequence[Row], Sequence[str], str]]


@pytest.fixture
def check_cases(shelf: Shelf) -> Callable[..., None]:
    """Check a table of cases: the exchanges (one, or several), the values that come of them, and why.

    The cases stand side by side in one table of exchanges, each with accounts of its own.
    """

    def check(trait: Trait, cases: Cases, **lists: Any) -> None:
        rows = []
        for case, (shown, _, _) in enumerate(cases):
            for place, row in enumerate([shown] if isinstance(shown, dict) else shown):
                named = {"exchange_id": f"{case} {place}", "asked_at": NOON + timedelta(minutes=place), **row}
                rows.append(named | {"account_id": f"{case} {row.get('account_id', 'a')}"})
        found: dict[str, list[str]] = {why: [] for _, _, why in cases}
        assert len(found) == len(cases)
        for row in shelf.rows(trait, shelf.show(rows, **lists)).to_pylist():
            found[cases[int(row["account_id"].split()[0])][2]].append(row["value"])
        assert {why: sorted(values) for why, values in found.items()} == {why: list(v) for _, v, why in cases}

    return check


SharedCases = Sequence[tuple[Row | Sequence[Row], Row | Sequence[Row], int, str]]


@pytest.fixture
def check_shared(shelf: Shelf, marked: Callable[[Sequence[Row]], pa.Table]) -> Callable[[Trait, SharedCases], None]:
    """Check a table of cases: what one account says and what another says, how many values both show, and why.

    What is said goes through the marks stage first, so that the texts themselves stand in the table. An account shows a
    value when as many of its exchanges do as the trait asks for.
    """

    def check(trait: Trait, cases: SharedCases) -> None:
        rows = [
            row | {"account_id": f"{case} {account}"}
            for case, (*both, _, _) in enumerate(cases)
            for account, said in enumerate(both)
            for row in ([said] if isinstance(said, dict) else said)
        ]
        marks = marked(rows)
        shelf.engine.name("marks", marks)
        digests = shelf.engine.sql(WORDINGS_OF_MARKS).cast(WORDINGS.schema)
        families = {row["prompt_digest"]: row["wording_family"] for row in gather_families(digests).to_pylist()}
        shown: dict[str, set[str]] = {row["account_id"]: set() for row in rows}
        for row in shelf.rows(trait, shelf.show(marks, families=families)).to_pylist():
            if row["exchanges_count"] >= trait.least_exchanges:
                shown[row["account_id"]].add(row["value"])
        found = {cases[case][3]: len(shown[f"{case} 0"] & shown[f"{case} 1"]) for case in range(len(cases))}
        assert found == {why: count for _, _, count, why in cases}

    return check


@pytest.fixture(scope="session")
def crowd() -> tuple[list[Row], dict[str, Any]]:
    """Exchanges of six accounts on three days that show something to every trait, and the operator's lists for them."""
    draw = random.Random(5)
    rows = [_speaking(draw, place) for place in range(90)]
    lists = {
        "families": {digest: digest - digest % 4 for digest in range(20)},
        "releases": {"m-2": NOON + timedelta(hours=6)},
        "ranges": {f"203.0.{block}.7": f"203.0.{block}.0/24 (vpn)" for block in range(3)},
        "domains": ["mail1.example"],
        "templates": [1],
    }
    return rows, lists


def _speaking(draw: random.Random, place: int) -> Row:
    few = draw.randrange
    return {
        "exchange_id": f"e{place}", "account_id": f"account {few(6)}",
        "asked_at": NOON + timedelta(minutes=few(3 * 24 * 60)), "account_created_at": NOON - timedelta(hours=few(9)),
        "org_id": f"org {few(3)}", "project_id": f"p{few(3)}", "end_user_id": f"u{few(5)}",
        "api_key_hash": f"k{few(9)}", "email_domain": f"Mail{few(4)}.example", "payment_hash": f"card {few(5)}",
        "access_path": f"path {few(3)}", "ip": f"203.0.{few(5)}.7", "country": "NO", "user_agent": f"agent/{few(3)}",
        "ja4": f"t13d{few(3)}", "asn": few(5), "provider": "us", "endpoint": "chat", "model": f"m-{few(3)}",
        "stream": True, "status_code": 200, "has_image": False, "conversation_id": f"c{few(9)}", "turn": few(4),
        "input_tokens": few(99), "output_tokens": few(99), "reasoning_tokens": few(9), "cached_input_tokens": 1,
        "temperature": 0.5, "top_p": 0.5, "max_tokens": 9, "n": 1, "logprobs": False, "reasoning_effort": "low",
        "finish_reason": "stop", "history_digests": [few(9) for _ in range(few(6))],
        "signature_digests": [few(9) for _ in range(few(3))], "tools_digest": few(4), "prompt_digest": few(20),
        "system_digest": few(4), "opening_digest": few(3), "ending_digest": few(3),
        "wording_sketch": bytes(64), "wording_vector": bytes([few(9)] * 32), "meaning_vector": bytes([few(9)] * 64),
        "intent": "coding",
        "intent_scores": bytes([few(9)] * 12), "language": "en", "path_digests": [few(5) for _ in range(few(3))],
        "owner_digests": [few(5) for _ in range(few(3))],
        "prompt_bytes": few(99), "words_count": 8 + few(9),
    }  # fmt: skip
