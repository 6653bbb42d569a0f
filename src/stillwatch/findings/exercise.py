"""Finds groups whose accounts ask the same few prompts: a class at its exercise, or who compare a public benchmark."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from stillwatch.engine.base import Engine
from stillwatch.findings.judge import Judged

_MOST_PROMPTS = 500  # so few teach a model next to nothing, however often each is answered
_FEWEST_ASKING = 5  # accounts that ask a prompt: fewer are samples of one answer, dealt out
_COMMON = f"2 * asking >= accounts AND asking >= {_FEWEST_ASKING}"
_ASKED = """
    SELECT number, count(*) AS prompts, sum(asking)::BIGINT AS asked,
           coalesce(sum(asking) FILTER ({common}), 0)::BIGINT AS common
    FROM (SELECT number, accounts, prompt_digest, count(DISTINCT account_id) AS asking
          FROM marked JOIN asking USING (account_id) WHERE prompt_digest IS NOT NULL AND ({condition})
          GROUP BY number, accounts, prompt_digest)
    GROUP BY number"""


def ask_the_same(engine: Engine, accounts: pa.Array, groups: Sequence[Judged]) -> list[bool]:
    """Return of each group whether all that speaks for extraction is that its accounts ask the same few prompts.

    Of the exchanges under its habits, most are then prompts that half of the accounts ask, and there are no more than
    500 prompts in all: so whoever hides behind a common exercise gets no more than that.

    Parameters
    ----------
    engine
        Knows the view `marked`.
    accounts
        Names of all accounts.
    """
    same = [False] * len(groups)
    for condition in dict.fromkeys(_condition(one) for one in groups if one.weights):
        alike = [number for number, one in enumerate(groups) if one.weights and _condition(one) == condition]
        engine.name("asking", pa.concat_tables([_asking(number, groups[number], accounts) for number in alike]))
        for row in engine.sql(_ASKED.format(common=_COMMON, condition=condition)).to_pylist():
            same[row["number"]] = row["prompts"] <= _MOST_PROMPTS and 2 * row["common"] >= row["asked"]
    return same


def _condition(group: Judged) -> str:
    return " OR ".join(dict.fromkeys(f"({one.habit.examples})" for one in group.weights))


def _asking(number: int, group: Judged, accounts: pa.Array) -> pa.Table:
    count = len(group.accounts)
    return pa.table({
        "number": np.full(count, number), "account_id": accounts.take(pa.array(group.accounts)),
        "accounts": np.full(count, count),
    })  # fmt: skip
