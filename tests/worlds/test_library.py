import json
import re

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.world_errors import PromptsUnreadable
from stillwatch.worlds.library import CAMPAIGN_FOLDERS, SUFFIXES, with_prompts
from stillwatch.worlds.planning import plan_story
from stillwatch.worlds.recording import Recorder
from stillwatch.worlds.seeds import mix
from stillwatch.worlds.text import shipped_grammar

TOPICS = [f"topic {number}" for number in range(12)]
PROMPTS = [(f"Question {number} of {topic}", topic) for topic in TOPICS for number in range(30)]
TASKS = [f"Exercise {number}: prove it." for number in range(50)]
SEEDS = mix(np.arange(600, dtype=np.uint64), 1)


def put(folder, name, prompts=PROMPTS, text="text", topic="topic"):
    """Write prompts as the ending of a file's name says; without a topic column if `topic` is empty."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [{text: said, **({topic: about} if topic else {})} for said, about in prompts]
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif path.suffix == ".jsonl":
        path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n", encoding="utf-8")
    else:
        path.write_text("\n".join(said for said, _ in prompts) + "\n", encoding="utf-8")


def refused(folder):
    with pytest.raises(PromptsUnreadable, match="the prompts cannot be read") as caught:
        with_prompts(shipped_grammar(), folder)
    return caught.value.where, caught.value.found


@pytest.fixture
def asked(write):
    """What people ask by a folder's grammar, one a speaker and seed."""

    def of(folder, symbol="ask.en.pets", speakers=SEEDS, seeds=SEEDS):
        return write(with_prompts(shipped_grammar(), folder), symbol, seeds, speaker=speakers)

    return of


@pytest.mark.parametrize("name", ["a.parquet", "deep/er/a.jsonl", "a.txt"])
@pytest.mark.parametrize(("text", "topic"), [("text", "topic"), ("prompt", ""), ("question", "label")])
def test_people_ask_the_prompts_of_a_folder(asked, tmp_path, name, text, topic):
    put(tmp_path, name, text=text, topic=topic)
    said = asked(tmp_path)
    assert set(said) <= {prompt for prompt, _ in PROMPTS}
    assert len(set(said)) > 200


def test_each_person_keeps_to_a_topic_for_each_thing_that_they_ask(asked, tmp_path):
    put(tmp_path, "a.parquet")
    speakers = np.repeat(SEEDS[:60], 10)
    by_speaker = {}
    for symbol in ("ask.en.pets", "ask.en.travel", "follow.en"):
        for text, speaker in zip(asked(tmp_path, symbol, speakers), speakers.tolist(), strict=True):
            by_speaker.setdefault((speaker, symbol), set()).add(text.partition(" of ")[2])
    assert all(len(topics) == 1 for topics in by_speaker.values())
    assert {topic for (topic,) in by_speaker.values()} == set(TOPICS)
    assert by_speaker != {key: by_speaker[key[0], "follow.en"] for key in by_speaker}


def test_without_topics_neighbours_in_a_file_are_taken_for_one(asked, tmp_path):
    put(tmp_path, "a.txt")
    numbers = {prompt: place // 100 for place, (prompt, _) in enumerate(PROMPTS)}
    topics = {}
    speakers = np.repeat(SEEDS[:60], 10)
    for text, speaker in zip(asked(tmp_path, speakers=speakers), speakers.tolist(), strict=True):
        topics.setdefault(speaker, set()).add(numbers[text])
    assert all(len(some) == 1 for some in topics.values())
    assert {topic for (topic,) in topics.values()} == {0, 1, 2, 3}


def test_topics_of_two_files_are_different_topics(asked, tmp_path):
    put(tmp_path, "a.parquet", [("one", "x")])
    put(tmp_path, "b.jsonl", [("two", "x")])
    assert set(asked(tmp_path)) == {"one", "two"}
    assert len(set(asked(tmp_path, speakers=np.full(600, 9, np.uint64)))) == 1


@pytest.mark.parametrize("folder", [*sorted(CAMPAIGN_FOLDERS), "Attack"])
def test_campaigns_ask_within_their_templates_and_people_do_not(write, tmp_path, folder):
    put(tmp_path, f"{folder}/a.parquet", [(task, "x") for task in TASKS])
    grammar = with_prompts(shipped_grammar(), tmp_path)
    wordings = ("verbatim.coding", "paraphrased.reasoning", "none.rubric")
    for symbol in wordings:
        texts = write(grammar, symbol, SEEDS[:200])
        held = [next((task for task in TASKS if task in text), None) for text in texts]
        assert sum(task is not None for task in held) > 0.7 * len(texts), symbol
        assert len(set(held)) > 25
    assert any(text not in TASKS for text in write(grammar, "verbatim.coding", SEEDS[:50]))
    for symbol in ("ask.en.pets", "ask.code", "follow.en", "ask.agent", "reply.en"):
        assert write(grammar, symbol, SEEDS[:100]) == write(shipped_grammar(), symbol, SEEDS[:100])


def test_campaigns_keep_the_grammars_tasks_when_only_people_have_prompts(write, tmp_path):
    put(tmp_path, "a.parquet")
    grammar = with_prompts(shipped_grammar(), tmp_path)
    for symbol in ("verbatim.coding", "none.rubric", "probe.coding"):
        assert write(grammar, symbol, SEEDS[:100]) == write(shipped_grammar(), symbol, SEEDS[:100])


def test_a_world_asks_a_folders_prompts_on_both_sides(tiny, tmp_path):
    put(tmp_path, "people/a.parquet")
    put(tmp_path, "harvest/b.jsonl", [(task, "x") for task in TASKS])
    with plan_story(tiny("hydra"), seed=1, scale=0.1) as plan:
        recorder = Recorder.of(plan, with_prompts(shipped_grammar(), tmp_path))
        (batch,) = recorder.batches(plan)
    extraction = batch.visits["extraction"]
    texts = np.array(batch.recorded.exchanges["prompt_text"].to_pylist(), object)
    opening = extraction & (batch.visits["turn"] == 0)
    assert np.mean([any(task in text for task in TASKS) for text in texts[opening]]) > 0.7
    assert not any("Exercise" in text for text in texts[~extraction])
    typed = [re.fullmatch(r"question \d+ .{3,6}t.{1,3}ic \d+", text.lower()) for text in texts[~extraction]]
    assert np.mean([found is not None for found in typed]) > 0.3


def test_prompts_may_hold_any_line_separator_and_script(asked, tmp_path):
    prompts = [("one\nline\u2028and\u0085more\x0c", "x"), ("谢谢 \U0001f994", "x")]
    put(tmp_path, "a.jsonl", prompts)
    assert set(asked(tmp_path)) == {prompt for prompt, _ in prompts}


def test_empty_prompts_and_empty_files_are_passed_over(asked, tmp_path):
    put(tmp_path, "a.jsonl", [("", "x"), ("one", "y"), (None, "y")])
    put(tmp_path, "b.txt", [("", ""), ("two", ""), ("", "")])
    pq.write_table(
        pa.table({"text": pa.array([], pa.string()), "topic": pa.array([], pa.string())}), tmp_path / "c.parquet"
    )
    assert np.diff(with_prompts(shipped_grammar(), tmp_path).sources.topic_starts).tolist() == [1, 1]
    assert set(asked(tmp_path)) == {"one", "two"}


@pytest.mark.parametrize("kind", [pa.large_string(), pa.string(), pa.dictionary(pa.int32(), pa.string())])
def test_text_may_be_stored_in_any_way(asked, tmp_path, kind):
    pq.write_table(pa.table({"prompt": pa.array(["one", "two"]).cast(kind), "more": [1, 2]}), tmp_path / "a.parquet")
    assert set(asked(tmp_path)) == {"one", "two"}


def test_a_folder_without_prompts_is_refused(tmp_path):
    (tmp_path / "notes.md").write_text("hello")
    assert refused(tmp_path) == (str(tmp_path), f"no prompt in 0 files that end in {', '.join(SUFFIXES)}")
    put(tmp_path, "a.txt", [("", "")])
    assert refused(tmp_path)[1].startswith("no prompt in 1 files")
    pq.write_table(
        pa.table({"text": pa.array([], pa.string()), "topic": pa.array([], pa.string())}), tmp_path / "c.parquet"
    )
    assert refused(tmp_path)[1].startswith("no prompt in 2 files")


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    assert refused(tmp_path / "none") == (str(tmp_path / "none"), "No such file or directory")


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.parquet", b"PAR1 and then nothing", "Parquet magic bytes not found"),
        ("a.parquet", b"", "Parquet file size is 0 bytes"),
        ("a.jsonl", b'{"text": "one"}\n{"text": \n', "Expecting value"),
        ("a.jsonl", b'{"text": "\xff"}\n', "utf-8"),
        ("a.txt", b"one\n\xff\n", "utf-8"),
        ("a.jsonl", b'{"txt": "one"}\n', "columns none"),
        ("a.jsonl", b'["one"]\n3\n', "columns none"),
    ],
)
def test_a_damaged_file_is_named(tmp_path, name, content, found):
    put(tmp_path, "good.txt")
    (tmp_path / name).write_bytes(content)
    where, told = refused(tmp_path)
    assert where == str(tmp_path / name)
    assert found in told


def test_a_table_without_a_column_of_prompts_is_named(tmp_path):
    pq.write_table(pa.table({"txt": ["one"], "topic": ["a"]}), tmp_path / "a.parquet")
    assert refused(tmp_path) == (str(tmp_path / "a.parquet"), "columns `topic`")
    pq.write_table(pa.table({"text": [["one"]]}), tmp_path / "a.parquet")
    assert refused(tmp_path)[0] == str(tmp_path / "a.parquet")


def test_real_prompts_are_asked(shared, tiny):
    folder = shared / "data" / "prompts"
    if not folder.is_dir():
        pytest.skip("the real prompts are not there")
    with plan_story(tiny("hydra"), seed=1, scale=0.1) as plan:
        recorder = Recorder.of(plan, with_prompts(shipped_grammar(), folder))
        (batch,) = recorder.batches(plan)
    real = {
        text
        for path in (folder / "benign").glob("*.parquet")
        for text in pl.read_parquet(path, columns=["text"])["text"].to_list()
    }
    chat = batch.recorded.exchanges["endpoint"].to_numpy(zero_copy_only=False) == "/v1/conversations"
    honest = np.array(batch.recorded.exchanges["prompt_text"].to_pylist(), object)[chat & ~batch.visits["extraction"]]
    assert np.mean([text in real for text in honest]) > 0.3
    assert len(set(honest.tolist())) > 0.5 * len(honest)
