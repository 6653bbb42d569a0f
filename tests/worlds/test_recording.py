from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.tables import EXCHANGES
from stillwatch.worlds import recording
from stillwatch.worlds.calendar import DAY_US
from stillwatch.worlds.planning import plan_story
from stillwatch.worlds.recording import Recorder
from stillwatch.worlds.text import shipped_grammar
from stillwatch.worlds.text.grammar import Grammar
from stillwatch.worlds.visits import NO_VISITS

STORIES = ["relay", "framework_developers"]


def recorded(story, grammar=None, **how):
    with plan_story(story, seed=1, scale=0.05) as plan:
        return list(Recorder.of(plan, grammar).batches(plan, **how))


def told(batches):
    """Return everything that batches say, as one value a column."""
    rows = pa.Table.from_batches([batch.recorded.exchanges for batch in batches], EXCHANGES.schema)
    beside = [
        np.concatenate([getattr(batch.recorded, name) for batch in batches]).tolist()
        for name in ("talks", "openings", "lasts")
    ]
    replies = [reply for batch in batches for reply in batch.recorded.replies.to_pylist()]
    return rows.combine_chunks(), beside, replies, np.concatenate([batch.visits for batch in batches]).tolist()


@pytest.fixture(scope="module", params=STORIES)
def story(request, tiny):
    return tiny(request.param)


@pytest.fixture(scope="module")
def whole(story):
    return recorded(story)


def test_rows_keep_the_declaration_and_the_order_of_time(whole):
    rows, *_ = told(whole)
    EXCHANGES.check(rows, "the recording")
    assert rows["asked_at"].to_pylist() == sorted(rows["asked_at"].to_pylist())
    assert len(set(rows["exchange_id"].to_pylist())) == rows.num_rows > 500


@pytest.mark.parametrize("rows", [1000, 37])
@pytest.mark.parametrize("how", [{"threads": 3}, {"by_day": True}, {"threads": 2, "by_day": True}, {}])
def test_batches_days_and_threads_change_nothing(story, whole, monkeypatch, rows, how):
    monkeypatch.setattr(recording, "BATCH_ROWS", rows)
    batches = recorded(story, **how)
    assert told(batches)[0].equals(told(whole)[0])
    assert told(batches)[1:] == told(whole)[1:]
    assert max(len(batch.visits) for batch in batches) <= rows
    assert how or {len(batch.visits) for batch in batches[:-1]} <= {rows}


def test_by_day_no_batch_holds_rows_of_two(story):
    batches = recorded(story, by_day=True)
    days = [set((batch.visits["at"] // DAY_US).tolist()) for batch in batches]
    assert all(len(some) == 1 for some in days)
    assert len(days) == 14


def test_a_row_does_not_depend_on_the_rows_beside_it(story, whole):
    (batch,) = whole
    with plan_story(story, seed=1, scale=0.05) as plan:
        recorder = Recorder.of(plan)
    some = np.random.default_rng(1).permutation(len(batch.visits))[:60]
    apart = recorder.record(batch.visits[some]).recorded
    assert pa.table(apart.exchanges).equals(pa.table(batch.recorded.exchanges.take(pa.array(some))))
    assert apart.replies.to_pylist() == batch.recorded.replies.take(pa.array(some)).to_pylist()


def test_no_visits_give_no_rows(story):
    with plan_story(story, seed=1, scale=0.05) as plan:
        assert Recorder.of(plan).record(NO_VISITS).recorded.exchanges.num_rows == 0


def test_an_answer_is_kept_beside_where_the_call_failed(whole):
    rows, _, replies, _ = told(whole)
    answers = rows["response_text"].to_pylist()
    failed = [status != 200 for status in rows["status_code"].to_pylist()]
    assert any(failed)
    assert all(reply for reply in replies)
    assert answers == [None if fails else reply for fails, reply in zip(failed, replies, strict=True)]


def test_one_seed_and_symbol_have_one_system_prompt(whole):
    (batch,) = whole
    given = zip(batch.visits["system"].tolist(), batch.visits["system_seed"].tolist(), strict=True)
    prompts = {}
    for key, text in zip(given, batch.recorded.exchanges["system_text"].to_pylist(), strict=True):
        assert prompts.setdefault(key, text) == text
        assert (text is None) == (key[0] < 0)
    assert len(prompts) > 2


def test_reasoning_is_shown_to_those_who_send_it_back(whole):
    rows, *_ = told(whole)
    shown = rows.filter(pa.compute.is_valid(rows["reasoning_text"]))
    assert 0 < shown.num_rows < 0.6 * rows.num_rows
    assert all(shown["reasoning_text"].to_pylist())


def test_a_framework_opens_with_the_same_words_for_all(story):
    with plan_story(story, seed=1, scale=0.05) as plan:
        recorder = Recorder.of(plan)
    assert recorder.openings() == replace(recorder).openings()
    assert len(recorder.openings()) == 2
    assert all(asked and answered for asked, answered in recorder.openings())


def test_a_conversation_keeps_its_opening_and_counts_it_as_a_turn(whole):
    for batch in whole:
        openings = {}
        turns = batch.recorded.exchanges["turn"].to_pylist()
        for visit, opening, turn in zip(batch.visits, batch.recorded.openings.tolist(), turns, strict=True):
            assert openings.setdefault(visit["talk"], opening) == opening
            assert turn == visit["turn"] + (opening >= 0)
        assert set(openings.values()) == {-1, 0, 1}


def test_another_grammar_gives_other_words_and_the_same_calls(story, whole):
    shipped = shipped_grammar()
    same = recorded(story, Grammar({"a": "".join(f"= {name}\nword of {name}\n" for name in shipped.names)}))
    rows, before = told(same)[0], told(whole)[0]
    assert rows["account_id"].equals(before["account_id"])
    assert rows["exchange_id"].equals(before["exchange_id"])
    assert all(
        "word of" in text.lower() or "wrod" in text.lower() or len(text) < 30
        for text in rows["prompt_text"].to_pylist()
    )
    assert set(rows["response_text"].drop_null().to_pylist()) <= {f"word of {name}" for name in shipped.names}
