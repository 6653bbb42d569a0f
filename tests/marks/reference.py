"""The marks of one text, slowly and in plain Python: what the kernels must give."""

import math
import re
import struct
from itertools import pairwise

K1, K2, K3 = 0xD6E8FEB86659FD93, 0xC2B2AE3D27D4EB4F, 0x9E3779B97F4A7C15
SEED, QUOTED = 0x51ED270B35AE1D4B, 0x2B992DDFA23249D6
M64, M32 = 2**64 - 1, 2**32 - 1

WIDE = rb"[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
LATIN_MARK = rb"\xc2[\x80-\xbf]"
PIECE = re.compile(
    rb'(?P<quoted>"[^"\n\r]{0,200}"|`[^`\n\r]{0,200}`)|(?P<wide>' + WIDE + rb")|(?P<mark>" + LATIN_MARK + rb")"
    rb"|(?P<word>(?:[A-Za-z0-9_]|(?!" + WIDE + rb"|" + LATIN_MARK + rb")(?:[\xc3-\xdf][\x80-\xbf]|[\x80-\xff]))+)"
    rb"|(?P<other>[\x00-\x7f])",
    re.S,
)
PUNCTUATION = [
    (0x2000, 0x206F), (0x3000, 0x303F), (0xFE00, 0xFE6F), (0xFEFF, 0xFEFF), (0xFF00, 0xFF0F), (0xFF1A, 0xFF20),
    (0xFF3B, 0xFF40), (0xFF5B, 0xFF65), (0xFFF0, 0xFFFF),
]  # fmt: skip


def mix(x: int) -> int:
    x = ((x ^ (x >> 32)) * K1) & M64
    return x ^ (x >> 29)


def fold(a: int, b: int) -> int:
    return ((a * b) & M64) ^ ((a * b) >> 64)


def hash_word(letters: bytes, numbered: bool) -> int:
    value = SEED
    while len(letters) >= 8:
        value, letters = fold(value ^ int.from_bytes(letters[:8], "little"), K1), letters[8:]
    return fold(value ^ int.from_bytes(letters, "little"), K2 ^ (len(letters) + 8 * numbered))


def tokens(text: bytes, masks: bool = True) -> list[tuple[bytes, int]]:
    """Return each word as its kind and its hash; kinds are `quoted`, `number` and `plain`."""
    found, at, kept_until = [], 0, -1
    while at < len(text):
        match = PIECE.match(text, at)
        kind = match.lastgroup
        if kind == "quoted" and (not masks or at == kept_until):
            at += 1
            continue
        at = match.end()
        if kind == "quoted" and text[at : at + 1] == b":" and len(match[0]) > 2:
            kept_until, at = at - 1, match.start() + 1
        elif kind == "quoted" and len(match[0]) > 2:
            found.append(("quoted", QUOTED))
        elif kind == "wide":
            point = ((match[0][0] & 15) << 12) | ((match[0][1] & 63) << 6) | (match[0][2] & 63)
            if len(match[0]) == 4 or not any(low <= point <= high for low, high in PUNCTUATION):
                found.append(("plain", hash_word(match[0], False)))
        elif kind == "word":
            letters = re.match(rb"[^0-9]*", match[0])[0]
            found.append(("plain" if letters else "number", hash_word(letters.lower(), letters != match[0])))
    return found


def read(text: bytes) -> tuple[list[int], bool]:
    """Return the hashes of the words, and whether any is plain."""
    found = tokens(text)
    if all(kind != "plain" for kind, _ in found):
        found = tokens(text, masks=False)
    return [value for _, value in found], any(kind == "plain" for kind, _ in found)


def siphash(data: bytes, key: bytes) -> int:
    k0, k1 = struct.unpack("<2Q", key)
    v = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]

    def turn(x: int, b: int) -> int:
        return ((x << b) | (x >> (64 - b))) & M64

    def sip_round() -> None:
        v[0] = (v[0] + v[1]) & M64
        v[1] = turn(v[1], 13) ^ v[0]
        v[0] = turn(v[0], 32)
        v[2] = (v[2] + v[3]) & M64
        v[3] = turn(v[3], 16) ^ v[2]
        v[0] = (v[0] + v[3]) & M64
        v[3] = turn(v[3], 21) ^ v[0]
        v[2] = (v[2] + v[1]) & M64
        v[1] = turn(v[1], 17) ^ v[2]
        v[2] = turn(v[2], 32)

    padded = data + bytes(7 - len(data) % 8) + bytes([len(data) & 255])
    for (block,) in struct.iter_unpack("<Q", padded):
        v[3] ^= block
        sip_round()
        v[0] ^= block
    v[2] ^= 255
    for _ in range(3):
        sip_round()
    value = v[0] ^ v[1] ^ v[2] ^ v[3]
    return value - 2**64 if value >> 63 else value


def fold_text(text: bytes) -> bytes:
    return re.sub(rb"[ \t-\r]+", b" ", text).strip(b" ").lower()


def prompt_digest(text: bytes, key: bytes) -> int:
    return siphash(fold_text(text), key)


def system_digest(text: bytes, key: bytes) -> int:
    return siphash(re.sub(rb"[0-9]+", b"0", fold_text(text)), key)


def digest_words(words: list[int], key: bytes) -> int:
    return siphash(struct.pack(f"<{len(words)}Q", *words), key)


def sketch(words: list[int], seed: int) -> list[int]:
    lowest = [M32] * 64
    for a, b, c in zip(words, words[1:], words[2:], strict=False):
        value = mix((((c + b * K2 + a * K3) & M64) ^ seed) * K1 & M64)
        lowest[value >> 58] = min(lowest[value >> 58], value & M32)
    if sum(value != M32 for value in lowest) < 6:
        value = seed
        for word in words:
            value = (fold(value ^ word, K1) + K3) & M64
        return [mix((value + position * K3) & M64) & 0xFF for position in range(64)]
    lent = list(lowest)
    for position in range(64):
        back = next(distance for distance in range(64) if lowest[position - distance] != M32)
        value = lowest[position - back]
        for distance in range(1, back + 1):
            # A position borrows from its neighbour's own value, so only the distance counts.
            lent[position] = (value * 2654435761 + distance) & M32
    return [cut(value) for value in lent]


def cut(v: int) -> int:
    v ^= v >> 16
    v = v * 0x45D9F3B & M32
    v ^= v >> 15
    return (v * 0x2C1B3C6D & M32) >> 24


def vector(words: list[int], seed: int) -> list[int]:
    met, sums = set(), [0] * 32
    for value in (mix(word ^ seed) for word in words):
        if value >> 51 not in met:
            met.add(value >> 51)
            sums = [total + (1 if value >> place & 1 else -1) for place, total in enumerate(sums)]
    length = math.isqrt(sum(total * total for total in sums) << 16)
    scaled = [min((abs(total) * 180 * 256 + length // 2) // length, 127) if length else 0 for total in sums]
    return [size if total > 0 else -size for size, total in zip(scaled, sums, strict=True)]


def meaning(words: list[int], meanings) -> list[int]:
    chosen = [mix(word) >> 47 for word in words[:400]]
    sums = meanings.vectors.reshape(-1, 64)[chosen].astype(int).sum(axis=0).tolist()
    length = math.isqrt(sum(total * total for total in sums) << 16)
    scaled = [min((abs(total) * 300 * 256 + length // 2) // length, 127) if length else 0 for total in sums]
    return [size if total > 0 else -size for size, total in zip(scaled, sums, strict=True)]


def described(text: bytes, meanings) -> list[int]:
    words, _ = read(text)
    counted, size = words[:400], len(text)
    pairs = [mix((a * K2 + b) & M64) >> 44 for a, b in pairwise(counted)]
    total = meanings.vectors.reshape(-1, 64)[[mix(word) >> 47 for word in counted]].astype(int).sum(axis=0)
    letters = re.sub(rb"[^!-~]", b"", text)
    digits, capitals = len(re.findall(rb"[0-9]", letters)), len(re.findall(rb"[A-Z]", letters))

    def share(part: int, whole: int) -> int:
        return (255 * part + whole // 2) // whole if whole else 0

    return [
        *meaning(words, meanings), int(10 * math.log2(1 + size)), int(10 * math.log2(1 + len(words))),
        share(sum(has(meanings.known, mix(word) >> 47) for word in counted), len(counted)),
        share(sum(has(meanings.pairs, place) for place in pairs), len(pairs)),
        min(share(math.isqrt(int((total * total).sum()) << 16), len(counted) * 80 * 256), 255),
        share(len(re.findall(rb"[^A-Za-z0-9]", letters)), size), share(digits, size), share(capitals, size),
    ]  # fmt: skip


def has(bits, place: int) -> int:
    return int(bits[place >> 6]) >> (place & 63) & 1


def rows(words: list[int]) -> set[int]:
    words = words[:400]
    singles = {mix(word) >> 49 for word in words}
    return singles | {mix((a * K2 + b) & M64) >> 49 for a, b in pairwise(words)}


def scores(words: list[int], vector: list[int], weights, model) -> list[int]:
    leaning = model.meanings.reshape(64, 16).astype(int)
    odds = [
        model.bias[i]
        + sum(int(weights[row, i]) for row in rows(words)) * model.scale
        + sum(part * int(leaning[at, i]) for at, part in enumerate(vector)) * model.meaning_scale
        for i in range(12)
    ]
    parts = [math.exp(odd - max(odds)) for odd in odds]
    return [int(part / sum(parts) * 255 + 0.5) for part in parts]
