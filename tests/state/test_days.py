import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from stillwatch.log_errors import SharedIds
from stillwatch.state import days
from stillwatch.state.book import read_book
from stillwatch.tables import MARKS, PROFILES


@pytest.fixture
def parts(once):
    """The folders of the days of a state, by date."""
    book = read_book(once.folder / "once")
    return {day: once.folder / "once" / "parts" / one.folder for day, one in sorted(book.days.items())}


def test_a_day_keeps_all_marks_but_the_sketch_which_its_wordings_keep_once(parts, desk):
    for folder, exchanges in zip(parts.values(), desk.traffic.days(), strict=True):
        marks = pq.read_table(folder / "marks.parquet")
        assert {*marks.column_names} == {*MARKS.names, "asked", "wording_family"} - {"asked_at", "wording_sketch"}
        assert marks["exchange_id"].to_pylist() != exchanges["exchange_id"].to_pylist()
        assert sorted(marks["exchange_id"].to_pylist()) == sorted(exchanges["exchange_id"].to_pylist())
        digests = pq.read_table(folder / "wordings.parquet")["prompt_digest"].to_pylist()
        assert len(digests) == len(set(digests)) == len(set(marks["prompt_digest"].drop_null().to_pylist()))
        assert {*pq.read_schema(folder / "profiles.parquet").names} == {*PROFILES.names}


def test_no_text_is_kept(once, parts, desk):
    words = [text.encode() for text in desk.traffic.exchanges["prompt_text"].to_pylist()[:50] if text]
    held = b"".join(path.read_bytes() for folder in parts.values() for path in folder.iterdir())
    assert not [one for one in words if one[:20] in held]
    assert all("text" not in name for folder in parts.values() for path in folder.glob("*.parquet")
               for name in pq.read_schema(path).names)  # fmt: skip


def test_lone_prompts_of_the_latest_days_are_gathered_again(parts, monkeypatch):
    folders = list(parts.values())
    counts = [pq.read_metadata(folder / days.PROMPTS).num_rows for folder in folders]
    assert days._lone_prompts(folders).num_rows == sum(counts)
    monkeypatch.setattr(days, "MOST_LONE_PROMPTS", counts[-1] + counts[-2])
    latest = pq.read_table(folders[-2] / days.PROMPTS)["prompt_digest"].to_pylist()
    assert days._lone_prompts(folders)["prompt_digest"].to_pylist()[: len(latest)] == latest
    assert days._lone_prompts(folders).num_rows == counts[-1] + counts[-2]
    assert days._lone_prompts([]).num_rows == 0


def with_column(rows, name, values):
    place = rows.column_names.index(name)
    return rows.set_column(place, rows.schema.field(name), pa.array(values, rows.schema.field(name).type))


def test_a_day_whose_accounts_share_ids_is_refused_and_the_state_stays(begun, desk):
    before = (desk.folder / "kept" / "state.json").read_bytes()
    third = desk.traffic.days()[2]
    ids = [f"x{place % (third.num_rows // 2)}" for place in range(third.num_rows)]
    with pytest.raises(SharedIds):
        desk.add("kept", desk.log("third", with_column(third, "exchange_id", ids)))
    assert (desk.folder / "kept" / "state.json").read_bytes() == before


def test_ids_that_begin_anew_each_day_are_refused(begun, desk):
    first, _, third, _ = desk.traffic.days()
    held = pc.unique(first["exchange_id"]).to_pylist()
    new = third.slice(0, min(third.num_rows, len(held)))
    log = desk.log("third", with_column(new, "exchange_id", held[: new.num_rows]))
    with pytest.raises(SharedIds, match="repeat an id of another account"):
        desk.add("kept", log)


def test_a_log_that_comes_again_a_day_late_is_no_fault(begun, desk):
    first, _, third, _ = desk.traffic.days()
    later = pc.add(first["asked_at"], pa.scalar(2 * 86_400_000_000, pa.duration("us")))
    done = desk.add("kept", desk.log("third", third, first.set_column(
        first.column_names.index("asked_at"), first.schema.field("asked_at"), later)))  # fmt: skip
    assert done.summary.repeated_count == first.num_rows
