import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from rich.console import Console

from stillwatch.explain import (
    AccountExplained,
    AccountTie,
    CampaignExplained,
    ExchangeExplained,
    SharedTrait,
)
from stillwatch.explain_text import show_explained
from stillwatch.findings.statement import Evidence, Finding, Member, Reason, Taken, Tie

START, END = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 9, tzinfo=UTC)
MEMBER = Member("acct_1", 40.123, START, END, 90, 60)
CARD = Evidence(
    "coordination", "payment card", "money", 12.5, 9, "9 accounts share 2 cards", "one in 5,312 pairs of strangers",
    ("a family shares a card",), "a card each", ("x1", "x2"),
)  # fmt: skip
HOURS = replace(CARD, kind="extraction", trait="round the clock", family="timing", bits=5.25, example_exchange_ids=())
FINDING = Finding(
    "campaign-0a1b2c", "campaign", "9 accounts act as one operator.", 0.999, 12.5, 5.25, 0.001, START, END, 900,
    (MEMBER,), (CARD, HOURS), (Tie("acct_1", "acct_2", 33.3, ("payment card", "toolset")),), (), (), (),
    Taken(700, 1, 2, 3, None, None), (), ("a family shares a card",), (), (),
)  # fmt: skip
TIE = AccountTie(
    "acct_2", 33.3,
    (
        SharedTrait("payment card", "money", 20.0, True, 1, "pm_1"),
        SharedTrait("address", "network", 13.3, True, 2, "192.0.2.1"),
        SharedTrait("address block", "network", 9.0, False, 2, "192.0.2"),
    ),
)  # fmt: skip
ACCOUNT = AccountExplained(
    MEMBER, "campaign-0a1b2c", FINDING.statement, 1, 9, 16.0, 8,
    (
        Reason("acct_1", "payment card", "money", 11.5, "shows a payment card that 8 of the other 8 accounts show",
               "0 of 2,900 strangers show it; one stranger in 2,901 agrees as much in money",
               ("a family shares a card",), ("x1",)),
        Reason("acct_1", "daily rhythm", "timing", 3.2, "is close in daily rhythm to the mean of the other 8 accounts",
               "one stranger in 9 agrees as much in timing", ("people of one time zone",), ()),
    ),
    (TIE,), ("It is tied to 2 members only.",),
)  # fmt: skip
EXCHANGE = ExchangeExplained("x1", "campaign-0a1b2c", FINDING.statement, is_extraction=True, evidence=(CARD,))
ROW = {"exchange_id": "x1", "account_id": "acct_1", "prompt_text": "[bold]\x1b[31mred"}


@pytest.mark.parametrize(
    ("name", "explained", "rows"),
    [
        ("campaign", CampaignExplained(FINDING, ("All of the extraction evidence is one trait.",)), ()),
        ("account", ACCOUNT, ()),
        ("exchange", EXCHANGE, (ROW,)),
        ("cover", replace(EXCHANGE, is_extraction=False, evidence=()), ()),
    ],
)
def test_an_explanation_reads_as_its_stored_sample(name, explained, rows, stored):
    console = Console(file=io.StringIO(), width=100, color_system=None)
    for part in show_explained(explained, rows):
        console.print(part)
    told = "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())
    stored(f"explain/{name}.txt", told + "\n")
