from datetime import date

import pytest

from stillwatch.engine import open_engine
from stillwatch.state.book import read_book
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
    assert read_book(desk.folder / "kept").forgotten_count == days[0].num_rows
    desk.add("rest", desk.log("rest", *days[1:]))
    assert desk.found("kept")["accounts"]["account_id"] == desk.found("rest")["accounts"]["account_id"]


def test_one_day_at_least_stays(once, engine):
    with open_state(once.folder / "once", None) as state, pytest.raises(NothingKept):
        forget_days(engine, state, date(2027, 1, 1))
    assert len(read_book(once.folder / "once").days) == 4
