"""Views of exchanges: each once, with its marks and, where that is asked for, what lists and families say of it."""

import re

from stillwatch.engine.base import Engine
from stillwatch.tables import MARKS

# Ordered by every column: of two rows that differ anywhere, the same one is left out whichever is read first.
_ONCE = f"""
    SELECT {", ".join(MARKS.names)} FROM marks ANTI JOIN repeated USING (exchange_id)
    UNION ALL
    SELECT {", ".join(MARKS.names)} FROM (
        SELECT *, row_number() OVER (PARTITION BY exchange_id ORDER BY {", ".join(MARKS.names[1:])}) AS place
        FROM marks SEMI JOIN repeated USING (exchange_id)) WHERE place = 1"""
_MARKED = (*MARKS.names, "asked", "created")
_SAID = {
    "wording_family": "LEFT JOIN families USING (prompt_digest)",
    "released": "LEFT JOIN (SELECT model, min(released) AS released FROM releases GROUP BY model) USING (model)",
    "address_range": "LEFT JOIN address_ranges USING (ip)",
    "domain_kind": """LEFT JOIN (SELECT domain, 'disposable' AS domain_kind FROM disposable_domains) AS d
                      ON d.domain = lower(email_domain)""",
}
# Few for each account and day, and the same in most of its exchanges: what is shown of them is found in a small table.
_OF_CONTACTS = ("api_key_hash", "email_domain", "payment_hash", "created", "ip", "user_agent", "ja4")
_OF_LISTS = ("address_range", "domain_kind")


def show_exchanges(engine: Engine) -> int:
    """Make the views `marked`, `worded` and `exchange`, and keep the table `contacts`.

    `marked` has each exchange once with its marks, `worded` also its wording family, and `exchange` all that families
    and the operator's lists say of it: each costs its joins whenever it is read. Times in them are UTC without zone; a
    model that is released more than once counts as released the first time. `contacts` counts the exchanges in which
    an account came with the same network, client, payment and address on a day.

    The tables `marks`, `families`, `releases` (model, released), `address_ranges` (ip, address_range) and
    `disposable_domains` (domain) must be known to the engine.

    Returns
    -------
    int
        Rows that repeated the id of another exchange, and are left out.
    """
    engine.keep("repeated", "SELECT exchange_id FROM marks GROUP BY exchange_id HAVING count(*) > 1")
    repeated = engine.sql(
        "SELECT count(*) - count(DISTINCT exchange_id) AS n FROM marks SEMI JOIN repeated USING (exchange_id)"
    )["n"][0].as_py()
    if repeated:
        engine.keep("once", _ONCE)
    once = "once" if repeated else "marks"
    engine.show(
        "marked",
        f"""SELECT {", ".join(MARKS.names)}, make_timestamp(epoch_us(asked_at)) AS asked,
                   make_timestamp(epoch_us(account_created_at)) AS created FROM {once}""",
    )
    engine.show("worded", f"SELECT {', '.join(_MARKED)}, wording_family FROM {view_for('wording_family')}")
    engine.show("exchange", f"SELECT {', '.join((*_MARKED, *_SAID))} FROM marked {' '.join(_SAID.values())}")
    engine.keep("contacts", _contacts_query())
    return int(repeated)


def _contacts_query() -> str:
    shown = ", ".join(_OF_CONTACTS)
    return f"""
        SELECT c.*, {", ".join(_OF_LISTS)} FROM (
            SELECT account_id, asked::DATE AS day, {shown}, count(*) AS exchanges_count, min(asked) AS first_seen_at,
                   max(asked) AS last_seen_at, arg_min(exchange_id, (asked, exchange_id)) AS example_exchange_id
            FROM marked GROUP BY account_id, asked::DATE, {shown}) AS c
        {" ".join(_SAID[name] for name in _OF_LISTS)}"""


def is_of_contacts(read: str) -> bool:
    """Return whether a piece of SQL reads no column but those of `contacts`."""
    return _columns_in(read) <= {*_OF_CONTACTS, *_OF_LISTS}


def view_for(read: str, exchanges: str = "marked") -> str:
    """Return the exchanges with the columns that a piece of SQL reads, and no join that it does not need.

    Of `exchanges` only some of those in `marked` may be given.
    """
    joins = [join for name, join in _SAID.items() if name in _columns_in(read)]
    return " ".join([exchanges, *joins])


def _columns_in(read: str) -> set[str]:
    return {*re.findall(r"\w+", read)} & {*_MARKED, *_SAID}
