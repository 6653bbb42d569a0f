"""Wording families of prompts that stand on several machines: the same as `gather_families` gives, row by row.

Prompts are laid out by their wording keys and compared there, where they lie; that is the heavy part, and every worker
takes its share. Which of the compared prompts become one family depends on those joined before, so the prompts that
agree with any other are joined in one task, in the order of `gather_families`. That task runs on a worker.
"""
# mypy: disable-error-code="no-untyped-def"

from collections.abc import Iterator
from functools import partial
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch import columns as c
from stillwatch.engine.base import SpreadEngine
from stillwatch.engine.compiled import kernel
from stillwatch.marks.families import WORDINGS_OF_MARKS, are_alike, flatten, root_of
from stillwatch.marks.sketch import BANDS, POSITIONS, wording_keys
from stillwatch.tables import FAMILIES, Declared

BAND = c.Column("band", pa.int32(), "which four positions of the sketch the wording key is of", required=True)
WORDING_KEY = c.Column("wording_key", pa.int64(), "its upper bits, as `gather_families` compares them", required=True)
BEFORE = c.Column("before", c.DIGEST, "the prompt before it under the key")
FIRST = c.Column("first", c.DIGEST, "the first prompt under the key")
LIKE_BEFORE = c.Column("like_before", pa.bool_(), "whether the sketches agree")
LIKE_FIRST = c.Column("like_first", pa.bool_(), "whether the sketches agree")
KEYED = Declared("keyed_wordings", (BAND, WORDING_KEY, c.PROMPT_DIGEST, c.WORDING_SKETCH), key=(BAND, c.PROMPT_DIGEST))
LIKE = Declared(
    "like_wordings",
    (BAND, WORDING_KEY, c.PROMPT_DIGEST, BEFORE, FIRST, LIKE_BEFORE, LIKE_FIRST),
    key=(BAND, c.PROMPT_DIGEST),
)

Batches: TypeAlias = Iterator[pa.RecordBatch]
Ints: TypeAlias = npt.NDArray[np.int64]
Sketches: TypeAlias = npt.NDArray[np.uint8]


def gather_spread_families(engine: SpreadEngine) -> None:
    """Keep the table `families` of the table `marks`.

    Notes
    -----
    Each prompt with words travels once under each of its 16 wording keys, 84 bytes a time. The last task holds 80
    bytes for each prompt that agrees with any other, and reads a row for each such agreement, sorted, from disk.
    """
    engine.keep("wordings", WORDINGS_OF_MARKS)
    shown = "FROM wordings WHERE wording_sketch IS NOT NULL"
    prompts = engine.sql(f"SELECT count(*) AS n {shown}")["n"][0].as_py()
    engine.map_parts(
        partial(key_wordings, bits=int(prompts).bit_length()),
        f"SELECT prompt_digest, wording_sketch {shown}", KEYED, keep=False,
    )  # fmt: skip
    place = ("band", "wording_key", "prompt_digest")
    engine.map_parts(compare_neighbours, "FROM keyed_wordings", LIKE, by=place[:2], order=place)
    engine.map_parts(
        join_likes,
        """SELECT band, wording_key, prompt_digest, before, first, like_before, like_first,
                   CAST(NULL AS BLOB) AS wording_sketch FROM like_wordings
            UNION ALL
            SELECT -1, 0, prompt_digest, NULL, NULL, NULL, NULL, wording_sketch FROM wordings
            SEMI JOIN (SELECT prompt_digest FROM like_wordings
                       UNION SELECT before FROM like_wordings WHERE like_before
                       UNION SELECT first FROM like_wordings WHERE like_first) USING (prompt_digest)""",
        FAMILIES, by=(), order=place,
    )  # fmt: skip


def key_wordings(batches: Batches, *, bits: int) -> Batches:
    """Yield the table `keyed_wordings`: each prompt under each of its wording keys.

    Parameters
    ----------
    bits
        How many lower bits of a key `gather_families` gives to the number of a row.
    """
    for batch in batches:
        sketches = _sketches(batch.column(c.WORDING_SKETCH.name))
        keys = (wording_keys(sketches) >> np.uint64(bits)).astype(np.int64)
        rows = np.repeat(np.arange(batch.num_rows), BANDS)
        yield pa.RecordBatch.from_arrays(
            [
                pa.array(np.tile(np.arange(BANDS, dtype=np.int32), batch.num_rows)),
                pa.array(keys.ravel()),
                batch.column(c.PROMPT_DIGEST.name).take(pa.array(rows)),
                batch.column(c.WORDING_SKETCH.name).take(pa.array(rows)),
            ],
            names=list(KEYED.names),
        )


@kernel
def _agree_each(sketches, rows, others, agree):
    for at in range(rows.size):
        agree[at] = are_alike(sketches, rows[at], others[at])


def compare_neighbours(batches: Batches) -> Batches:
    """Yield the table `like_wordings` of sorted `keyed_wordings`: prompts that agree with the one before or the first.

    The first and the last prompt under a key wait for those of the next batch.
    """
    waiting: pa.RecordBatch | None = None
    for batch in batches:
        held = 0 if waiting is None else waiting.num_rows
        rows = batch if waiting is None else pa.concat_batches([waiting, batch])
        band, key = (rows.column(name).to_numpy() for name in (BAND.name, WORDING_KEY.name))
        begins = np.ones(len(band), bool)
        begins[1:] = (band[1:] != band[:-1]) | (key[1:] != key[:-1])
        start = np.maximum.accumulate(np.where(begins, np.arange(len(band)), 0))
        yield _likes(rows, start, np.flatnonzero(~begins & (np.arange(len(band)) >= held)))
        last = len(band) - 1
        waiting = rows.take(pa.array([start[last], last]))


def _likes(rows: pa.RecordBatch, start: Ints, at: Ints) -> pa.RecordBatch:
    sketches = _sketches(rows.column(c.WORDING_SKETCH.name))
    digests = rows.column(c.PROMPT_DIGEST.name).to_numpy()
    agree = []
    for other in (at - 1, start[at]):
        agree.append(np.empty(len(at), bool))
        _agree_each(sketches, at, other, agree[-1])
    kept = agree[0] | agree[1]
    at = at[kept]
    columns = [rows.column(name).take(pa.array(at)) for name in (BAND.name, WORDING_KEY.name)]
    others = [pa.array(digests[place]) for place in (at, at - 1, start[at])]
    return pa.RecordBatch.from_arrays(
        [*columns, *others, *(pa.array(one[kept]) for one in agree)], names=list(LIKE.names)
    )


@kernel
def _join_each(prompts, likes, sketches, parents):
    """Join as `_join_runs` does, given the place of a prompt, of the one before it and the first, or -1."""
    for at in range(prompts.shape[0]):
        one = root_of(parents, prompts[at, 0])
        for place in range(2):
            other = prompts[at, place + 1]
            if other < 0:
                continue
            two = root_of(parents, other)
            if one == two:
                break
            if likes[at, place] and are_alike(sketches, one, two):
                parents[max(one, two)] = min(one, two)
                break


def join_likes(batches: Batches) -> Batches:
    """Yield the table `families`, given the sketches of prompts, sorted, and after them sorted `like_wordings`."""
    digests, sketches = [np.empty(0, np.int64)], [np.empty((0, POSITIONS), np.uint8)]
    members: Ints | None = None
    parents, told = np.empty(0, np.int64), sketches[0]
    for batch in batches:
        prompts = int(np.searchsorted(batch.column(BAND.name).to_numpy(), 0))
        if prompts:
            digests.append(batch.column(c.PROMPT_DIGEST.name).slice(0, prompts).to_numpy())
            sketches.append(_sketches(batch.column(c.WORDING_SKETCH.name).slice(0, prompts)))
        if prompts == batch.num_rows:
            continue
        if members is None:
            members, told = np.concatenate(digests), np.concatenate(sketches)
            parents, digests, sketches = np.arange(len(members)), [], []
        pairs = batch.slice(prompts)
        places = [_places(members, pairs.column(name)) for name in (c.PROMPT_DIGEST.name, BEFORE.name, FIRST.name)]
        likes = [pairs.column(name).to_numpy(zero_copy_only=False) for name in (LIKE_BEFORE.name, LIKE_FIRST.name)]
        _join_each(np.column_stack(places), np.column_stack(likes).astype(bool), told, parents)
    if members is not None:
        flatten(parents)
        shared = np.bincount(parents, minlength=len(parents))[parents] > 1
        yield pa.RecordBatch.from_arrays(
            [pa.array(members[shared]), pa.array(members[parents[shared]])], names=list(FAMILIES.names)
        )


def _places(members: Ints, digests: pa.Array) -> Ints:
    wanted = digests.to_numpy(zero_copy_only=False)
    places = np.minimum(np.searchsorted(members, wanted), len(members) - 1)
    return np.where(members[places] == wanted, places, -1)


def _sketches(column: pa.Array) -> Sketches:
    """Return sketches that travelled as bytes of any length; all are whole."""
    fixed = column.cast(c.WORDING_SKETCH.type)
    values = np.frombuffer(fixed.buffers()[1], np.uint8)[: (fixed.offset + len(fixed)) * POSITIONS]
    return values.reshape(-1, POSITIONS)[fixed.offset :]
