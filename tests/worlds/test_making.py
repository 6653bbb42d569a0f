import errno
import gc
import json
import os
import resource
import shutil
import subprocess
import sys
import textwrap
from dataclasses import replace
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.errors import CannotWrite, FolderOccupied
from stillwatch.tables import EXCHANGES
from stillwatch.world_errors import PromptsUnreadable
from stillwatch.worlds import Making, find_story, make, make_world, making, planning, recording
from stillwatch.worlds.formats import formats
from stillwatch.worlds.planning import Spill
from stillwatch.worlds.recording import Recorder

BESIDE = [
    "prices.json",
    "releases.json",
    "story.toml",
    "truth_accounts.parquet",
    "truth_exchanges.parquet",
    "world.json",
]
FORMS = [{}, {"by_day": True}, {"form": formats()["openai"]}]
LOGS = ["exchanges.parquet", "exchanges", "exchanges.jsonl.zst"]


class Heard:
    """A progress that keeps what it is told."""

    def __init__(self):
        self.stages, self.advanced, self.on_advance = [], 0, None

    def stage(self, name, total, unit):
        self.stages.append((name, total, unit))

    def advance(self, amount):
        self.advanced += amount
        if self.on_advance is not None:
            raise self.on_advance

    def note(self, text):
        raise AssertionError(text)

    done = note


@pytest.fixture(scope="module")
def relay(tiny):
    return Making(tiny("relay"), scale=0.05)


@pytest.fixture(scope="module")
def world(relay, tmp_path_factory):
    """A folder with a world as Parquet, and what was told of it."""
    folder = tmp_path_factory.mktemp("world") / "w"
    return folder, make(relay, folder)


@pytest.fixture
def few_rows(monkeypatch):
    """Many small batches and files of spilled visits, as a large world has them."""
    monkeypatch.setattr(recording, "BATCH_ROWS", 100)
    monkeypatch.setattr(planning, "_PENDING_VISITS", 150)
    monkeypatch.setattr(planning, "Spill", partial(Spill, held_bytes=0))


@pytest.fixture
def temporary(monkeypatch, tmp_path_factory):
    """The folder for what is spilled."""
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(planning.tempfile, "tempdir", str(folder))
    return folder


def held(folder):
    """All files under a folder, hidden ones too, and their bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows(folder):
    files = sorted((folder / "exchanges").glob("*.parquet")) or [folder / "exchanges.parquet"]
    return pa.concat_tables([pq.read_table(file) for file in files])


@pytest.mark.parametrize(("how", "log"), list(zip(FORMS, LOGS, strict=True)))
def test_a_folder_holds_the_logs_the_truth_and_how_it_was_told(relay, tmp_path, how, log):
    made = make(relay, tmp_path / "a" / "w", **how)
    assert sorted(path.name for path in (tmp_path / "a" / "w").iterdir()) == sorted([*BESIDE, log])
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["w"]
    assert all(path.is_file() and path.stat().st_size > 0 for path in made.logs)
    assert list(made.logs) == sorted(made.logs)


def test_it_is_the_world_that_is_made_in_memory(relay, world):
    folder, _ = world
    memory = make_world(relay.story, scale=0.05)
    assert rows(folder).equals(memory.exchanges)
    for name in ("truth_accounts", "truth_exchanges"):
        assert pq.read_table(folder / f"{name}.parquet").equals(getattr(memory, name))


def test_what_is_told_is_what_was_made(world):
    folder, made = world
    accounts, truth = (pq.read_table(folder / f"truth_{name}.parquet") for name in ("accounts", "exchanges"))
    assert made.logs == (folder / "exchanges.parquet",)
    assert made.exchanges_count == truth.num_rows == rows(folder).num_rows
    assert made.extraction_count == truth["campaign"].drop_null().length() > 0
    assert made.campaign_accounts_count == accounts["campaign"].drop_null().length() > 0
    assert made.honest_accounts_count == accounts["campaign"].null_count
    assert made.prompt_bytes >= sum(len(text.encode()) for text in rows(folder)["prompt_text"].to_pylist())


@pytest.mark.parametrize("how", FORMS)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_ones(relay, tmp_path, how):
    for name, making_of in (("one", relay), ("two", relay), ("other", replace(relay, seed=2))):
        make(making_of, tmp_path / name, **how)
    one, two, other = (held(tmp_path / name) for name in ("one", "two", "other"))
    assert one == two
    same = {name for name, content in one.items() if other.get(name) == content}
    assert same == {"story.toml", "releases.json", "prices.json"}


@pytest.mark.parametrize("threads", [1, 3])
def test_threads_change_no_byte(relay, world, tmp_path, monkeypatch, threads):
    monkeypatch.setattr(making, "usable_threads", lambda: threads)
    make(relay, tmp_path / "w")
    assert held(tmp_path / "w") == held(world[0])


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("by_day", [False, True])
def test_batches_spills_days_and_threads_change_no_row(
    relay, world, tmp_path, monkeypatch, few_rows, *, threads, by_day
):
    monkeypatch.setattr(making, "usable_threads", lambda: threads)
    made = make(relay, tmp_path / "w", by_day=by_day)
    assert rows(tmp_path / "w").equals(rows(world[0]))
    for name in ("truth_accounts", "truth_exchanges"):
        file = f"{name}.parquet"
        assert pq.read_table(tmp_path / "w" / file).equals(pq.read_table(world[0] / file))
    assert replace(made, logs=(), prompt_bytes=0) == replace(world[1], logs=(), prompt_bytes=0)


def test_files_by_day_are_named_by_their_day(relay, tmp_path):
    made = make(relay, tmp_path / "w", by_day=True)
    assert [path.name for path in made.logs] == [f"2026-02-{day:02}.parquet" for day in range(2, 16)]
    for path in made.logs:
        days = {at.strftime("%Y-%m-%d") for at in pq.read_table(path)["asked_at"].to_pylist()}
        assert days == {path.stem}
        assert pq.read_schema(path) == EXCHANGES.schema


def test_a_log_has_a_line_for_each_exchange_in_their_order(relay, world, tmp_path):
    (log,) = make(relay, tmp_path / "w", form=formats()["litellm"]).logs
    with pa.OSFile(str(log)) as file, pa.CompressedInputStream(file, "zstd") as text:
        lines = [json.loads(line) for line in text.read().splitlines()]
    asked = rows(world[0])["asked_at"].cast(pa.int64()).to_pylist()
    assert len(lines) == len(asked)
    assert all("messages" in json.dumps(line) for line in lines)


def test_how_it_was_told_stands_beside(relay, world):
    folder, _ = world
    told = {"story": "relay", "seed": 1, "scale": 0.05, "days": 14, "honest": None, "prompts": None}
    assert json.loads((folder / "world.json").read_text()) == told
    assert json.loads((folder / "releases.json").read_text()) == [
        {"model": "lantern-4", "time": "2026-02-10T17:00:00.000000Z"}
    ]
    prices = json.loads((folder / "prices.json").read_text())
    assert prices["lantern-4"] == {"input": 4.0, "output": 20.0}
    assert set(prices) == set(relay.story.prices)


def test_the_story_beside_a_world_makes_it_again(tmp_path):
    make(Making(find_story("solo"), seed=3, scale=0.02, days=2), tmp_path / "one")
    told = json.loads((tmp_path / "one" / "world.json").read_text())
    story = find_story(str(tmp_path / "one" / "story.toml"))
    make(Making(story, told["seed"], told["scale"], told["days"], told["honest"]), tmp_path / "two")
    assert held(tmp_path / "one") == held(tmp_path / "two")


@pytest.mark.parametrize("days", [1, 3, 16])
def test_only_so_many_days_are_made(relay, tmp_path, days):
    made = make(replace(relay, days=days), tmp_path / "w", by_day=True)
    assert [path.stem for path in made.logs] == [f"2026-02-{day:02}" for day in range(2, 2 + days)]
    assert json.loads((tmp_path / "w" / "world.json").read_text())["days"] == days


@pytest.mark.parametrize(("honest", "scale"), [(60, 0.05), (400, 0.05), (60, 3.0)])
def test_so_many_honest_accounts_as_are_asked_for(honest, scale):
    asked = Making(find_story("relay"), scale=scale, honest=honest)
    accounts = sum(kind.size * count for kind, count in asked.told.population.counts(scale))
    assert accounts == pytest.approx(honest, rel=0.35)
    assert asked.told.campaigns == asked.story.campaigns
    assert replace(asked, honest=None).told is asked.story


def test_without_a_scale_it_is_made_as_it_is_rehearsed():
    assert Making(find_story("february")).factor == find_story("february").rehearsal_scale
    assert Making(find_story("february"), scale=0.5).factor == 0.5


def test_prompts_of_a_folder_are_asked_and_named(relay, tmp_path):
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "a.txt").write_text("how do i bake a red cake\n")
    make(replace(relay, prompts=tmp_path / "prompts"), tmp_path / "w")
    assert "how do i bake a red cake" in rows(tmp_path / "w")["prompt_text"].to_pylist()
    assert json.loads((tmp_path / "w" / "world.json").read_text())["prompts"] == str(tmp_path / "prompts")


def test_prompts_that_cannot_be_read_leave_nothing(relay, tmp_path):
    with pytest.raises(PromptsUnreadable):
        make(replace(relay, prompts=tmp_path / "none"), tmp_path / "w")
    assert held(tmp_path) == {}


def test_every_exchange_is_told_as_progress(relay, tmp_path, few_rows):
    heard = Heard()
    made = make(relay, tmp_path / "w", heard)
    assert heard.stages == [("planning", None, ""), ("writing", made.exchanges_count, "exchanges")]
    assert heard.advanced == made.exchanges_count


def fails_late(function, error, after):
    """Return a function that does its work some times and then fails."""
    calls = iter(range(10**6))

    def failing(*given, **named):
        if next(calls) >= after:
            raise error
        return function(*given, **named)

    return failing


MOMENTS = [
    (planning, "open_crew", 0), (Spill, "add", 20), (Spill, "_write", 3), (Spill, "_kept", 40), (Recorder, "record", 0),
    (Recorder, "record", 5), (making, "exchange_truth", 4), (pq.ParquetWriter, "write_batch", 0),
    (pq.ParquetWriter, "write_batch", 9), (making, "account_truth", 0), (pq, "write_table", 0),
    (making, "_write_story", 0), (making.json, "dumps", 1), (Path, "rename", 0),
]  # fmt: skip


def moment(one):
    return f"{getattr(one, '__name__', one)}"


@pytest.fixture
def earlier(world, tmp_path):
    """A folder in which a world was made earlier."""
    return shutil.copytree(world[0], tmp_path / "w")


@pytest.mark.parametrize(("place", "name", "after"), MOMENTS, ids=moment)
def test_an_interruption_leaves_what_was_there(relay, earlier, temporary, monkeypatch, few_rows, *, place, name, after):
    before = held(earlier)
    monkeypatch.setattr(place, name, fails_late(getattr(place, name), KeyboardInterrupt("now"), after))
    with pytest.raises(KeyboardInterrupt, match="now"):
        make(replace(relay, seed=9), earlier)
    monkeypatch.undo()
    assert held(earlier) == before
    assert list(earlier.parent.iterdir()) == [earlier]
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("how", FORMS)
def test_an_interruption_in_the_middle_of_any_log_leaves_nothing(relay, tmp_path, temporary, few_rows, how):
    heard = Heard()
    heard.on_advance = KeyboardInterrupt("now")
    with pytest.raises(KeyboardInterrupt, match="now") as caught:
        make(relay, tmp_path / "w", heard, **how)
    assert [*tmp_path.iterdir(), *temporary.iterdir()] == []
    if Path("/proc/self/fd").exists():
        opened = [os.path.realpath(file) for file in Path("/proc/self/fd").iterdir()]
        assert not [file for file in opened if file.startswith(str(tmp_path))], caught


@pytest.mark.parametrize(
    ("place", "name", "after"),
    [one for one in MOMENTS if one[1] in {"write_batch", "write_table", "_write", "rename"}],
    ids=moment,
)  # fmt: skip
def test_a_full_disk_is_told_and_leaves_what_was_there(
    relay, earlier, temporary, monkeypatch, few_rows, *, place, name, after
):
    before = held(earlier)
    full = OSError(errno.ENOSPC, "Error writing bytes to file")
    monkeypatch.setattr(place, name, fails_late(getattr(place, name), full, after))
    with pytest.raises(CannotWrite) as caught:
        make(replace(relay, seed=9), earlier)
    monkeypatch.undo()
    assert (caught.value.where, caught.value.found) == (str(earlier), os.strerror(errno.ENOSPC))
    assert held(earlier) == before
    assert list(earlier.parent.iterdir()) == [earlier]
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("how", FORMS)
@pytest.mark.parametrize("bytes_of_a_file", [1000, 40_000])
def test_files_that_the_system_lets_grow_no_more_leave_nothing(
    relay, world, tmp_path, temporary, *, how, bytes_of_a_file
):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_of_a_file, hard))
    try:
        with pytest.raises(CannotWrite) as caught:
            make(relay, tmp_path / "w", **how)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.found == os.strerror(errno.EFBIG)
    del caught
    gc.collect()  # a file left open would complain now, and not in another test
    assert [*tmp_path.iterdir(), *temporary.iterdir()] == []


def test_an_earlier_world_is_replaced_whole(relay, world, earlier, tmp_path):
    make(replace(relay, seed=9), earlier, by_day=True)
    assert sorted(path.name for path in earlier.iterdir()) == sorted([*BESIDE, "exchanges"])
    make(relay, earlier)
    assert held(earlier) == held(world[0])


@pytest.mark.parametrize("files", [{"thesis.tex": "x"}, {"story.toml": "", "notes.md": "x"}, {"scan.json": "{}"}])
def test_a_folder_with_other_files_is_refused_before_anything_is_planned(relay, tmp_path, files):
    (tmp_path / "w").mkdir()
    for name, text in files.items():
        (tmp_path / "w" / name).write_text(text)
    heard = Heard()
    with pytest.raises(FolderOccupied) as caught:
        make(relay, tmp_path / "w", heard)
    assert "a world that was made earlier" in caught.value.needed
    assert heard.stages == []
    assert held(tmp_path / "w") == {name: text.encode() for name, text in files.items()}


def test_the_names_of_a_world_are_those_that_are_written(relay, tmp_path):
    for how in FORMS:
        make(relay, tmp_path / "w", **how)
        assert {path.name for path in (tmp_path / "w").iterdir()} <= making.WORLD.names
    assert making.WORLD.names == {*BESIDE, *LOGS}
    assert {form.suffix for form in formats().values()} == {".jsonl.zst"}


def test_memory_does_not_grow_with_the_exchanges():
    """Slow, some seconds: makes a small and a large world in one process, and compares its peaks."""
    script = textwrap.dedent("""
        import resource, sys, tempfile
        from functools import partial
        from pathlib import Path
        from stillwatch.worlds import Making, find_story, make, planning, recording

        recording.BATCH_ROWS = 2048
        planning.Spill = partial(planning.Spill, held_bytes=2 << 20)
        for scale in (0.0003, 0.004):
            with tempfile.TemporaryDirectory() as folder:
                made = make(Making(find_story("february"), scale=scale, honest=300), Path(folder) / "w")
                print(made.prompt_bytes, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
    """)
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    (small, peak_before), (large, peak_after) = (map(int, line.split()) for line in run.stdout.splitlines())
    assert large > small + 70_000_000
    # prompts are less than half of the text of an exchange
    assert peak_after - peak_before < 0.5 * (large - small)
