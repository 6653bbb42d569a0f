"""Judge the vectors of words: how far they order pairs of prompts as the encoder does, on texts never learned from.

python benchmarks/vectors/evaluate.py            # the shipped vectors
python benchmarks/vectors/evaluate.py --choose   # the weights of training, by sources of training left out
"""

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import product

import encoder
import material
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import train
from scipy.stats import spearmanr

from stillwatch.columns import WORDING_VECTOR
from stillwatch.marks.described import describe_prompts
from stillwatch.marks.mark import mark_exchanges
from stillwatch.marks.meanings import MEANING_DIMENSIONS, Meanings
from stillwatch.tables import EXCHANGES

EACH, PAIRS = 500, 40_000
LEFT_OUT = ("benign/arena_hard", "benign/banking77", "attack/gpteacher_codegen", "benign/hh_rlhf_harmless")
Floats = npt.NDArray[np.float64]
Vectors = Callable[[list[str]], Floats]


def ours(texts: list[str], meanings: Meanings | None = None) -> Floats:
    """Return the meaning vectors."""
    return describe_prompts(pa.array(texts), meanings)[:, :MEANING_DIMENSIONS].astype(float)


def random_signs(texts: list[str]) -> Floats:
    """Return the wording vectors: 32 random signs of each different word."""
    size = len(texts)
    known = {"exchange_id": pa.array(map(str, range(size))), "account_id": pa.array(["a"] * size)}
    known |= {"asked_at": pa.array([0] * size, EXCHANGES.schema.field("asked_at").type), "prompt_text": pa.array(texts)}
    arrays = [known.get(field.name, pa.nulls(size, field.type)) for field in EXCHANGES.schema]
    given = pa.RecordBatch.from_arrays(
        [array.cast(field.type) for array, field in zip(arrays, EXCHANGES.schema, strict=True)], schema=EXCHANGES.schema
    )
    found = mark_exchanges(given, key=bytes(16))[WORDING_VECTOR.name]
    return np.array([vector or [0] * 32 for vector in found.to_pylist()], float)


def angles(vectors: Floats, pairs: npt.NDArray[np.int64]) -> Floats:
    """Return the cosine of each pair; 0 where a vector is empty."""
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    one, other = (vectors / lengths)[pairs]
    return np.asarray((one * other).sum(axis=1))


def agreement(vectors: Floats, said: Floats, pools: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Return Spearman's correlation with the encoder: over pairs from anywhere, and the mean of those of one pool."""
    draw = np.random.default_rng(material.SEED)
    anywhere = draw.integers(0, len(pools), (2, PAIRS))
    apart = anywhere[:, anywhere[0] != anywhere[1]]
    within = []
    for pool in np.unique(pools):
        places = np.flatnonzero(pools == pool)
        pairs = draw.choice(places, (2, PAIRS // 4))
        pairs = pairs[:, pairs[0] != pairs[1]]
        within.append(spearmanr(angles(vectors, pairs), angles(said, pairs)).statistic)
    return spearmanr(angles(vectors, apart), angles(said, apart)).statistic, float(np.mean(within))


def judged(sources: tuple[str, ...], vectors_of: Vectors) -> tuple[float, float]:
    """Return the agreement on some sources."""
    texts = [material.texts_of(source, EACH) for source in sources]
    said = np.concatenate([encoder.embed(one) for one in texts]).astype(float)
    pools = np.repeat(np.arange(len(texts)), [len(one) for one in texts])
    return agreement(vectors_of([text for one in texts for text in one]), said, pools)


def choose() -> None:
    """Print the agreement on sources left out of training, for some weights of training."""
    prompts = {name: texts for name, texts in material.prompts().items() if name not in (*LEFT_OUT, "sentences")}
    given, texts = train.read(prompts), [text for source in prompts.values() for text in source]
    heaps, single = np.arange(len(given.weights)) >= len(texts), given.weights == train.WORD_WEIGHT
    print("| penalty | heaps | single words | anywhere | within a pool |\n|---|---|---|---|---|")
    for penalty, heap, word in product((0.001, 0.003, 0.01), (0.3,), (0.005, 0.02, 0.05)):
        weights = np.where(single, word, np.where(heaps, heap, 1.0))
        fitted = train.fit(train.Read(given.shares, given.said, weights), len(texts), texts, penalty)
        anywhere, within = judged(LEFT_OUT, partial(ours, meanings=fitted.loaded()))
        print(f"| {penalty} | {heap} | {word} | {anywhere:.3f} | {within:.3f} |")


def rate(action: Callable[[list[str]], object], texts: list[str], repeats: int) -> float:
    """Return texts a second of processor time, the best of some runs."""
    spent = []
    for _ in range(repeats):
        before = time.process_time()
        action(texts)
        spent.append(time.process_time() - before)
    return len(texts) / min(spent)


def shipped() -> None:
    """Print the agreement of the shipped vectors, and of random ones, on the sources that judge; and speeds."""
    print("| vectors | pairs from anywhere | mean of pairs within a pool |\n|---|---|---|")
    named: dict[str, Vectors] = {"meaning vectors": ours, "random signs of words": random_signs}
    for name, vectors_of in named.items():
        print("| {} | {:.2f} | {:.2f} |".format(name, *judged(material.JUDGED, vectors_of)))
    texts = [text for source in material.JUDGED for text in material.texts_of(source, EACH)]
    many = texts * 20
    bytes_each = sum(len(text.encode()) for text in texts) / len(texts)
    print(f"\n{bytes_each:.0f} bytes a prompt; described {rate(ours, many, 5):,.0f} prompts/s a thread;", end=" ")
    print(f"the encoder {rate(encoder.read, texts[::10], 1):,.0f} a second of processor time")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--choose", action="store_true", help="try weights of training on sources left out")
    if why := encoder.missing() or material.missing():
        sys.exit(why)
    choose() if arguments.parse_args().choose else shipped()


if __name__ == "__main__":
    main()
