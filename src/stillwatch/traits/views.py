"""Views of exchanges: each once, with its marks and, where that is asked for, what lists and families say of it."""

import re

from stillwatch.engine.base import Engine
from stillwatch.log_errors import SharedIds
from stillwatch.tables import MARKS
from stillwatch.traits.templates import find_harvest_templates, name_no_templates

MOST_FOREIGN_SHARE = 0.05
"""Share of rows that may repeat an id of another account: above, ids do not tell requests apart."""

# Ordered by every column: of two rows that differ anywhere, the same one is left out whichever is read first.
_ONCE = f"""
    SELECT {", ".join(MARKS.names)} FROM marks ANTI JOIN repeated USING (exchange_id)
    UNION ALL
    SELECT {", ".join(MARKS.names)} FROM (
        SELECT *, row_number() OVER (PARTITION BY exchange_id ORDER BY {", ".join(MARKS.names[1:])}) AS place
        FROM marks SEMI JOIN repeated USING (exchange_id)) WHERE place = 1"""
# The row that stays is the first by what follows the id in `marks`, which is the time and then the account.
_FOREIGN = """
    SELECT exchange_id FROM (
        SELECT exchange_id, account_id,
               first_value(account_id) OVER (PARTITION BY exchange_id ORDER BY asked_at, account_id) AS holder
        FROM marks SEMI JOIN repeated USING (exchange_id)) WHERE account_id <> holder"""
_MARKED = (*MARKS.names, "asked", "created")
FIRST_RELEASES = "SELECT model, min(released) AS released FROM releases GROUP BY model"
"""The SQL of the table `releases` with each model once: what is released again was there before."""
_SAID = {
    "wording_family": "LEFT JOIN families USING (prompt_digest)",
    "released": f"LEFT JOIN ({FIRST_RELEASES}) USING (model)",
    "harvest_opening": """LEFT JOIN (SELECT opening_digest, opening_digest AS harvest_opening FROM harvest_templates)
                          USING (opening_digest)""",
    "address_range": "LEFT JOIN address_ranges USING (ip)",
    "domain_kind": """LEFT JOIN (SELECT domain, 'disposable' AS domain_kind FROM disposable_domains) AS d
                      ON d.domain = lower(email_domain)""",
}
# what is said only once all days are known, or the releases
_SAID_LAST = frozenset({"released", "harvest_opening"})
# Few for each account and day, and the same in most of its exchanges: what is shown of them is found in a small table.
_OF_CONTACTS = ("api_key_hash", "email_domain", "payment_hash", "created", "ip", "user_agent", "ja4")
_OF_LISTS = ("address_range", "domain_kind")


def show_exchanges(engine: Engine, *, whole: bool = True) -> int:
    """Make the views `marked`, `worded` and `exchange`, and keep the tables `contacts` and `harvest_templates`.

    `marked` has each exchange once with its marks, `worded` also its wording family, and `exchange` all that families
    and the operator's lists say of it: each costs its joins whenever it is read. Times in them are UTC without zone; a
    model that is released more than once counts as released the first time. `contacts` counts the exchanges in which
    an account came with the same network, client, payment and address on a day.

    The tables `marks`, `families`, `releases` (model, released), `address_ranges` (ip, address_range) and
    `disposable_domains` (domain) must be known to the engine.

    Parameters
    ----------
    whole
        Whether these are all exchanges. Of a part of them it is not told which templates harvest: there is none.

    Returns
    -------
    int
        Rows that repeated the id of another exchange, and are left out.

    Raises
    ------
    SharedIds
        More than `MOST_FOREIGN_SHARE` of the rows are of another account than the exchange whose id they repeat.
    """
    repeated = _count_repeated(engine)
    if repeated:
        engine.keep("once", _ONCE)
    once = "once" if repeated else "marks"
    engine.show(
        "marked",
        f"""SELECT {", ".join(MARKS.names)}, make_timestamp(epoch_us(asked_at)) AS asked,
                   make_timestamp(epoch_us(account_created_at)) AS created FROM {once}""",
    )
    engine.show("worded", f"SELECT {', '.join(_MARKED)}, wording_family FROM {view_for('wording_family')}")
    tell_templates = find_harvest_templates if whole else name_no_templates
    tell_templates(engine)
    engine.show("exchange", f"SELECT {', '.join((*_MARKED, *_SAID))} FROM marked {' '.join(_SAID.values())}")
    _keep_contacts(engine)
    return repeated


def _count_repeated(engine: Engine) -> int:
    """Keep `repeated`, the ids that several rows of `marks` have; return how many rows are then one too many.

    Most logs repeat none, and what no two ids hash to is not repeated: hashes are grouped in half the time of texts.
    """
    engine.keep("hashed_twice", "SELECT id FROM (SELECT hash(exchange_id) AS id FROM marks) GROUP BY id "
                "HAVING count(*) > 1")  # fmt: skip
    several = "SELECT exchange_id FROM marks GROUP BY exchange_id HAVING count(*) > 1"
    if not engine.sql("FROM hashed_twice LIMIT 1").num_rows:
        several = "SELECT exchange_id FROM marks WHERE false"
    engine.keep("repeated", several)
    counted = "SELECT count(*) - count(DISTINCT exchange_id) AS n FROM marks SEMI JOIN repeated USING (exchange_id)"
    left_out = int(engine.sql(counted)["n"][0].as_py())
    if left_out:
        refuse_foreign(engine, _FOREIGN, engine.sql("SELECT count(*) AS n FROM marks")["n"][0].as_py(), left_out)
    return left_out


def refuse_foreign(engine: Engine, foreign: str, rows_count: int, left_out: int) -> None:
    """Raise where too many rows would be left out though they are of another account than the row that stays.

    Parameters
    ----------
    foreign
        SQL of the `exchange_id` of each such row; it runs only where enough rows are left out.
    rows_count, left_out
        How many rows there are, and how many of them would be left out.

    Raises
    ------
    SharedIds
        More than `MOST_FOREIGN_SHARE` of the rows are such.
    """
    if left_out <= MOST_FOREIGN_SHARE * rows_count:
        return
    of_each = f"SELECT exchange_id, count(*) AS n FROM ({foreign}) GROUP BY exchange_id"
    most = engine.sql(
        f"SELECT exchange_id, (sum(n) OVER ())::BIGINT AS foreign_count FROM ({of_each}) "
        "ORDER BY n DESC, exchange_id LIMIT 1"
    ).to_pylist()
    if most and most[0]["foreign_count"] > MOST_FOREIGN_SHARE * rows_count:
        raise SharedIds(most[0]["foreign_count"], rows_count, most[0]["exchange_id"], MOST_FOREIGN_SHARE)


def _keep_contacts(engine: Engine) -> None:
    """Keep `contacts`: counted by hashes first, numbers alone, then read again where each of them began."""
    shown = ", ".join(_OF_CONTACTS)
    seen = f"SELECT account_id, exchange_id, asked, {shown}, hash(account_id) AS who, hash({shown}) AS how FROM marked"
    engine.hold(
        "counted_contacts",
        f"""SELECT who, day, how, count(*) AS exchanges_count, min(asked) AS first_seen_at, max(asked) AS last_seen_at
            FROM (SELECT *, asked::DATE AS day FROM ({seen})) GROUP BY who, day, how""",
    )
    engine.keep(
        "contacts",
        f"""SELECT c.*, {", ".join(_OF_LISTS)} FROM (
                SELECT account_id, day, {shown}, exchanges_count, first_seen_at, last_seen_at,
                       min(exchange_id) AS example_exchange_id
                FROM ({seen}) AS e JOIN counted_contacts AS c
                ON c.who = e.who AND c.how = e.how AND c.first_seen_at = e.asked
                GROUP BY account_id, day, {shown}, exchanges_count, first_seen_at, last_seen_at) AS c
            {" ".join(_SAID[name] for name in _OF_LISTS)}""",
    )
    engine.forget("counted_contacts")


def organisations_query(exchanges: str) -> str:
    """Return the SQL of the organisation that the logs declare of each account; of several, the first by name."""
    return f"SELECT account_id, min(org_id) AS org_id FROM {exchanges} WHERE org_id IS NOT NULL GROUP BY account_id"


def is_of_contacts(read: str) -> bool:
    """Return whether a piece of SQL reads no column but those of `contacts`."""
    return _columns_in(read) <= {*_OF_CONTACTS, *_OF_LISTS}


def is_said_last(read: str) -> bool:
    """Return whether a piece of SQL reads what is known only of all days together, or with the releases."""
    return bool(_columns_in(read) & _SAID_LAST)


def view_for(read: str, exchanges: str = "marked") -> str:
    """Return the exchanges with the columns that a piece of SQL reads, and no join that it does not need.

    Of `exchanges` only some of those in `marked` may be given.
    """
    joins = [join for name, join in _SAID.items() if name in _columns_in(read)]
    return " ".join([exchanges, *joins])


def _columns_in(read: str) -> set[str]:
    return {*re.findall(r"\w+", read)} & {*_MARKED, *_SAID}
