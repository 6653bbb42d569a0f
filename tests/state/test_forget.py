from datetime import date

import pyarrow.parquet as pq
import pytest

from stillwatch.engine import open_engine
from stillwatch.state import intake
from stillwatch.state.book import read_book
from stillwatch.state.days import read_prompts
from stillwatch.state.forget import forget_days
from stillwatch.state.opening import open_state
from stillwatch.state_errors import NothingKept


@pytest.mark.usefixtures("begun")
def test_forgotten_days_are_gone_and_their_rows_stay_out(desk):
    days = desk.traffic.days()[:3]
    second = days[1]["asked_at"][0].as_py().date()
    with open_engine(threads=2) as engine, open_state(desk.folder / "kept", None) as state:
        assert forget_days(engine, state, second) == 1
    book = read_book(desk.folder / "kept")
    assert (min(book.days), len(book.days)) == (second.isoformat(), 1)
    assert {path.name for path in (desk.folder / "kept" / "parts").iterdir()} == book.folders
    done = desk.add("kept", desk.log("again", days[0], days[2]))
    assert done.summary.exchanges_count == sum(one.num_rows for one in days[1:])
    assert done.summary.set_aside == (("their day was forgotten", days[0].num_rows),)
    desk.add("rest", desk.log("rest", *days[1:]))
    assert desk.found("kept")["accounts"]["account_id"] == desk.found("rest")["accounts"]["account_id"]


@pytest.mark.usefixtures("begun")
def test_first_prompts_that_stay_keep_their_order(desk):
    with open_engine(threads=2) as engine, open_state(desk.folder / "kept", None) as state:
        first, second = sorted(state.book.first_prompts)
        before = read_prompts([state.part(state.book.first_prompts[first])])["prompt_digest"].to_pylist()
        forget_days(engine, state, date.fromisoformat(second))
        after = read_prompts([state.part(state.book.first_prompts[first])])["prompt_digest"].to_pylist()
        marks = pq.read_table(state.part(state.book.days[second].folder) / "marks.parquet")
        shown = set(marks["wording_family"].to_pylist())
    assert after == [one for one in before if one in shown]
    assert 1 < len(after) < len(before)


@pytest.mark.usefixtures("begun")
def test_folds_do_not_pile_up_while_days_are_folded(desk, monkeypatch):
    desk.add("kept", desk.log("more", *desk.traffic.days()[2:]))
    there, add_day = [], intake.add_day

    def counted(*given):
        add_day(*given)
        there.append(len(list((desk.folder / "kept" / "parts").glob("fold-*"))))

    monkeypatch.setattr(intake, "add_day", counted)
    monkeypatch.setattr(intake, "KEPT_FOLDS", 1)
    with open_engine(threads=2) as engine, open_state(desk.folder / "kept", None) as state:
        committed = sum(day.fold is not None for day in state.book.days.values())
        forget_days(engine, state, state.book.dates[1])
        assert [day.fold is not None for _, day in sorted(state.book.days.items())] == [False, False, True]
    assert there == [committed + 1, committed + 2, committed + 2]


def test_one_day_at_least_stays(once, engine):
    with open_state(once.folder / "once", None) as state, pytest.raises(NothingKept):
        forget_days(engine, state, date(2027, 1, 1))
    assert len(read_book(once.folder / "once").days) == 4
