r"""Turns the stages' SQL, which is DuckDB's, into Spark's: sqlglot, and what it leaves as it is, declared here.

Both engines are told to sort nulls last, to keep times as UTC without zone, and to count no null as a length.
"""

import re
from collections.abc import Callable
from functools import cache

import sqlglot
from sqlglot import exp

from stillwatch.errors import NotForEngine


@cache
def spark_sql(query: str) -> str:
    """Return the query in Spark's dialect; it gives the same rows.

    Raises
    ------
    NotForEngine
        The query says what only DuckDB can say.

    Examples
    --------
    >>> spark_sql("SELECT len(x[2:]) AS n FROM (FROM t)")
    'SELECT SIZE(SLICE(x, 2, SIZE(x))) AS n FROM (SELECT * FROM t)'
    """
    tree = sqlglot.parse_one(query, read="duckdb")
    for node in reversed(list(tree.dfs())):  # what a node holds is rewritten before it
        for kind, rewrite in _REWRITES:
            if isinstance(node, kind) and (new := rewrite(node)) is not None:
                node.replace(new)
    return tree.sql(dialect="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)


def _slice(node: exp.Expr) -> exp.Expr | None:
    taken = node.expressions[0] if node.expressions else None
    if not isinstance(taken, exp.Slice):
        return None
    if taken.expression is not None or taken.this is None:
        raise NotForEngine(node.sql("duckdb"), "`x[a:]` or `x[-k:]`, to the end of the list")
    listed, first = node.this, taken.this
    if isinstance(first, exp.Neg):
        before = exp.Sub(this=_call("SIZE", listed), expression=exp.Literal.number(int(first.this.name) - 1))
        return _call("SLICE", listed, _call("GREATEST", before, exp.Literal.number(1)), first.this)
    return _call("SLICE", listed, first, _call("SIZE", listed))


def _size(node: exp.Expr) -> exp.Expr:
    """Write a length for a list's: stages ask for no other, and Spark would refuse a text's."""
    return _call("SIZE", node.this)


def _from_epoch(node: exp.Expr) -> exp.Expr:
    return _plain(node.copy())


_HASH = "XXHASH64"
_CALLED = {"epoch_us": "UNIX_MICROS", "hash": _HASH}


def _called(node: exp.Expr) -> exp.Expr | None:
    """Rename a function; hashes differ between engines, and serve within a query alone.

    Spark's passes over what is null, so of several values it is also told which are.
    """
    name, given = _CALLED.get(node.name.lower()), node.expressions
    if name == _HASH and len(given) > 1:
        given = [part for one in given for part in (one, exp.Is(this=one.copy(), expression=exp.Null()))]
    return _call(name, *given) if name else None


def _truncated(node: exp.Expr) -> exp.Expr:
    return _plain(node.copy())


def _written(node: exp.Expr) -> exp.Expr | None:
    """Quote the letters of a form of time that Java would take for fields."""
    form = node.args["format"]
    quoted = re.sub(r"(?<!%)([A-Za-z]+)", r"'\1'", form.name)
    fields = {"%Y": "yyyy", "%m": "MM", "%d": "dd", "%H": "HH", "%M": "mm", "%S": "ss"}
    for field, letters in fields.items():
        quoted = quoted.replace(field, letters)
    if "%" in quoted:
        raise NotForEngine(node.sql("duckdb"), f"only {', '.join(fields)} in a form of time")
    return _call("DATE_FORMAT", node.this, exp.Literal.string(quoted))


def _doublings(node: exp.Expr) -> exp.Expr | None:
    """Count binary digits: Spark's logarithm of a power of two may fall short of it."""
    inner = node.this
    if not isinstance(inner, exp.Log) or inner.this.name != "2":
        return None
    return exp.Paren(
        this=exp.Sub(this=_call("LENGTH", _call("BIN", inner.expression)), expression=exp.Literal.number(1))
    )


def _replaced(node: exp.Expr) -> exp.Expr | None:
    """Name groups as Java does, and refuse to replace only the first match, which Spark cannot."""
    modifiers = node.args.get("modifiers")
    if modifiers is None or modifiers.name != "g":
        raise NotForEngine(node.sql("duckdb"), "the flag 'g', as every match is replaced")
    by = re.sub(r"\\(\d)", r"$\1", node.args["replacement"].name)
    return _call("REGEXP_REPLACE", node.this, node.expression, exp.Literal.string(by))


def _divided(node: exp.Expr) -> exp.Expr | None:
    """Divide by zero as numbers do, where Spark stops: infinity, or no number."""
    if isinstance(node.expression, exp.Literal):
        return None
    infinity = exp.Cast(this=exp.Literal.string("Infinity"), to=exp.DataType.build("double"))
    never = exp.Mul(this=exp.Paren(this=node.this.copy()), expression=infinity)
    return _call("IF", exp.EQ(this=node.expression.copy(), expression=exp.Literal.number(0)), never, node)


_REWRITES: tuple[tuple[type[exp.Expr], Callable[[exp.Expr], exp.Expr | None]], ...] = (
    (exp.Bracket, _slice),
    (exp.Length, _size),
    (exp.UnixToTime, _from_epoch),
    (exp.Anonymous, _called),
    (exp.TimestampTrunc, _truncated),
    (exp.TimeToStr, _written),
    (exp.Floor, _doublings),
    (exp.RegexpReplace, _replaced),
    (exp.Div, _divided),
)


def _call(name: str, *given: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[one.copy() for one in given])


def _plain(time: exp.Expr) -> exp.Expr:
    return exp.Cast(this=time, to=exp.DataType.build("timestamp_ntz", dialect="spark"))
