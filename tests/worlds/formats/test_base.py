import json
import re

import pytest

from stillwatch.exchanges import readers
from stillwatch.tables import EXCHANGES
from stillwatch.worlds.conversations import Turn
from stillwatch.worlds.formats import formats
from stillwatch.worlds.formats.base import LogFormat, failed, instant, said, with_signatures


class Plain(LogFormat):
    name, description, native, ends = "plain", "for a test", frozenset({"account_id"}), {"stop": "halt"}

    def line(self, row, history):
        return self.envelope(row)


def test_the_folder_is_the_list_of_formats():
    assert list(formats()) == ["anthropic", "bedrock", "litellm", "openai", "opentelemetry"]


@pytest.mark.parametrize("name", formats())
def test_each_is_named_as_the_reader_that_takes_it_back(name):
    assert name in {reader.name for reader in readers()}


@pytest.mark.parametrize("form", formats().values(), ids=formats())
def test_each_declares_its_facts(form):
    assert re.fullmatch(r"\S[^\n]*[^.\n]", form.description)
    assert form.native <= set(EXCHANGES.names)
    assert form.suffix == ".jsonl.zst"


def test_the_envelope_holds_what_the_format_does_not(row):
    told = Plain().envelope(row(org_id=None))
    assert "account_id" not in told
    assert "org_id" not in told
    assert "prompt_text" not in told
    assert told["asked_at"] == "2026-02-02T02:40:00.000001Z"
    assert told["account_created_at"] == "2026-01-15T09:30:00.000000Z"
    assert told["asn"] == 64496


@pytest.mark.parametrize(("reason", "told"), [("stop", "halt"), ("length", "length"), (None, None)])
def test_ends_are_told_in_the_words_of_the_format(row, reason, told):
    assert Plain().ended(row(finish_reason=reason)) == told


@pytest.mark.parametrize(("status", "so"), [(200, False), (None, False), (429, True), (500, True)])
def test_failures(row, status, so):
    assert failed(row(status_code=status)) is so


def test_instants_keep_their_microseconds():
    assert instant(1_770_000_000_000_000) == "2026-02-02T02:40:00.000000Z"


def test_only_what_is_said_is_written():
    assert said(a=None, b=0, c=False, d="") == {"b": 0, "c": False, "d": ""}


TURNS = [Turn("a", "1"), Turn("b", "2"), Turn("c", "3")]


@pytest.mark.parametrize(
    ("history", "signatures", "carried"),
    [
        (TURNS, [], [None, None, None]),
        (TURNS, None, [None, None, None]),
        (TURNS, ["s", "t"], [None, "s", "t"]),
        (TURNS[2:], ["s", "t"], ["t"]),
        ([], ["s"], []),
    ],
)
def test_signatures_belong_to_the_last_turns(history, signatures, carried):
    assert [signature for _, signature in with_signatures(history, signatures)] == carried


@pytest.mark.parametrize("name", formats())
def test_samples_are_as_stored(name, told_in_full, stored):
    lines = [formats()[name].line(row, history) for row, history in told_in_full]
    stored(f"{name}.json", json.dumps(lines, indent=1) + "\n")


@pytest.mark.parametrize("name", formats())
def test_each_line_is_recognised_by_its_reader_alone(name, told_in_full):
    for row, history in told_in_full[:2]:
        line = formats()[name].line(row, history)
        scores = {reader.name: reader.recognises(line) for reader in readers()}
        assert max(scores, key=scores.get) == name
        assert sorted(scores.values())[-2] < scores[name] >= 0.9


@pytest.mark.parametrize("name", formats())
def test_a_bare_exchange_is_written_and_read(name, row, read):
    bare = row(**dict.fromkeys(EXCHANGES.names)) | {"exchange_id": "x", "asked_at": 10**15, "account_id": "a"}
    told = read(name, bare)
    assert (told["exchange_id"], told["account_id"], told["history_digests"]) == ("x", "a", [])


@pytest.mark.parametrize("name", formats())
def test_signatures_whose_answers_are_not_in_the_stream_are_left_out(name, row, read):
    carrying = row(reasoning_signatures=["sig_a", "sig_b"])
    assert read(name, carrying)["reasoning_signatures"] == []
    assert read(name, carrying, [Turn("a", "b")])["reasoning_signatures"] == ["sig_b"]


@pytest.mark.parametrize("name", formats())
@pytest.mark.parametrize("text", ["{", '[{"type": "text"}]', "redacted", " a\n\nb ", "\u2028 é 🙂", '"\\'])
def test_odd_texts_come_back(name, text, row, read):
    told = read(name, row(system_text=text, prompt_text=text, response_text=text), [Turn(text, text)])
    assert (told["system_text"], told["prompt_text"], told["response_text"]) == (text, text, text)
    assert (told["turn"], len(told["history_digests"])) == (1, 1)


@pytest.mark.parametrize("name", formats())
@pytest.mark.parametrize("called", [[], ["read_file", "shell"]])
@pytest.mark.parametrize("stream", [True, False])
def test_an_answer_that_was_not_kept_still_tells_its_tools(name, called, stream, row, read):
    told = read(name, row(response_text=None, tools_called=called, stream=stream))
    assert (told.get("response_text"), told["tools_called"], told["output_tokens"]) == (None, called, 9)
