"""What a trait declares about itself. The folder is the registry: a class in a file here is found by `all_traits`."""

from enum import Enum, auto
from typing import ClassVar

FAMILIES = ("network", "client", "money", "identity", "wording", "session", "timing", "model")

SUMMED = """sum(exchanges_count)::BIGINT AS exchanges_count, min(first_seen_at) AS first_seen_at,
                   max(last_seen_at) AS last_seen_at,
                   arg_min(example_exchange_id, (first_seen_at, example_exchange_id)) AS example_exchange_id"""
"""The SQL that makes one row of what accounts show of several."""


class Trait:
    """A value that an account shows and that another account might also show.

    A trait says what is shown, never how much that counts: `links/` learns that from how rare the value is.

    Attributes
    ----------
    name
        As people read it.
    family
        One of `FAMILIES`. Traits of one family are not independent: only the strongest counts.
    reads
        Columns without which the trait is blind.
    honest_reasons
        Why honest accounts may share it. Printed in every finding that rests on the trait.
    evasion
        How an operator would hide it, and at what cost.
    value
        SQL (DuckDB's dialect) over one exchange and its marks; null where nothing is shown.
    many
        Whether `value` is a list, each element of which is shown.
    least_exchanges
        Exchanges that must show a value before the account shows it: a template is more than one question.
    """

    name: ClassVar[str]
    family: ClassVar[str]
    reads: ClassVar[tuple[str, ...]]
    honest_reasons: ClassVar[tuple[str, ...]]
    evasion: ClassVar[str]
    value: ClassVar[str]
    many: ClassVar[bool] = False
    least_exchanges: ClassVar[int] = 1

    def query(self, view: str = "exchange") -> str:
        """Return the SQL that gives this trait's rows of the table `traits` from a view of exchanges."""
        # An exchange that holds a value twice shows it once; the view holds each exchange once.
        each = f"unnest(list_distinct(CAST({self.value} AS VARCHAR[])))"
        value = each if self.many else f"CAST(({self.value}) AS VARCHAR)"
        return f"""
            SELECT account_id, '{self.name}' AS trait, value, asked::DATE AS day, count(*) AS exchanges_count,
                   min(asked) AS first_seen_at, max(asked) AS last_seen_at,
                   arg_min(exchange_id, (asked, exchange_id)) AS example_exchange_id
            FROM (SELECT account_id, exchange_id, asked, {value} AS value FROM {view})
            WHERE value IS NOT NULL
            GROUP BY account_id, value, day"""

    def query_of_contacts(self) -> str:
        """Return the SQL that gives the same rows from the table `contacts`, whose rows stand for many exchanges."""
        return f"""
            SELECT account_id, '{self.name}' AS trait, value, day, {SUMMED}
            FROM (SELECT *, CAST(({self.value}) AS VARCHAR) AS value FROM contacts)
            WHERE value IS NOT NULL
            GROUP BY account_id, value, day"""


class Compared(Enum):
    """By what accounts are compared whose vectors are known.

    By the `SHARES` of counts; by the `MEANS` of sums that scatter from day to day, measured in what chance makes of
    them; or, of counts of the 24 hours of a day, phase by phase over the whole of the logs, by their `DEPARTURES` from
    asking evenly or by the `AMOUNTS` themselves. By phase, accounts are compared with whole campaigns only.
    """

    SHARES = auto()
    MEANS = auto()
    DEPARTURES = auto()
    AMOUNTS = auto()

    @property
    def is_by_phase(self) -> bool:
        """Whether accounts are compared over the whole of the logs; otherwise days are added up."""
        return self in {Compared.DEPARTURES, Compared.AMOUNTS}


class Profile:
    """A vector that says how an account behaves, for traits that are compared by closeness.

    Attributes
    ----------
    vector
        SQL aggregate over an account's rows of the table `profiles`, giving a list of numbers that add up over days.
    least_exchanges
        Exchanges below which an account's vector is too noisy to compare.
    compared
        What of their vectors accounts are compared by.
    of_pairs
        Whether pairs of accounts are compared; otherwise accounts are with whole campaigns only.
    seen, expected
        What is seen of accounts that are close, and what strangers show, in words that follow "5 of 9 accounts".
    """

    name: ClassVar[str]
    family: ClassVar[str]
    reads: ClassVar[tuple[str, ...]]
    honest_reasons: ClassVar[tuple[str, ...]]
    evasion: ClassVar[str]
    vector: ClassVar[str]
    seen: ClassVar[str]
    expected: ClassVar[str]
    least_exchanges: ClassVar[int] = 20
    compared: ClassVar[Compared] = Compared.SHARES
    of_pairs: ClassVar[bool] = True
