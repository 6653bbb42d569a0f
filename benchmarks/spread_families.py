"""How many prompts the one task that joins wording families must hold, and what splitting it would give.

    python benchmarks/spread_families.py [STORY SCALE]

The figures of docs/decisions/0010: prompts that agree with another, the components that they form, and the rows that
share a wording key, for a world.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from stillwatch.marks.mark import mark_exchanges
from stillwatch.marks.spread_families import compare_neighbours, key_wordings
from stillwatch.tables import EXCHANGES
from stillwatch.worlds import Making, find_story, make

ORDER = [(name, "ascending") for name in ("band", "wording_key", "prompt_digest")]


def prompts_of(story: str, scale: float) -> tuple[int, pa.Table]:
    with tempfile.TemporaryDirectory() as folder:
        make(Making(find_story(story), scale=scale), Path(folder) / "world")
        rows = (
            pq.read_table(Path(folder) / "world" / "exchanges.parquet").select(EXCHANGES.names).cast(EXCHANGES.schema)
        )
    batches = rows.combine_chunks().to_batches(10_000)
    marks = pa.Table.from_batches([mark_exchanges(one, key=bytes(16)) for one in batches])
    shown = marks.select(["prompt_digest", "wording_sketch"]).filter(pc.is_valid(marks["wording_sketch"]))
    _, first = np.unique(shown["prompt_digest"].to_numpy(), return_index=True)
    return rows.num_rows, shown.take(pa.array(first)).combine_chunks()


def main(story: str = "february", scale: str = "0.0003") -> None:
    exchanges, prompts = prompts_of(story, float(scale))
    keyed = pa.Table.from_batches(key_wordings(prompts.to_batches(), bits=prompts.num_rows.bit_length())).sort_by(ORDER)
    like = pa.Table.from_batches(compare_neighbours(iter(keyed.to_batches(20_000))))
    pairs = []
    for other in ("before", "first"):
        agree = like.filter(like[f"like_{other}"])
        pairs.append(np.stack([agree["prompt_digest"].to_numpy(), agree[other].to_numpy()], axis=1))
    members, at = np.unique(np.concatenate(pairs), return_inverse=True)
    at = at.reshape(-1, 2)
    graph = coo_matrix((np.ones(len(at)), (at[:, 0], at[:, 1])), shape=(len(members),) * 2)
    count, labels = connected_components(graph, directed=False)
    _, sizes = np.unique(
        np.stack([keyed["band"].to_numpy().astype(np.int64), keyed["wording_key"].to_numpy()]),
        axis=1,
        return_counts=True,
    )
    print(f"{exchanges:,} exchanges, {prompts.num_rows:,} prompts with words")
    print(f"{len(members):,} agree with another, by {like.num_rows:,} rows; {count:,} components")
    print(f"the largest holds {np.bincount(labels).max():,}")
    print(f"{sizes[sizes > 1].sum():,} of {keyed.num_rows:,} keyed rows share their key")


if __name__ == "__main__":
    main(*sys.argv[1:])
