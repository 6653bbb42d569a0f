"""Prints docs/tables.md: every column of the table that is read and of the tables that a scan writes.

python benchmarks/table_pages.py > docs/tables.md
"""

from collections.abc import Iterator

import pyarrow as pa

from stillwatch.columns import Column
from stillwatch.tables import (
    CAMPAIGN_ACCOUNTS,
    CAMPAIGN_EXCHANGES,
    CAMPAIGN_REASONS,
    CAMPAIGNS,
    EVIDENCE,
    EXCHANGES,
    LINKS,
    Declared,
)

OPENING = """\
# Tables and their columns

The table `exchanges`, into which every log is read, and the tables that a scan writes beside its report. What a row of
each is: [command-line.md](command-line.md); how logs become exchanges: [logs.md](logs.md).

Types are those of Arrow; Parquet keeps them. `float` has 32 bits, `double` 64. Null means "not shown" or "the source
cannot say", never "no". Bits of a link are log2 of how much likelier what two accounts share is of one operator than of
strangers; others are -log2 of how often strangers, or honest groups, show as much.

This page is printed from `src/stillwatch/columns.py` and `tables.py`:
`python benchmarks/table_pages.py > docs/tables.md`.
"""

READ = (
    "the neutral columns. Parquet, Arrow, JSON Lines or CSV with these names needs no mapping; only the first three "
    "must be there"
)
WRITTEN = {
    "campaigns.parquet": (CAMPAIGNS, "one row for each campaign"),
    "accounts.parquet": (CAMPAIGN_ACCOUNTS, "one row for each account of a campaign"),
    "reasons.parquet": (
        CAMPAIGN_REASONS,
        "why an account is in, a row for each family; of harvesting, `trait` is a habit",
    ),
    "exchanges.parquet": (CAMPAIGN_EXCHANGES, "the exchanges told to be extraction; the cover is left out"),
    "evidence.parquet": (
        EVIDENCE,
        "one row for each piece of evidence of a campaign; of extraction, `trait` is a habit",
    ),
    "links.parquet": (LINKS, "one row for each trait that two accounts of a campaign share"),
}


def page() -> str:
    """Return the page as Markdown."""
    written = (line for name, (table, what) in WRITTEN.items() for line in section(f"`{name}`", table, what))
    return "\n".join([OPENING, *section("`exchanges`", EXCHANGES, READ), *written])


def section(title: str, table: Declared, what: str) -> Iterator[str]:
    """Yield the lines on one table."""
    key = ", ".join(f"`{column.name}`" for column in table.key)
    yield f"## {title}\n\n{what[0].upper()}{what[1:]}. A row is named by {key}.\n"
    yield "| column | type | what it is | unit or range |\n|---|---|---|---|"
    yield "\n".join(map(row, table.columns)) + "\n"


def row(column: Column) -> str:
    """Return the row of one column."""
    meaning = f"{column.meaning}; never null" if column.required else column.meaning
    return f"| `{column.name}` | {type_of(column.type)} | {meaning} | {column.unit or ''} |"


def type_of(declared: pa.DataType) -> str:
    """Return a type as people write it, without the name that Arrow gives to the values of a list."""
    return str(declared).replace("item: ", "")


if __name__ == "__main__":
    print(page(), end="")
