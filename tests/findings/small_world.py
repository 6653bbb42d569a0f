"""Small worlds as rows of `marks`, told apart by account names, and a bench on which the real engine reads them."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from stillwatch.campaigns.gather import Gathered, gather_campaigns
from stillwatch.campaigns.settings import Gathering
from stillwatch.engine.duck import DuckEngine
from stillwatch.findings.settings import Declared, Judging
from stillwatch.findings.state import Case
from stillwatch.links.settings import Linking
from stillwatch.links.shown import Shown, read_shown
from stillwatch.tables import ADDRESS_RANGES, DISPOSABLE_DOMAINS, FAMILIES, MARKS
from stillwatch.traits.find import find_traits, show_exchanges
from stillwatch.traits.registry import all_profiles, all_traits

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
RELEASES = pa.schema([("model", pa.string()), ("released", pa.timestamp("us"))])
HARVESTED = ("reasoning elicitation", "rubric judging", "synthetic data")
Row = dict[str, Any]


class Bench:
    """The embedded engine with the tables of one world at a time."""

    def __init__(self, engine: DuckEngine) -> None:
        self.engine = engine

    def show(self, rows: Sequence[Row], organisations: Mapping[str, str] | None = None) -> Shown:
        """Make the rows the world: ids where they have none, null in all that they do not give."""
        named = [{"exchange_id": f"e{place:06}", "asked_at": MIDNIGHT, **row} for place, row in enumerate(rows)]
        for name, table in (
            ("marks", pa.Table.from_pylist(named, schema=MARKS.schema)), ("families", FAMILIES.empty()),
            ("releases", RELEASES.empty_table()), ("address_ranges", ADDRESS_RANGES.empty()),
            ("disposable_domains", DISPOSABLE_DOMAINS.empty()),
        ):  # fmt: skip
            self.engine.name(name, table)
        show_exchanges(self.engine)
        find_traits(self.engine)
        owned = organisations or {}
        orgs = pa.table(
            {"account_id": pa.array(owned.keys(), pa.string()), "org_id": pa.array(owned.values(), pa.string())}
        )
        return read_shown(self.engine, all_traits(), all_profiles(), orgs)

    def gather(self, shown: Shown) -> Gathered:
        return gather_campaigns(shown, Linking(), Gathering())

    def case(self, shown: Shown, gathered: Gathered, **given: Any) -> Case:
        whole = {"declared": Declared(), "judging": Judging()} | given
        return Case(self.engine, shown, gathered, **whole)

    def name_accounts(self, table: str, accounts: Sequence[str]) -> None:
        self.engine.name(table, pa.table({"account_id": pa.array(accounts, pa.string())}))

    def name_exchanges(self, table: str, exchanges: Sequence[str]) -> None:
        self.engine.name(table, pa.table({"exchange_id": pa.array(exchanges, pa.string())}))


def strangers(count: int, seed: int = 1) -> Iterator[Row]:
    """People with an evening each, who talk on: everything their own but a popular client."""
    for number in range(count):
        draw = random.Random(f"stranger {seed} {number}")
        yield from person(
            f"stranger {number:04}", draw, hour=draw.randrange(24), ip=f"10.{number // 250}.{number % 250}.1"
        )


def person(account: str, draw: random.Random, *, hour: int, asked: int = 16, **shared: Any) -> Iterator[Row]:
    """One account's exchanges in the few hours after `hour`: talks of four turns."""
    own = {
        "payment_hash": f"card of {account}",
        "ja4": f"ja4 {draw.randrange(8)}",
        "email_domain": f"mail{draw.randrange(4)}",
    }
    for _ in range(asked // 4):
        digests = [digest(draw) for _ in range(4)]
        at = MIDNIGHT + timedelta(days=draw.randrange(7), hours=hour + draw.randrange(4), minutes=draw.randrange(60))
        for turn in range(4):
            yield own | {
                "account_id": account, "asked_at": at + timedelta(minutes=turn), "history_digests": digests[:turn],
                "turn": turn, "prompt_digest": digest(draw), "opening_digest": digest(draw),
                "words_count": 8 + draw.randrange(40), "intent": draw.choice(("other", "coding", "role play")),
                "input_tokens": 100, "output_tokens": 200, "model": "old",
            } | shared  # fmt: skip


def app(account: str = "app", asked: int = 400) -> Iterator[Row]:
    """An application: round the clock, one template, stand-alone, and no harvest."""
    draw = random.Random(account)
    own = digest(draw)
    for _ in range(asked):
        yield {
            "account_id": account, "asked_at": _any_time(draw), "history_digests": [], "turn": 0,
            "prompt_digest": digest(draw), "opening_digest": own, "words_count": 60, "intent": "data analysis",
            "ip": f"172.16.{own % 256}.{own % 251}", "payment_hash": f"card of {account}", "ja4": "ja4 of servers",
            "model": "old", "input_tokens": 300, "output_tokens": 50,
        }  # fmt: skip


def office(count: int = 15) -> Iterator[Row]:
    """A firm that nobody declared: one address, one card, one domain, and everybody's own questions."""
    for number in range(count):
        draw = random.Random(f"office {number}")
        shared = {"ip": "192.0.2.1", "payment_hash": "card of the firm", "email_domain": "firm.example"}
        yield from person(f"office {number:02}", draw, hour=8, **shared)


def school_class(count: int = 20) -> Iterator[Row]:
    """A class: one address, one hour of sign-up, one domain, and the same few exercises."""
    for number in range(count):
        draw = random.Random(f"class {number}")
        shared = {"ip": "192.0.2.2", "email_domain": "school.example", "account_created_at": MIDNIGHT}
        for row in person(f"class {number:02}", draw, hour=13, **shared):
            yield row | {"prompt_digest": 70 + draw.randrange(6), "words_count": 30}


def queue(count: int = 20, asked: int = 40, cover: float = 0.0) -> Iterator[Row]:
    """A job queue over many accounts: harvests from a few templates round the clock, among cover."""
    for number in range(count):
        draw = random.Random(f"queue {number} {cover}")
        account = f"queue {number:02}"
        own = {"payment_hash": f"queue card {number % 4}", "ip": f"198.51.100.{number % 6}", "ja4": "ja4 of the queue"}
        for row in person(account, draw, hour=0, asked=4 * round(asked * cover / 4)):
            yield row | own | {"asked_at": _any_time(draw), "exchange_id": f"cover {digest(draw)}"}
        for _ in range(asked - 4 * round(asked * cover / 4)):
            yield own | {
                "exchange_id": f"harvest {digest(draw)}", "account_id": account, "asked_at": _any_time(draw),
                "history_digests": [], "turn": 0, "prompt_digest": digest(draw),
                "opening_digest": 900 + draw.randrange(3), "words_count": 120, "intent": draw.choice(HARVESTED),
                "input_tokens": 500, "output_tokens": 900, "reasoning_tokens": 400,
                "model": draw.choice(("old", "new")),
            }  # fmt: skip


def relay(count: int = 15, talks: int = 120) -> Iterator[Row]:
    """A firm that forwards its people's talks: each turn goes to whichever account is free, with signed reasoning."""
    draw = random.Random("relay")
    for _ in range(talks):
        at, digests = _any_time(draw), [digest(draw) for _ in range(6)]
        for turn in range(6):
            number = draw.randrange(count)
            yield {
                "account_id": f"relay {number:02}", "asked_at": at + timedelta(minutes=turn), "turn": turn,
                "history_digests": digests[:turn], "signature_digests": [digests[0]] if turn > 2 else [],
                "prompt_digest": digest(draw), "words_count": 12, "intent": "other",
                "payment_hash": f"card {number % 3} of the relay",
                "ip": f"203.0.113.{draw.randrange(5)}", "ja4": "ja4 of the relay", "model": "old",
            }  # fmt: skip


def digest(draw: random.Random) -> int:
    return draw.getrandbits(62)


def _any_time(draw: random.Random) -> datetime:
    return MIDNIGHT + timedelta(seconds=draw.randrange(7 * 86_400))
