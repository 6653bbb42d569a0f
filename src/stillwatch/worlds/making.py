"""Make a world as files, with bounded memory: an interruption or a full disk leaves nothing half-written."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stillwatch.engine import usable_threads
from stillwatch.folder import Content, written_whole
from stillwatch.progress import SILENT, Progress
from stillwatch.tables import EXCHANGES, TRUTH_EXCHANGES
from stillwatch.worlds.conversations import Recorded
from stillwatch.worlds.formats.base import LogFormat
from stillwatch.worlds.formats.writing import write_log
from stillwatch.worlds.library import with_prompts
from stillwatch.worlds.planning import Plan, plan_story
from stillwatch.worlds.recording import Batch, Recorder
from stillwatch.worlds.story import Story
from stillwatch.worlds.text import shipped_grammar
from stillwatch.worlds.world import account_truth, exchange_truth

_EXCHANGES = "exchanges"
WORLD = Content(
    "a world that was made earlier", "story.toml",
    frozenset({
        "story.toml", "world.json", "truth_accounts.parquet", "truth_exchanges.parquet", "releases.json", "prices.json",
        _EXCHANGES, f"{_EXCHANGES}.parquet", f"{_EXCHANGES}{LogFormat.suffix}",
    }),
)  # fmt: skip
# what is nearly always new: a dictionary of it would be begun, outgrown and thrown away
_EVER_NEW = frozenset({"exchange_id", "asked_at", "prompt_text", "response_text", "reasoning_text", "conversation_id"})


@dataclass(frozen=True)
class Making:
    """What world to make.

    Parameters
    ----------
    seed
        Another seed, another world of the same story.
    scale
        Factor on accounts and exchanges; None: the scale at which the story is rehearsed.
    days
        How many days, in place of the story's: honest accounts are the same and ask as much a day, campaigns send
        proportionally less or more.
    honest
        Honest accounts, in place of the number that the story and the scale give.
    prompts
        Folder of real prompts, to be asked in place of the grammar's.
    """

    story: Story
    seed: int = 1
    scale: float | None = None
    days: int | None = None
    honest: int | None = None
    prompts: Path | None = None

    @property
    def factor(self) -> float:
        """The scale."""
        return self.story.rehearsal_scale if self.scale is None else self.scale

    @property
    def told(self) -> Story:
        """The story with the honest accounts that are asked for."""
        if self.honest is None:
            return self.story
        accounts = max(1, round(self.honest / self.factor))
        population = replace(self.story.population, accounts=accounts, fewest_accounts=self.honest)
        return replace(self.story, population=population)


@dataclass(frozen=True)
class Made:
    """What was made: counts, and the files of the logs, in the order of time."""

    exchanges_count: int
    extraction_count: int
    honest_accounts_count: int
    campaign_accounts_count: int
    prompt_bytes: int
    logs: tuple[Path, ...]


def make(
    making: Making, into: Path, progress: Progress = SILENT, *, form: LogFormat | None = None, by_day: bool = False
) -> Made:
    """Make a world in a folder, which holds it whole or not at all.

    Parameters
    ----------
    into
        Takes the place of a world that was made there earlier. Gets the exchanges (`exchanges.parquet`, or a log of
        `form`, or one file a day in `exchanges/`), `truth_accounts.parquet`, `truth_exchanges.parquet`,
        `releases.json`, `prices.json`, the story as `story.toml`, and in `world.json` how it was told.
    form
        Write the exchanges as such a log; None: as Parquet in the columns of `exchanges`.
    by_day
        One Parquet file for each day.

    Raises
    ------
    FolderOccupied
        `into` holds something else.
    CannotWrite
        `into` cannot be written, or its disk is full.
    PromptsUnreadable
        The folder of prompts cannot be used.

    Notes
    -----
    Memory does not grow with exchanges: plans are spilled to a temporary folder, 71 bytes an exchange. It grows with
    accounts (some 4 kB each), and with the prompts of a folder.
    """
    grammar = with_prompts(shipped_grammar(), making.prompts) if making.prompts else shipped_grammar()
    with written_whole(into, WORLD) as folder:
        progress.stage("planning", None, "")
        with plan_story(making.told, seed=making.seed, scale=making.factor, days=making.days) as plan:
            recorder = Recorder.of(plan, grammar)
            progress.stage("writing", plan.visits.count, "exchanges")
            told = _Told(plan, progress, np.zeros(len(plan.known.accounts["seed"]), np.int64))
            with pq.ParquetWriter(
                folder / "truth_exchanges.parquet", TRUTH_EXCHANGES.schema, compression="zstd"
            ) as truth:
                batches = told.batches(recorder, truth, by_day=by_day)
                names = _write_exchanges(batches, folder, recorder, form, by_day=by_day)
            pq.write_table(account_truth(plan.known, told.seen), folder / "truth_accounts.parquet", compression="zstd")
        _write_story(making, folder)
    return told.made(tuple(into / name for name in names))


@dataclass
class _Told:
    """What has been told of a plan so far."""

    plan: Plan
    progress: Progress
    seen: np.ndarray
    extraction: int = 0
    prompt_bytes: int = 0

    def batches(self, recorder: Recorder, truth: pq.ParquetWriter, *, by_day: bool) -> Iterator[Recorded]:
        """Yield what the gateway records, and write the truth about it on the way."""
        for batch in recorder.batches(self.plan, threads=usable_threads(), by_day=by_day):
            truth.write_batch(exchange_truth(batch, self.plan.known))
            self._count(batch)
            yield batch.recorded
            self.progress.advance(len(batch.visits))

    def made(self, logs: tuple[Path, ...]) -> Made:
        campaign = self.plan.known.accounts["campaign"].is_valid().to_numpy(zero_copy_only=False)
        asked = self.seen > 0
        return Made(
            int(self.seen.sum()), self.extraction, int((asked & ~campaign).sum()), int((asked & campaign).sum()),
            self.prompt_bytes, logs,
        )  # fmt: skip

    def _count(self, batch: Batch) -> None:
        self.seen += np.bincount(batch.visits["account"], minlength=len(self.seen))
        self.extraction += int(batch.visits["extraction"].sum())
        self.prompt_bytes += pc.sum(pc.binary_length(batch.recorded.exchanges["prompt_text"])).as_py() or 0


def _write_exchanges(
    batches: Iterator[Recorded], folder: Path, recorder: Recorder, form: LogFormat | None, *, by_day: bool
) -> list[str]:
    """Write the exchanges; return the names of their files."""
    if form is not None:
        name = f"{_EXCHANGES}{form.suffix}"
        write_log(batches, folder / name, form, recorder.openings())
        return [name]
    if not by_day:
        name = f"{_EXCHANGES}.parquet"
        with _parquet(folder / name) as writer:
            for recorded in batches:
                writer.write_batch(recorded.exchanges)
        return [name]
    names: list[str] = []
    (folder / _EXCHANGES).mkdir()
    for day, recorded_then in groupby(batches, _day):
        names.append(f"{_EXCHANGES}/{day}.parquet")
        with _parquet(folder / names[-1]) as writer:
            for recorded in recorded_then:
                writer.write_batch(recorded.exchanges)
    return names


def _parquet(path: Path) -> pq.ParquetWriter:
    few = [column.name for column in EXCHANGES.columns if column.name not in _EVER_NEW]
    return pq.ParquetWriter(path, EXCHANGES.schema, compression="zstd", compression_level=1, use_dictionary=few)


def _day(recorded: Recorded) -> date:
    return datetime.fromtimestamp(recorded.exchanges["asked_at"].cast(pa.int64())[0].as_py() // 10**6, UTC).date()


def _write_story(making: Making, folder: Path) -> None:
    story = making.story
    releases = [
        {"model": one.model, "time": one.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
        for one in story.calendar.releases
    ]
    prices = {model: {"input": price.input, "output": price.output} for model, price in story.prices.items()}
    told = {"story": story.name, "seed": making.seed, "scale": making.factor,
            "days": making.days or story.calendar.days, "honest": making.honest,
            "prompts": str(making.prompts) if making.prompts else None}  # fmt: skip
    for name, content in (("releases", releases), ("prices", prices), ("world", told)):
        (folder / f"{name}.json").write_text(json.dumps(content) + "\n", encoding="utf-8")
    (folder / "story.toml").write_text(story.text, encoding="utf-8")
