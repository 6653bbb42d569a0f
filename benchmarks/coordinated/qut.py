"""QUT's coordination-network-toolkit (PyPI, 1.5.2), run for real by an interpreter of its own.

Graham, QUT Digital Observatory (2020), Coordination Network Toolkit. It brings many packages along and is therefore no
dependency of this project: `--qut-python` names an interpreter that has it. Its functions are called as its command
line calls them.
"""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHILD = Path(__file__)


@dataclass(frozen=True)
class Told:
    """What the toolkit says: pairs in both orders with their weights, and how long it took (seconds)."""

    weights: dict[tuple[object, object], int]
    loading_s: float
    computing_s: float


def qut_told(python: Path, shares: Any, network: str, window_s: int, fewest_messages: int) -> Told:
    """Let the toolkit load a table of shares and compute a network (`co_retweet` or `co_link`).

    Raises
    ------
    subprocess.CalledProcessError
        The interpreter does not have the toolkit.
    """
    with tempfile.TemporaryDirectory() as folder:
        rows = shares.select(
            message_id="message", user_id="account", username="account",
            repost_id="object" if network == "co_retweet" else _empty(), reply_id=_empty(), message=_empty(),
            timestamp="second", urls="object" if network == "co_link" else _empty(),
        )  # fmt: skip
        rows.write_csv(Path(folder) / "posts.csv")
        options = [str(CHILD), folder, network, str(window_s), str(fewest_messages)]
        subprocess.run([str(python), *options], check=True, stdout=subprocess.DEVNULL)
        told = json.loads((Path(folder) / "told.json").read_text(encoding="utf-8"))
    kind = type(shares["account"][0])
    weights = {(kind(a), kind(b)): weight for a, b, weight in told["pairs"]}
    return Told(weights, told["loading_s"], told["computing_s"])


def _empty() -> Any:
    import polars as pl  # noqa: PLC0415 - the toolkit's interpreter runs this file without it

    return pl.lit("")


def _run(folder: Path, network: str, window_s: int, fewest_messages: int) -> None:
    """Be the child: load, compute, write what came out."""
    import sqlite3  # noqa: PLC0415
    import time  # noqa: PLC0415

    from coordination_network_toolkit.compute_networks import (  # type: ignore[import-not-found]  # noqa: PLC0415
        compute_co_link_network,
        compute_co_retweet_parallel,
    )
    from coordination_network_toolkit.preprocess import preprocess_csv_files  # type: ignore  # noqa: PLC0415

    compute = {"co_retweet": compute_co_retweet_parallel, "co_link": compute_co_link_network}[network]
    base, began = str(folder / "posts.db"), time.perf_counter()
    preprocess_csv_files(base, [str(folder / "posts.csv")])
    loaded = time.perf_counter()
    compute(base, window_s, n_threads=2, min_edge_weight=fewest_messages)
    done = time.perf_counter()
    with sqlite3.connect(base) as opened:
        pairs = opened.execute(f"SELECT * FROM {network}_network WHERE user_1 != user_2").fetchall()
    told = {"pairs": pairs, "loading_s": loaded - began, "computing_s": done - loaded}
    (folder / "told.json").write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    _run(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
