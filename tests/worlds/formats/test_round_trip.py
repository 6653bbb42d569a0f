"""A world that is written in a format and read back is the same world, less what the format cannot say."""

import pytest

from stillwatch.exchanges import readers
from stillwatch.tables import EXCHANGES
from stillwatch.worlds.formats import formats, write_log

STORIES = [
    ("relay", 0.1, 12),
    ("framework_developers", 0.05, 24),
    ("one_template_app", 0.02, 10),
    ("one_office", 0.02, 30),
]
FILLS = {reader.name: reader.fills for reader in readers()}
# What the format cannot say, and what its reader makes of that. Everything else comes back as it was.
UNSAID = {
    "anthropic": {},
    "bedrock": {},
    "litellm": {"logprobs": False},
    "openai": {"logprobs": False},
    "opentelemetry": {},
}
# Columns of the reader that this API has no place for, null always.
LOST = {"openai": {"conversation_id"}}
# The answer of a failed call: what it would have said is null.
LOST_WITH_THE_ANSWER = {
    "anthropic": {"tools_called", "input_tokens", "output_tokens", "reasoning_tokens", "cached_input_tokens"},
    "bedrock": {"tools_called", "reasoning_tokens"},
    "litellm": {"tools_called"},
    "openai": {"tools_called", "input_tokens", "output_tokens", "reasoning_tokens", "cached_input_tokens"},
    "opentelemetry": {"tools_called"},
}


@pytest.fixture(scope="module", params=STORIES, ids=[name for name, *_ in STORIES])
def world(request, recorded):
    return recorded(*request.param)


@pytest.mark.parametrize("name", formats())
def test_a_world_comes_back(name, world, read_back, tmp_path):
    form, path = formats()[name], tmp_path / f"log{formats()[name].suffix}"
    given = [row for part in world.parts for row in part.exchanges.to_pylist()]
    assert write_log(world.parts, path, form, world.openings) == len(given)
    found_as, rows = read_back(path)
    found = {row["exchange_id"]: row for row in rows}
    assert (found_as, len(rows), len(found)) == (name, len(given), len(given))
    digests = set()
    for row in given:
        back = found[row["exchange_id"]]
        here, there = row.pop("history_digests"), back.pop("history_digests")
        digests.update(zip(here, there, strict=True))
        assert back == expected(row, name, form)
    assert len(digests) == len({here for here, _ in digests}) == len({there for _, there in digests}) > 0


def expected(row, name, form):
    lost = LOST.get(name, set()) | set(EXCHANGES.names) - set(FILLS[name])
    if row["status_code"] != 200:
        lost |= LOST_WITH_THE_ANSWER[name]
    defaults = {column: value for column, value in UNSAID[name].items() if row[column] is None}
    told = row | {"finish_reason": form.ended(row)} | defaults | dict.fromkeys(lost)
    return {column: value for column, value in told.items() if column != "history_digests"}


def test_the_worlds_show_what_the_formats_must_carry(recorded):
    rows = [row for story in STORIES for part in recorded(*story).parts for row in part.exchanges.to_pylist()]
    silent = {name for name in EXCHANGES.names if not any(row[name] not in (None, []) for row in rows)}
    assert silent == set()
    assert {row["status_code"] for row in rows} >= {200, 429, 500}
    assert {len(row["reasoning_signatures"]) for row in rows} == {0, 1, 2}
    openings = {number for story in STORIES for part in recorded(*story).parts for number in part.openings.tolist()}
    assert openings == {-1, 0, 1}
