"""How people really type: small letters, missing marks, and slips of the finger."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.worlds.seeds import Seeds, mix, unit

_SHORTCUTS = (
    (" you ", " u "), ("please", "pls"), (" the ", " teh "), ("because", "bc"), ("'", ""), (" and ", " & "),
    ("?", "??"), ("ing ", "in "), (", ", " "), ("tion", "toin"), ("their", "thier"), ("ei", "ie"),
    (" with ", " w/ "), ("ee", "e"),
)  # fmt: skip
_LONGEST_BYTES = 400


def with_slips(texts: pa.Array, speakers: Seeds, seeds: Seeds) -> pa.Array:
    """Type short texts as their speakers do: a third in small letters, one text in seven with a slip.

    Parameters
    ----------
    texts
        Strings; those over 400 bytes were pasted, and stay as they are.
    speakers, seeds
        One seed a row for who types and for this text.
    """
    short = pc.less(pc.binary_length(texts), _LONGEST_BYTES).to_numpy(zero_copy_only=False)
    small = short & (unit(mix(speakers, 31)) < 0.34)
    texts = pc.if_else(pa.array(small), pc.utf8_lower(pc.if_else(pa.array(small), texts, "")), texts)
    careless = unit(mix(speakers, 32)) < 0.5
    draw = unit(mix(seeds, 33))
    rule = (mix(seeds, 34) % np.uint64(len(_SHORTCUTS))).astype(np.int64)
    for number, (right, wrong) in enumerate(_SHORTCUTS):
        hit = pa.array(np.flatnonzero(short & careless & (draw < 0.2) & (rule == number)))
        slipped = pc.replace_substring(texts.take(hit), right, wrong, max_replacements=1)
        texts = _replaced(texts, hit, slipped)
    swapped = pa.array(np.flatnonzero(short & (draw > 0.95)))
    places = unit(mix(seeds, 35))[swapped.to_numpy()]
    slips = [_swap(text, place) for text, place in zip(texts.take(swapped).to_pylist(), places, strict=True)]
    return _replaced(texts, swapped, pa.array(slips, texts.type))


def _replaced(texts: pa.Array, rows: pa.Array, new: pa.Array) -> pa.Array:
    mask = np.zeros(len(texts), dtype=bool)
    mask[rows.to_numpy()] = True
    return pc.replace_with_mask(texts, pa.array(mask), new) if len(rows) else texts


def _swap(text: str, place: float) -> str:
    at = 1 + int(place * max(0, len(text) - 3))
    return text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]
