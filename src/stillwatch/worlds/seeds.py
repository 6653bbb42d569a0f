"""Seeds that depend on a name and not on an order, so that a world may grow without shifting what it already held."""

from hashlib import blake2b

import numpy as np
import numpy.typing as npt

Seeds = npt.NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def seed_of(*names: str | int) -> int:
    """Return the 64-bit seed that a sequence of names and numbers stands for."""
    return int.from_bytes(blake2b("\x1f".join(map(str, names)).encode(), digest_size=8).digest(), "little")


def generator(seed: int) -> np.random.Generator:
    """Return the random generator of one account, group or campaign."""
    return np.random.Generator(np.random.PCG64(seed))


def mix(seeds: npt.NDArray[np.unsignedinteger], salt: int | Seeds) -> Seeds:
    """Derive new seeds from seeds, one for each, by the finaliser of SplitMix64 (Steele, Lea and Flood, 2014)."""
    salted = np.asarray(salt, dtype=np.uint64).reshape(-1)
    mixed = (seeds.astype(np.uint64) ^ (salted * _GOLDEN + _FIRST)) + _GOLDEN
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
    return np.asarray(mixed ^ (mixed >> np.uint64(31)), dtype=np.uint64)


def unit(seeds: Seeds) -> npt.NDArray[np.float64]:
    """Read seeds as numbers in [0, 1)."""
    return (seeds >> np.uint64(11)).astype(np.float64) * 2.0**-53
