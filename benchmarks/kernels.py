"""Speed of the kernels over text on one core: against reading alone, against other libraries, against C.

    python benchmarks/kernels.py [PARQUET]

PARQUET has a column `prompt_text`, as the file that `stillwatch worlds make february --scale 0.005` writes; without
one the prompts are made here, about 1 kB each. All that a row compares is run in turns, and the figure is the median
over the turns. rensa and datasketch are compared where they are installed, the twin in C where there is a compiler; a
row that could not be had says why.

What is compared with rensa and datasketch: from a prompt's text to a signature of 128 numbers over the shingles of
three words of its masked wording. They get theirs from a regular expression for words, in lower case, as their
users do it; digits and quotations are not masked for them. Ours is one permutation with borrowing, rensa's `RMinHash`
and datasketch's `MinHash` take 128 permutations of one hash.
"""

import ctypes
import importlib.metadata
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from marks import exchanges_of
from stillwatch.engine.compiled import kernel
from stillwatch.engine.intrinsics import put, take
from stillwatch.engine.sums import mix8
from stillwatch.marks.bytes_of import bytes_of
from stillwatch.marks.characters import K1, K2, K3
from stillwatch.marks.kernel import Desk, Marks, Means, desk_for, means_of, no_marks, read_prompt
from stillwatch.marks.mark import mark_exchanges, trained_model
from stillwatch.marks.meanings import meaning_of_words, pick_known
from stillwatch.marks.sketch import MIXED, sketch_words
from stillwatch.marks.tokeniser import read_classes, read_words
from stillwatch.marks.vectors import vector_of_words
from stillwatch.marks.words import hash_words

ROWS_COUNT, BATCH_ROWS, TURNS, FEW = 40_000, 20_000, 7, 2_000
KEY = bytes(range(16))
TWIN = Path(__file__).with_name("kernels_twin.c")


class Batch(NamedTuple):
    """A batch of exchanges, and room to mark it."""

    exchanges: pa.RecordBatch
    desk: Desk
    marks: Marks


def made_prompts() -> pa.Array:
    draw = np.random.default_rng(1)
    letters = np.array(list("etaoinshrdlucmfwypvbgkjqxz"))
    words = ["".join(draw.choice(letters, size)) for size in draw.integers(2, 11, 5000)]
    words += ['"a quoted thing"', "2026", "gpt4o", "1,200", "`x = 1`", "src/app/main.py", "\n\n", "naïve"] * 40
    templates = [draw.choice(words, size) for size in draw.integers(20, 280, 300)]
    texts = []
    for template in draw.integers(0, len(templates), ROWS_COUNT):
        text = templates[template].copy()
        text[draw.integers(0, len(text), 12)] = draw.choice(words, 12)
        texts.append(" ".join(text))
    return pa.array(texts, pa.large_string())


def batches_of(prompts: pa.Array) -> list[Batch]:
    batches = exchanges_of(prompts, BATCH_ROWS)
    return [Batch(made, desk_for(bytes_of(made["prompt_text"])), no_marks(made.num_rows)) for made in batches]


@kernel
def _mark_wording(prompts, means, desk, marks):
    for row in range(prompts.valid.size):
        if prompts.valid[row]:
            marks.prompt_digest[row] = read_prompt(prompts, row, means.key, desk)
            count, plain = read_classes(prompts.offsets[row + 1] - prompts.offsets[row], desk)
            marks.words_count[row] = count
            if plain > 0:
                sketch_words(desk.words, count, means.sketch_seed, desk, marks.sketch[row])


@kernel
def _find_vectors(starts, hashes, means, desk, marks):
    for row in range(starts.size - 1):
        count = starts[row + 1] - starts[row]
        for at in range(count):
            desk.words[at] = hashes[starts[row] + at]
        vector_of_words(count, means.vector_seed, desk, marks.vector[row % BATCH_ROWS])
        known = pick_known(count, means.meanings, desk)
        meaning_of_words(known, means.meanings, desk, marks.meaning[row % BATCH_ROWS])


@kernel
def _sign(prompts, seed, desk, signatures):
    """Write 128 numbers for each prompt, the smallest shingle of each of 128 places; empty places borrow."""
    empty = np.uint32(0xFFFFFFFF)
    for row in range(prompts.valid.size):
        count, _ = read_words(prompts, row, desk)
        lowest = signatures[row]
        lowest[:] = empty
        for first in range(2, count, MIXED):
            size = min(count - first, MIXED)
            for at in range(0, size, 8):
                mix8(desk.words, first + at, K2, K3, seed, K1, K1, desk.mixed, at)
            for at in range(size):
                value = take(desk.mixed, at)
                place = np.int64(value >> np.uint64(57))
                put(lowest, place, min(take(lowest, place), np.uint32(value)))
        last = 127
        while last > 0 and lowest[last] == empty:
            last -= 1
        lent, distance = lowest[last], np.uint32(128 - last)
        for place in range(128):
            kept = lowest[place]
            is_empty = kept == empty
            lowest[place] = np.uint32(lent * np.uint32(2654435761) + distance) if is_empty else kept
            lent = lent if is_empty else kept
            distance = np.uint32(distance + np.uint32(1)) if is_empty else np.uint32(1)


def medians(*actions: Callable[[], object]) -> list[float]:
    """Return the median CPU time of each of some actions, run in turns."""
    spent: list[list[float]] = [[] for _ in actions]
    for turn in range(TURNS + 1):
        for action, times in zip(actions, spent, strict=True):
            before = time.process_time()
            action()
            if turn:
                times.append(time.process_time() - before)
    return [statistics.median(times) for times in spent]


def against_reading(path: Path, batches: list[Batch], means: Means) -> list[dict]:
    def wording() -> None:
        for batch in batches:
            _mark_wording(bytes_of(batch.exchanges["prompt_text"]), means, batch.desk, batch.marks)

    read, worded, marked = medians(
        lambda: pq.read_table(path, columns=["prompt_text"], use_threads=False),
        wording,
        lambda: [mark_exchanges(batch.exchanges, key=KEY) for batch in batches],
    )
    size = sum(batch.exchanges["prompt_text"].nbytes for batch in batches) / 1e6
    return [
        row("reading the column", size / read, "MB/s a core", ""),
        row("wording part", size / worded, "MB/s a core", ""),
        row("all marks", size / marked, "MB/s a core", ""),
        row("reading and wording, against reading", (read + worded) / read, "times the CPU", "at most 2.0"),
        row("reading and all marks, against reading", (read + marked) / read, "times the CPU", "at most 3.0"),
    ]


def vectors(prompts: pa.Array, batch: Batch, means: Means) -> list[dict]:
    starts, hashes = hash_words(prompts)
    desk = desk_for(bytes_of(prompts))
    (seconds,) = medians(lambda: _find_vectors(starts, hashes, means, desk, batch.marks))
    return [row("wording and meaning vectors", len(prompts) / seconds, "prompts/s a thread", "at least 500,000")]


_WORD = re.compile(r"\w+")


def _shingles(text: str) -> list[str]:
    words = _WORD.findall(text.lower())
    return [" ".join(words[at : at + 3]) for at in range(len(words) - 2)]


def _rensa() -> Callable[[str], object]:
    from rensa import RMinHash  # noqa: PLC0415 - optional

    def sign(text: str) -> object:
        made = RMinHash(num_perm=128, seed=1)
        made.update(_shingles(text))
        return made.digest()

    return sign


def _datasketch() -> Callable[[str], object]:
    from datasketch import MinHash  # noqa: PLC0415 - optional

    def sign(text: str) -> object:
        made = MinHash(num_perm=128)
        made.update_batch([shingle.encode() for shingle in _shingles(text)])
        return made.digest()

    return sign


def against_libraries(prompts: pa.Array, means: Means) -> list[dict]:
    few = prompts.slice(0, FEW)
    given, texts = bytes_of(few), few.fill_null("").to_pylist()
    desk, signatures = desk_for(given), np.empty((len(few), 128), np.uint32)
    found = []
    for name, prepare, bar in (("rensa", _rensa, "at least 15"), ("datasketch", _datasketch, "at least 50")):
        try:
            sign = prepare()
        except ImportError:
            found.append(row(f"signature of 128 numbers, against {name}", None, f"{name} is not installed", bar))
            continue
        ours, theirs = medians(
            lambda: [_sign(given, means.sketch_seed, desk, signatures) for _ in range(10)],
            lambda sign=sign: [sign(text) for text in texts],
        )
        title = f"signature of 128 numbers, against {name} {importlib.metadata.version(name)}"
        found.append(row(title, 10 * theirs / ours, "times as fast", bar))
    return found


def twin(folder: Path) -> Callable | str:
    """Return the twin in C, or why there is none."""
    compiler = next((name for name in ("cc", "gcc", "clang") if shutil.which(name)), None)
    if compiler is None:
        return "no C compiler"
    made = folder / "twin.so"
    command = [compiler, "-O3", "-march=native", "-shared", "-fPIC", str(TWIN), "-o", str(made)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    return ctypes.CDLL(str(made)).mark_wording if built.returncode == 0 else f"{compiler}: {built.stderr[:60]}"


def run_twin(function: Callable, batch: Batch, means: Means, out: Marks) -> None:
    """Mark a batch with the twin."""
    given, desk = bytes_of(batch.exchanges["prompt_text"]), batch.desk
    key = [ctypes.c_uint64(int(part)) for part in (*means.key, means.sketch_seed)]
    arrays = (desk.low, desk.folded, desk.bits, desk.words, out.prompt_digest, out.words_count, out.sketch)
    pointers = [ctypes.c_void_p(array.ctypes.data) for array in arrays]
    data, offsets = (ctypes.c_void_p(array.ctypes.data) for array in (given.data, given.offsets))
    function(data, offsets, ctypes.c_int64(len(given.valid)), *key, *pointers)


def against_c(batches: list[Batch], means: Means) -> list[dict]:
    with tempfile.TemporaryDirectory() as folder:
        function = twin(Path(folder))
        if isinstance(function, str):
            return [row("wording part, against C", None, function, "")]
        batch, out = batches[0], no_marks(batches[0].exchanges.num_rows)
        prompts = bytes_of(batch.exchanges["prompt_text"])
        ours, theirs = medians(
            lambda: _mark_wording(prompts, means, batch.desk, batch.marks),
            lambda: run_twin(function, batch, means, out),
        )
        pairs = (
            (getattr(batch.marks, name), getattr(out, name)) for name in ("prompt_digest", "words_count", "sketch")
        )
        equal = all(np.array_equal(one[prompts.valid], other[prompts.valid]) for one, other in pairs)
    return [
        row("wording part, against C", theirs / ours, "times as fast", ""),
        row("marks that differ from those of C", 0.0 if equal else 1.0, "", "none"),
    ]


def row(name: str, value: float | None, unit: str, bar: str) -> dict:
    return {"name": name, "value": value, "unit": unit, "bar": bar}


def rows(path: Path | None = None) -> list[dict]:
    """Return what is measured: dictionaries of name, value (None where it could not be had), unit and bar."""
    means = means_of(KEY, trained_model())
    with tempfile.TemporaryDirectory() as folder:
        if path is None:
            path = Path(folder) / "prompts.parquet"
            pq.write_table(pa.table({"prompt_text": made_prompts()}), path, compression="zstd")
        prompts = pq.read_table(path, columns=["prompt_text"])["prompt_text"].cast(pa.large_string())
        prompts = pa.concat_arrays(prompts.chunks)
        batches = batches_of(prompts)
        found = against_reading(path, batches, means)
    found += vectors(prompts, batches[0], means)
    return found + against_libraries(prompts, means) + against_c(batches, means)


def main(path: Path | None) -> None:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("numba", "pyarrow", "numpy"))
    print(f"{platform.machine()}, Python {platform.python_version()}, {versions}; median of {TURNS} turns")
    for found in rows(path):
        value = "-" if found["value"] is None else f"{found['value']:,.2f}"
        print(f"{found['name']:56} {value:>14} {found['unit']:20} {found['bar']}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
