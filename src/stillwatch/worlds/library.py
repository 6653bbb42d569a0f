"""Real prompts in place of the grammar's: a folder of them, by side and topic."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stillwatch.world_errors import PromptsUnreadable
from stillwatch.worlds.seeds import seed_of
from stillwatch.worlds.text.grammar import Grammar, Quote, Sources

SUFFIXES = (".parquet", ".jsonl", ".txt")
CAMPAIGN_FOLDERS = frozenset({"attack", "campaign", "campaigns", "harvest"})
_TEXTS = ("text", "prompt", "prompt_text", "instruction", "question")
_TOPICS = ("topic", "label", "category", "account_id")
# where a file names no topics, neighbours in it are taken for one
_NEIGHBOURS = 100
_SAID_BY_PEOPLE = re.compile(
    r"ask\.(en\.\w+|code|maths|work|smalltalk|es|de|zh|ja)|follow\.(en|es|de|zh|ja|work)|app\.payload"
)
_ASKED_BY_CAMPAIGNS = re.compile(r"task\.\w+")

Topics = list[pa.Array]


def with_prompts(grammar: Grammar, folder: Path) -> Grammar:
    """Return the grammar with a folder's prompts in place of what people ask, and of what campaigns want answered.

    Each person keeps to about three topics of the folder, as to those of the grammar. What stands in a folder named
    `attack`, `campaign` or `harvest` is asked by campaigns, within their templates; everything else by honest accounts.
    Where one side has no prompts, it keeps the grammar's.

    Parameters
    ----------
    folder
        Parquet or JSON Lines with a column `text` (or `prompt`) and perhaps `topic`, or texts of one prompt a line.

    Raises
    ------
    PromptsUnreadable
        The folder or a file in it cannot be read, or holds no prompts.
    """
    honest, campaigns = _sides(folder)
    quotes: dict[str, Quote] = {}
    sides: list[Topics] = []
    for topics, said, kept in ((honest, _SAID_BY_PEOPLE, True), (campaigns, _ASKED_BY_CAMPAIGNS, False)):
        if topics:
            names = [name for name in grammar.names if said.fullmatch(name)]
            quotes |= {name: Quote(len(sides), kept, seed_of("quote", name)) for name in names}
            sides.append(topics)
    return grammar.quoting(quotes, _sources(sides))


def _sides(folder: Path) -> tuple[Topics, Topics]:
    with PromptsUnreadable.told_of(folder):
        files = sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file())
        folder.stat()
    sides: tuple[Topics, Topics] = ([], [])
    for path in files:
        parts = {part.lower() for part in path.relative_to(folder).parts[:-1]}
        sides[bool(parts & CAMPAIGN_FOLDERS)].extend(_topics(path))
    if not any(sides):
        raise PromptsUnreadable(folder, f"no prompt in {len(files)} files that end in {', '.join(SUFFIXES)}")
    return sides


def _topics(path: Path) -> Iterator[pa.Array]:
    """Yield the prompts of a file, a topic at a time."""
    texts, labels = _read(path)
    shown = pc.greater(pc.binary_length(pc.fill_null(texts, "")), 0)
    texts = texts.filter(shown)
    if not len(texts):
        return
    if labels is None:
        yield from (texts.slice(start, _NEIGHBOURS) for start in range(0, len(texts), _NEIGHBOURS))
        return
    codes = labels.filter(shown).fill_null("").dictionary_encode().indices.to_numpy(zero_copy_only=False)
    order = np.argsort(codes, kind="stable")
    bounds = np.flatnonzero(np.diff(codes[order], prepend=-1))
    for rows in np.split(order, bounds[1:]):
        yield texts.take(pa.array(rows))


def _read(path: Path) -> tuple[pa.Array, pa.Array | None]:
    try:
        with PromptsUnreadable.told_of(path):
            columns = _columns(path)
    except (pa.ArrowException, UnicodeDecodeError, ValueError) as error:
        raise PromptsUnreadable(path, " ".join(str(error).split())[:200]) from error
    text = next((name for name in _TEXTS if name in columns), None)
    if text is None:
        raise PromptsUnreadable(path, f"columns {', '.join(f'`{name}`' for name in columns) or 'none'}")
    topic = next((name for name in _TOPICS if name in columns), None)
    return columns[text], columns[topic] if topic else None


def _columns(path: Path) -> dict[str, pa.Array]:
    wanted = (*_TEXTS, *_TOPICS)
    if path.suffix == ".parquet":
        names = [name for name in pq.read_schema(path).names if name in wanted]
        table = pq.read_table(path, columns=names)
        return {name: table[name].cast(pa.large_string()).combine_chunks() for name in names}
    # not `splitlines`: a prompt may hold other line separators, as JSON allows
    lines = path.read_text(encoding="utf-8").split("\n")
    if path.suffix == ".txt":
        return {"text": pa.array(lines, pa.large_string())}
    return _of_objects([json.loads(line) for line in lines if line.strip()], wanted)


def _of_objects(rows: Iterable[Any], wanted: Iterable[str]) -> dict[str, pa.Array]:
    objects = [row if isinstance(row, dict) else {} for row in rows]
    names = [name for name in wanted if any(name in row for row in objects)]
    return {
        name: pa.array([None if row.get(name) is None else str(row[name]) for row in objects], pa.large_string())
        for name in names
    }


def _sources(sides: list[Topics]) -> Sources:
    topics = [topic for side in sides for topic in side]
    sizes = [pc.binary_length(topic).to_numpy(zero_copy_only=False) for topic in topics]
    texts = pa.concat_arrays([topic.cast(pa.large_binary()) for topic in topics])
    bounds = np.cumsum([0, *map(len, topics)])
    return Sources(
        np.frombuffer(b"".join(texts.to_pylist()), np.uint8), np.cumsum(np.concatenate([[0], *sizes])).astype(np.int64),
        bounds, np.cumsum([0, *map(len, sides)]),
    )  # fmt: skip
