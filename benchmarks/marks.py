"""Speed of the marks stage on one core, against reading the prompts alone.

    python benchmarks/marks.py [PARQUET]

Without a Parquet file with a column `prompt_text`, the text is made here: templates of 10 to 80 words, of which some
are filled in anew, some quotations and numbers, 1 in 20 in Chinese.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.engine.compiled import kernel
from stillwatch.marks.bytes_of import bytes_of
from stillwatch.marks.described import describe_prompts
from stillwatch.marks.families import gather_families
from stillwatch.marks.kernel import desk_for
from stillwatch.marks.mark import mark_exchanges
from stillwatch.marks.meanings import MEANING_DIMENSIONS, load_meanings, meaning_of_words, pick_known
from stillwatch.marks.warm import warm
from stillwatch.marks.words import hash_words
from stillwatch.tables import EXCHANGES, WORDINGS

ROWS_COUNT, BATCH_ROWS, REPEATS = 200_000, 20_000, 5
KEY = bytes(range(16))


def made_prompts() -> pa.Array:
    draw = np.random.default_rng(1)
    letters = np.array(list("etaoinshrdlucmfwypvbgkjqxz"))
    words = ["".join(draw.choice(letters, size)) for size in draw.integers(2, 11, 5000)]
    words += ['"a quoted thing"', "2026", "gpt4o", "1,200", "`x = 1`"] * 50
    templates = [draw.choice(words, size) for size in draw.integers(10, 80, 300)]
    chinese = [chr(code) for code in range(0x4E00, 0x5200)]
    texts = []
    for template in draw.integers(0, len(templates), ROWS_COUNT):
        text = templates[template].copy()
        text[draw.integers(0, len(text), 5)] = draw.choice(words, 5)
        texts.append("".join(draw.choice(chinese, 80)) if template % 20 == 0 else " ".join(text))
    return pa.array(texts, pa.large_string())


def exchanges_of(prompts: pa.Array, rows: int) -> list[pa.RecordBatch]:
    size = len(prompts)
    given = {
        "exchange_id": pa.array([str(row) for row in range(size)]),
        "asked_at": pa.array(np.zeros(size, np.int64)).cast(pa.timestamp("us", "UTC")),
        "account_id": pa.array(["a"] * size),
        "prompt_text": prompts,
    }
    columns = [given.get(field.name, pa.nulls(size, field.type)) for field in EXCHANGES.schema]
    return pa.table(columns, schema=EXCHANGES.schema).to_batches(rows)


def least_seconds(action: Callable[[], object]) -> float:
    """Return the least CPU time of several runs, all threads together."""
    spent = []
    for _ in range(REPEATS):
        before = time.process_time()
        action()
        spent.append(time.process_time() - before)
    return min(spent)


@kernel
def _find_meanings(starts, hashes, meanings, desk, vectors):
    for row in range(starts.size - 1):
        count = starts[row + 1] - starts[row]
        for at in range(count):
            desk.words[at] = hashes[starts[row] + at]
        meaning_of_words(pick_known(count, meanings, desk), meanings, desk, vectors[row])


def print_meanings(prompts: pa.Array) -> None:
    """Print the speed of the meaning vectors: of words that have been read, and with reading them and the style."""
    starts, hashes = hash_words(prompts)
    vectors, desk = np.empty((len(prompts), MEANING_DIMENSIONS), np.int8), desk_for(bytes_of(prompts))
    _find_meanings(starts[:2], hashes, load_meanings(), desk, vectors)
    describe_prompts(prompts[:1])
    alone = least_seconds(lambda: _find_meanings(starts, hashes, load_meanings(), desk, vectors))
    described = least_seconds(lambda: describe_prompts(prompts))
    count = len(prompts)
    print(f"meanings    {alone:6.3f} CPU s for {len(hashes) / count:.0f} words {count / alone:10,.0f} prompts/s a core")
    print(f"described   {described:6.3f} CPU s with reading and style {count / described:10,.0f} prompts/s a core")


def main(path: Path | None) -> None:
    started = time.perf_counter()
    compiled = warm()
    print(f"kernels {'compiled' if compiled else 'loaded'} in {time.perf_counter() - started:.1f} s")
    with tempfile.TemporaryDirectory() as folder:
        if path is None:
            path = Path(folder) / "prompts.parquet"
            pq.write_table(pa.table({"prompt_text": made_prompts()}), path, compression="zstd")
        read = least_seconds(lambda: pq.read_table(path, columns=["prompt_text"], use_threads=False))
        prompts = pq.read_table(path, columns=["prompt_text"])["prompt_text"].cast(pa.large_string()).combine_chunks()
    batches = exchanges_of(prompts, BATCH_ROWS)
    spent = least_seconds(lambda: [mark_exchanges(batch, key=KEY) for batch in batches])
    size, count = prompts.nbytes / 1e6, len(prompts)
    print(f"{count:,} prompts, {size:,.0f} MB, {1e6 * size / count:.0f} bytes each")
    print(f"read alone  {read:6.3f} CPU s  {size / read:7.0f} MB/s")
    print(f"all marks   {spent:6.3f} CPU s  {size / spent:7.0f} MB/s  {count / spent:9,.0f} prompts/s a core")
    print(f"reading and marking is {(read + spent) / read:.1f} times reading")
    print_meanings(prompts)
    marks = pa.Table.from_batches([mark_exchanges(batch, key=KEY) for batch in batches])
    distinct = marks.group_by("prompt_digest", use_threads=False).aggregate(
        [("wording_sketch", "first"), ("words_count", "first"), ("words_count", "count")]
    )
    wordings = pa.table(distinct.columns, schema=WORDINGS.schema)
    seconds = least_seconds(lambda: gather_families(wordings))
    print(f"families    {seconds:6.3f} CPU s for {len(wordings):,} distinct prompts")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
