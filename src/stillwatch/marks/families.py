"""Wording families: prompts whose masked wording is shared, as those from one template with its slots filled.

Prompts that share a wording key are compared, and their families joined where at least `FEWEST_EQUAL` of the 64
positions of their sketches are equal, and of the sketches of the families' first prompts too. Without the second check
a chain of prompts that are each a little like the next gathers half of all prompts into one family.
"""
# mypy: disable-error-code="no-untyped-def"

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch import columns as c
from stillwatch.engine.compiled import kernel, piece
from stillwatch.engine.intrinsics import fetch
from stillwatch.engine.sums import equal64
from stillwatch.marks.sketch import BANDS, POSITIONS, band_key
from stillwatch.tables import FAMILIES, WORDINGS

FEWEST_EQUAL = 16
MOST_LONE_PROMPTS = 500_000  # of earlier days or portions; gathering them anew takes a second
WORDINGS_OF_MARKS = """SELECT prompt_digest, min(wording_sketch) AS wording_sketch, max(words_count) AS words_count,
                              count(*) AS exchanges_count
                       FROM marks WHERE prompt_digest IS NOT NULL AND words_count > 0 GROUP BY prompt_digest"""
_AHEAD = 16  # keys between asking for what a row needs and reading it, which memory takes about as long to give


@piece
def root_of(parents, row):
    """Return the first row of a row's family, and shorten the way to it."""
    while parents[row] != row:
        parents[row] = parents[parents[row]]
        row = parents[row]
    return row


@piece
def are_alike(sketches, one, other):
    """Return whether two sketches are equal in so many positions that their prompts may be of one wording."""
    return equal64(sketches, one, other) >= FEWEST_EQUAL


@piece
def _ask_for_sketch(sketches, row):
    fetch(sketches, row * POSITIONS)
    fetch(sketches, row * POSITIONS + POSITIONS - 1)  # a row may lie across two cache lines


@piece
def _ask_ahead(keys, at, bits, sketches, parents):
    """Ask for what `_join_runs` will read of the rows ahead that share a key: their parents, then sketches."""
    rows = (np.uint64(1) << bits) - np.uint64(1)
    far, near = at + 2 * _AHEAD, at + _AHEAD
    if far < keys.size and keys[far] >> bits == keys[far - 1] >> bits:
        fetch(parents, np.int64(keys[far] & rows))
        fetch(parents, np.int64(keys[far - 1] & rows))
    if near < keys.size and keys[near] >> bits == keys[near - 1] >> bits:
        row, before = np.int64(keys[near] & rows), np.int64(keys[near - 1] & rows)
        if parents[row] != parents[before]:
            _ask_for_sketch(sketches, row)
            _ask_for_sketch(sketches, before)
            _ask_for_sketch(sketches, np.int64(parents[row]))
            _ask_for_sketch(sketches, np.int64(parents[before]))


@kernel
def _key_rows(sketches, band, bits, keys):
    for row in range(keys.size):
        keys[row] = ((band_key(sketches, row, band) >> bits) << bits) | np.uint64(row)


@kernel
def _join_runs(keys, bits, sketches, parents, known):
    """Join rows that follow each other under one key, given sorted keys with the row in their lower bits.

    The families of two of the first `known` rows are never joined: they were told apart before.
    """
    rows = (np.uint64(1) << bits) - np.uint64(1)
    first, family = np.int64(keys[0] & rows), np.int64(-1)  # the family of the row before, where it is known
    for at in range(1, keys.size):
        _ask_ahead(keys, at, bits, sketches, parents)
        row, before = np.int64(keys[at] & rows), np.int64(keys[at - 1] & rows)
        if keys[at] >> bits != keys[at - 1] >> bits:
            first, family = row, np.int64(-1)
            continue
        if family < 0:
            family = root_of(parents, before)
        one, two, other = np.int64(root_of(parents, row)), family, before
        for _ in range(2):
            if one == two:
                break
            if max(one, two) >= known and are_alike(sketches, row, other) and are_alike(sketches, one, two):
                parents[max(one, two)] = min(one, two)
                one = min(one, two)
                break
            other = first
            two = np.int64(root_of(parents, first))
        family = one


@kernel
def flatten(parents):
    """Have every row name the first row of its family, given that each names a row before it or itself."""
    for row in range(parents.size):
        parents[row] = parents[parents[row]]


def gather_families(wordings: pa.Table) -> pa.Table:
    """Return the family of every prompt that shares its wording with another; prompts without a family are absent.

    A family is named after the smallest prompt digest in it, so its name does not depend on the order of rows.

    Parameters
    ----------
    wordings
        Table `wordings`. Rows without a sketch have no family.

    Returns
    -------
    pa.Table
        Table `families`, by prompt digest.

    Raises
    ------
    TableMismatch
        `wordings` does not keep its declaration.

    Notes
    -----
    Memory: 200 bytes for each prompt, 64 of them the sorted sketches. Time grows as n log n: each row is compared with
    two others under each of its `BANDS` keys.
    """
    WORDINGS.check(wordings, "the caller of gather_families")
    shown = wordings.select([c.PROMPT_DIGEST.name, c.WORDING_SKETCH.name]).drop_null()
    shown = shown.sort_by(c.PROMPT_DIGEST.name).combine_chunks()
    families = families_of(shown[c.PROMPT_DIGEST.name].to_numpy(), sketches_of(shown[c.WORDING_SKETCH.name]))
    FAMILIES.check(families, "gather_families")
    return families


def families_of(digests: npt.NDArray[np.int64], sketches: npt.NDArray[np.uint8]) -> pa.Table:
    """Return the table `families` of distinct prompts, given their digests, ascending, and the sketch of each."""
    parents = _parents(sketches)
    shared = np.bincount(parents, minlength=len(parents))[parents] > 1
    return pa.table([digests[shared], digests[parents[shared]]], schema=FAMILIES.schema)


@dataclass(frozen=True)
class Continued:
    """Families of a day: for its prompts; the first prompts of families that begin; prompts that stay alone so far."""

    families: pa.Table
    begun: pa.Table
    alone: pa.Table


def continue_families(wordings: pa.Table, first_prompts: pa.Table, lone_prompts: pa.Table) -> Continued:
    """Return the families of a day's prompts, given prompts of the days before.

    A prompt that shares its wording with a family known before belongs to it; the others are gathered as
    `gather_families` does, with lone prompts of the days before. So those days need not be gathered again, and
    families keep their names.

    Parameters
    ----------
    wordings
        Table `wordings` of one day, in any order.
    first_prompts
        Table `family_prompts`: the first prompt of each family known, in the order of days.
    lone_prompts
        Table `family_prompts`: prompts that had no family so far; those that are first prompts by now are passed over.

    Notes
    -----
    Families found apart stay apart, and a prompt of an earlier day that finds company today has had none until then:
    docs/decisions/0008 has what that changes.
    """
    WORDINGS.check(wordings, "the caller of continue_families")
    digest = c.PROMPT_DIGEST.name
    shown = _by_digest(wordings.select([digest, c.WORDING_SKETCH.name]).drop_null())
    before = pa.concat_tables([first_prompts, _without(lone_prompts, first_prompts)]).combine_chunks()
    known = pc.index_in(shown[digest], value_set=before[digest].combine_chunks())
    is_new = pc.is_null(known)
    rows = pa.concat_tables([before, shown.filter(is_new)]).combine_chunks()
    digests, number = rows[digest].to_numpy(), np.arange(rows.num_rows)
    parents = _parents(sketches_of(rows[c.WORDING_SKETCH.name]), before.num_rows)
    sizes = np.bincount(parents, minlength=len(parents))
    is_family = (number < first_prompts.num_rows) | (sizes > 1)
    places = pc.fill_null(known, 0).to_numpy().astype(np.int64)
    places[is_new.to_numpy()] = number[before.num_rows :]
    own = parents[places]
    told = is_family[own]
    families = pa.table([shown[digest].to_numpy()[told], digests[own[told]]], schema=FAMILIES.schema)
    FAMILIES.check(families, "continue_families")
    begun = (number >= first_prompts.num_rows) & (sizes > 1)
    alone = (number >= before.num_rows) & (parents == number) & (sizes == 1)
    return Continued(families, rows.filter(pa.array(begun)), rows.filter(pa.array(alone)))


def _by_digest(rows: pa.Table) -> pa.Table:
    digests = rows[c.PROMPT_DIGEST.name].to_numpy()
    return rows if bool((digests[1:] > digests[:-1]).all()) else rows.sort_by(c.PROMPT_DIGEST.name)


def _without(rows: pa.Table, others: pa.Table) -> pa.Table:
    held = others[c.PROMPT_DIGEST.name].combine_chunks()
    return rows.filter(pc.invert(pc.is_in(rows[c.PROMPT_DIGEST.name], value_set=held)))


def sketches_of(column: pa.ChunkedArray) -> npt.NDArray[np.uint8]:
    """Return a column of sketches as a matrix, one row for each; the column is one chunk without nulls."""
    if not len(column):
        return np.empty((0, POSITIONS), np.uint8)
    (chunk,) = column.chunks
    values = np.frombuffer(chunk.buffers()[1], np.uint8).reshape(-1, POSITIONS)
    return values[chunk.offset : chunk.offset + len(chunk)]


def _parents(sketches: npt.NDArray[np.uint8], known: int = 0) -> npt.NDArray[np.int32]:
    """Return for each row the first row of its family, given how many rows stand for families known before."""
    parents = np.arange(len(sketches), dtype=np.int32)
    bits = np.uint64(len(sketches).bit_length())
    rooms = [np.empty(len(sketches), np.uint64) for _ in range(2)]

    def sorted_keys(band: int) -> npt.NDArray[np.uint64]:
        keys = rooms[band % 2]
        _key_rows(sketches, band, bits, keys)
        keys.sort()
        return keys

    with ThreadPoolExecutor(1) as ahead:  # the keys of the next band are sorted while those of one are joined
        waiting = ahead.submit(sorted_keys, 0)
        for band in range(BANDS if len(sketches) else 0):
            keys = waiting.result()
            if band + 1 < BANDS:
                waiting = ahead.submit(sorted_keys, band + 1)
            _join_runs(keys, bits, sketches, parents, known)
    flatten(parents)
    return parents
