"""What holds for all formats together: one conversation told alike, facts kept, and no record that stops a scan."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stillwatch.exchanges import readers
from stillwatch.exchanges.rows import BadRow
from stillwatch.tables import EXCHANGES

SAMPLES = sorted((Path(__file__).parent.parent / "samples").glob("*.jsonl"))
READERS = {reader.name: reader for reader in readers() if reader.name != "mapping"}
RECORDS = [
    (path.stem.removesuffix("_spend_logs"), json.loads(line))
    for path in SAMPLES
    for line in path.read_text().splitlines()
    if path.stem != "mapping"
]
KEY = b"k"
TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30).filter(lambda text: text != "redacted-by-litellm")


def as_openai(said, system):
    return {"request": {"model": "m", "messages": [{"role": "system", "content": system}, *plain(said)]}}


def as_responses(said, system):
    items = [
        {"role": role, "content": [{"type": "input_text" if role == "user" else "output_text", "text": text}]}
        for role, text in roles(said)
    ]
    return {"request": {"body": {"model": "m", "instructions": system, "input": items}}}


def as_anthropic(said, system):
    blocks = [{"role": role, "content": [{"type": "text", "text": text}]} for role, text in roles(said)]
    return {"request": {"model": "claude-x", "system": [{"type": "text", "text": system}], "messages": blocks}}


def as_litellm(said, system):
    return {"id": "i", "messages": [{"role": "system", "content": system}, *plain(said)]}


def as_spend_log(said, system):
    return {
        "request_id": "i",
        "messages": "{}",
        "proxy_server_request": json.dumps({"messages": plain(said), "system": system}),
    }


def as_converse(said, system):
    messages = [{"role": role, "content": [{"text": text}]} for role, text in roles(said)]
    return {"input": {"inputBodyJson": {"system": [{"text": system}], "messages": messages}}}


def as_span(said, system):
    messages = [{"role": role, "parts": [{"type": "text", "content": text}]} for role, text in roles(said)]
    return {"attributes": {"gen_ai.request.model": "m", "gen_ai.input.messages": json.dumps(messages),
                           "gen_ai.system_instructions": [{"type": "text", "content": system}]}}  # fmt: skip


def roles(said):
    return [("assistant" if i % 2 else "user", text) for i, text in enumerate(said)]


def plain(said):
    return [{"role": role, "content": text} for role, text in roles(said)]


FORMS = [("openai", as_openai), ("openai", as_responses), ("anthropic", as_anthropic), ("litellm", as_litellm),
         ("litellm", as_spend_log), ("bedrock", as_converse), ("opentelemetry", as_span)]  # fmt: skip


@given(st.lists(TEXT, min_size=1, max_size=7).filter(lambda said: len(said) % 2 == 1), TEXT)
def test_one_conversation_is_told_alike_in_every_format(said, system):
    alike = ("system_text", "prompt_text", "history_digests", "turn")
    told = []
    for name, form in FORMS:
        (row,) = READERS[name].tell(form(said, system), KEY)
        told.append({column: row[column] for column in alike})
    assert told == [told[0]] * len(FORMS)
    assert (told[0]["prompt_text"], told[0]["system_text"]) == (said[-1], system)


@pytest.mark.parametrize("name", READERS)
def test_samples_fill_exactly_what_the_reader_declares(name, rows_of, samples):
    files = [path for path in SAMPLES if path.stem.removesuffix("_spend_logs") == name]
    filled = {column for path in files for row in rows_of(path) for column in row}
    assert filled == set(READERS[name].fills)


@pytest.mark.parametrize(("name", "record"), RECORDS)
def test_each_record_is_recognised_by_its_reader_alone(name, record):
    scores = {reader.name: reader.recognises(record) for reader in READERS.values()}
    best = max(scores, key=scores.get)
    assert (best, scores[best] >= 0.7) == (name, True)
    assert sorted(scores.values())[-2] < scores[best]


ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["{", "[1]", '{"a":1}']),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "role", "content", "text", "name", "parts"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value, here=()):
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in inside:
        yield (*here, step)
        yield from places(inner, (*here, step))


def changed(value, place, instead):
    if not place:
        return instead
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = changed(value[place[0]], place[1:], instead)
    return copy


@settings(max_examples=400)
@given(st.sampled_from(RECORDS), st.integers(0), ANY, st.integers(0), ANY)
def test_no_record_stops_a_reader(record, one, first, two, second):
    name, value = record
    for number, instead in ((one, first), (two, second)):
        where = list(places(value))
        value = changed(value, where[number % len(where)], instead) if where else value
    for reader in READERS.values():
        assert 0 <= reader.recognises(value) <= 1
    try:
        rows = list(READERS[name].tell(value, KEY))
    except BadRow:
        return
    for row in rows:
        assert set(row) <= set(EXCHANGES.names) or name == "native"


GUIDE = (Path(__file__).parents[3] / "docs/logs.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^### (\w+)\n.*?^```json\n(.*?)^```\n(?:\n```toml\n(.*?)^```)?", GUIDE, re.M | re.S)


@pytest.mark.parametrize(("name", "record", "mapping"), SHOWN, ids=[name for name, *_ in SHOWN])
def test_the_guide_shows_each_format_as_it_is_read(name, record, mapping, opened, rows_of, tmp_path):  # noqa: PLR0917
    (tmp_path / "log.json").write_text(record)
    (tmp_path / "mapping.toml").write_text(mapping)
    options = {"mapping": tmp_path / "mapping.toml"} if mapping else {}
    assert [file.format for file in opened(tmp_path / "log.json", **options).files] == [name]
    (row,) = rows_of(tmp_path / "log.json", **options)
    assert row["prompt_text"] in ("What is 2+2?", "Why is the sky blue?")
    assert row.get("ip", "203.0.113.7") == "203.0.113.7"


def test_the_guide_shows_every_format():
    assert sorted(name for name, *_ in SHOWN) == sorted([*READERS, "mapping"])
