"""Wording families of prompts that come in batches: in one piece of memory, or in portions where it is too small."""
# mypy: disable-error-code="no-untyped-def"

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch import columns as c
from stillwatch.engine.base import Engine
from stillwatch.engine.compiled import kernel
from stillwatch.marks.families import MOST_LONE_PROMPTS, continue_families, families_of
from stillwatch.marks.sketch import POSITIONS
from stillwatch.tables import FAMILIES, FAMILY_PROMPTS, WORDINGS

PROMPT_BYTES = 100  # for each: its sketch, digest and family, two keys, and what sorting them takes
PORTION_BYTES = 450  # a later portion is held beside first prompts of families, and copied to be compared with them
_SLICED = 52  # bits of a digest below those that number its slice: there are 4,096 slices


@kernel
def _first_of_equals(digests, order):
    """Put the lowest place of each run of equal digests, which are sorted, before the others of the run."""
    first = 0
    for at in range(1, order.size):
        if digests[at] != digests[first]:
            first = at
        elif order[at] < order[first]:
            order[first], order[at] = order[at], order[first]


@kernel
def _permute(rows, order):
    """Move row `order[i]` to row `i`, for every `i`, in place; `order` is used up."""
    for begin in range(order.size):
        at = begin
        while order[at] != begin and order[at] >= 0:  # each step puts one row where it belongs
            source = order[at]
            for column in range(rows.shape[1]):
                rows[at, column], rows[source, column] = rows[source, column], rows[at, column]
            order[at] = -1
            at = source
        order[at] = -1


@kernel
def _keep_rows(rows, kept):
    """Move the rows that are kept to the front, in their order; return how many there are."""
    size = 0
    for row in range(kept.size):
        if kept[row]:
            for column in range(rows.shape[1]):
                rows[size, column] = rows[row, column]
            size += 1
    return size


class Prompts:
    """Digests and sketches of prompts in one piece of memory, filled batch by batch."""

    def __init__(self, most: int) -> None:
        self._digests = np.empty(most, np.int64)
        self._sketches = np.empty((most, POSITIONS), np.uint8)
        self.size = 0

    def add(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Add prompts as far as they fit; return the others."""
        taken = batch.slice(0, len(self._digests) - self.size)
        place = slice(self.size, self.size + taken.num_rows)
        self._digests[place] = taken[c.PROMPT_DIGEST.name].to_numpy()
        column = taken[c.WORDING_SKETCH.name].cast(pa.binary())
        start = np.frombuffer(column.buffers()[1], np.int32)[column.offset] if len(column) else 0
        given = np.frombuffer(column.buffers()[2] or b"", np.uint8, taken.num_rows * POSITIONS, start)
        self._sketches[place] = given.reshape(-1, POSITIONS)
        self.size = place.stop
        return batch.slice(taken.num_rows)

    def distinct(self, *, in_place: bool = False) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
        """Return each prompt once, by digest; what was added is used up.

        In place costs no memory and more time, and there is room for nothing afterwards.
        """
        order = np.argsort(self._digests[: self.size])
        digests = self._digests[order]
        _first_of_equals(digests, order)
        new = np.ones(self.size, np.bool_)
        np.not_equal(digests[1:], digests[:-1], out=new[1:])
        sketches = self._sketches[: self.size].view(np.uint64)
        self.size = 0
        if not in_place:
            return digests[new], sketches[order[new]].view(np.uint8)
        self._digests = np.empty(0, np.int64)
        _permute(sketches, order)
        return digests[new], sketches[: _keep_rows(sketches, new)].view(np.uint8)


def gather_at_once(batches: Iterable[pa.RecordBatch], prompts_count: int) -> pa.Table:
    """Return the table `families` of prompts, each as often as it was asked.

    Parameters
    ----------
    batches
        Columns `prompt_digest` and `wording_sketch`, without nulls, in any order.
    prompts_count
        How many rows there are in all of them.
    """
    prompts = Prompts(prompts_count)
    for batch in batches:
        prompts.add(batch)
    return families_of(*prompts.distinct(in_place=True))


def gather_in_portions(portions: Iterable[Iterable[pa.RecordBatch]], most: int) -> pa.Table:
    """Return the table `families` of prompts of which not all are in memory at once.

    They are gathered as the days of a state are: families of one portion go on in the next, and prompts that stay alone
    are kept for later ones up to `MOST_LONE_PROMPTS`. Families then depend on which prompts are of one portion.

    Parameters
    ----------
    portions
        Batches as of `gather_at_once`. All rows of a prompt are of one portion.
    most
        Rows that are gathered at once. Of a portion that has more, the order decides which are.
    """
    prompts, gathered = Prompts(most), _Gathered()
    for portion in portions:
        for batch in portion:
            rest = prompts.add(batch)
            while rest.num_rows:
                gathered.go_on(*prompts.distinct())
                rest = prompts.add(rest)
        gathered.go_on(*prompts.distinct())
    return gathered.families


def keep_families(engine: Engine, memory_bytes: int) -> bool:
    """Make the table `families` of the table `marks` known to the engine.

    Parameters
    ----------
    memory_bytes
        What the prompts may take.

    Returns
    -------
    bool
        Whether all prompts were gathered at once; if not, the families depend on `memory_bytes`, though on no order.
    """
    shown = "FROM marks WHERE prompt_digest IS NOT NULL AND words_count > 0 AND wording_sketch IS NOT NULL"
    rows = engine.sql(f"SELECT (prompt_digest >> {_SLICED})::INTEGER AS slice, count(*) AS n {shown} GROUP BY slice")
    count, columns = pc.sum(rows["n"]).as_py() or 0, f"SELECT prompt_digest, wording_sketch {shown}"
    if count * PROMPT_BYTES <= memory_bytes:
        engine.name("families", gather_at_once(engine.batches(columns, short_rows=True), count))
        return True
    most = max(1, memory_bytes // PORTION_BYTES)
    queries = (f"{columns} AND {condition}" for condition in _portions(rows.sort_by("slice"), most))
    portions = (engine.batches(query, short_rows=True) for query in queries)
    engine.name("families", gather_in_portions(portions, most))
    return False


def _portions(slices: pa.Table, most: int) -> Iterator[str]:
    """Yield the SQL of portions: slices of the digests that follow each other, as many as have `most` rows together.

    Digests are even, so that hardly any slice has more by itself; such a one is put in order.
    """
    first, held, last = None, 0, 0
    for number, count in zip(slices["slice"].to_pylist(), slices["n"].to_pylist(), strict=True):
        if first is not None and held + count > most:
            yield _of_slices(first, last)
            first, held = None, 0
        first, held, last = number if first is None else first, held + count, number
        if held > most:
            yield f"{_of_slices(first, last)} ORDER BY prompt_digest"
            first, held = None, 0
    if first is not None:
        yield _of_slices(first, last)


def _of_slices(first: int, last: int) -> str:
    return f"prompt_digest BETWEEN {first << _SLICED} AND {((last + 1) << _SLICED) - 1}"


class _Gathered:
    """The families of the portions so far, their first prompts, and the prompts that are alone."""

    def __init__(self) -> None:
        self._families, self._first, self._lone = FAMILIES.empty(), FAMILY_PROMPTS.empty(), FAMILY_PROMPTS.empty()

    def go_on(self, digests: npt.NDArray[np.int64], sketches: npt.NDArray[np.uint8]) -> None:
        """Gather another portion of distinct prompts."""
        kind = c.WORDING_SKETCH.type
        column = pa.Array.from_buffers(kind, len(digests), [None, pa.py_buffer(sketches)])
        ones = np.ones(len(digests), np.int64)
        wordings = pa.table([digests, column, ones, ones], schema=WORDINGS.schema)
        continued = continue_families(wordings, self._first, self._lone)
        self._families = pa.concat_tables([self._families, continued.families])
        self._first = pa.concat_tables([self._first, continued.begun])
        lone = pa.concat_tables([self._lone, continued.alone])
        self._lone = lone.slice(max(0, lone.num_rows - MOST_LONE_PROMPTS))

    @property
    def families(self) -> pa.Table:
        """The table `families` of all portions: of a prompt in several, the family that it came into first."""
        digests = self._families[c.PROMPT_DIGEST.name].to_numpy()
        _, first = np.unique(digests, return_index=True)
        return self._families if len(first) == len(digests) else self._families.take(pa.array(first))
