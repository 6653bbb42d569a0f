"""Where requests come from: addresses of homes, carriers, offices, data centres and VPN exits.

Networks are numbered as private ones (64512-65534), so that no real operator is named.
"""

from dataclasses import dataclass

import numpy as np

from stillwatch.worlds.seeds import mix

# country, hours from UTC, share of accounts, language other than English
COUNTRIES = (
    ("US", -6, 24, None), ("GB", 0, 7, None), ("DE", 1, 7, "de"), ("FR", 1, 4, None), ("IN", 5, 9, None),
    ("BR", -3, 4, None), ("ES", 1, 5, "es"), ("MX", -6, 5, "es"), ("CN", 8, 7, "zh"), ("JP", 9, 7, "ja"),
    ("KR", 9, 3, None), ("CA", -5, 4, None), ("AU", 10, 3, None), ("NL", 1, 2, None), ("AT", 1, 2, "de"),
    ("AR", -3, 3, "es"), ("NG", 1, 2, None), ("SG", 8, 2, "zh"),
)  # fmt: skip
_SHARES = np.array([share for _, _, share, _ in COUNTRIES], float)
_CUMULATIVE = np.cumsum(_SHARES / _SHARES.sum())
_FIRST_OCTETS = tuple(octet for octet in range(1, 224) if octet not in (10, 100, 127, 169, 172, 192, 198, 203))
_HOME_BLOCKS, _HOST_BLOCKS = 4000, 90
MOST_NEIGHBOURS = 254


@dataclass(frozen=True)
class Address:
    """An address and the network that announces it."""

    ip: str
    asn: int


def draw_country(rng: np.random.Generator) -> int:
    """Draw a row of `COUNTRIES` by its share."""
    return int(np.searchsorted(_CUMULATIVE, rng.random(), side="right"))


def draw_home(rng: np.random.Generator) -> Address:
    """Draw the address of a home or a small office; one in five is of version 6."""
    block = int(rng.integers(0, _HOME_BLOCKS))
    if rng.random() < 0.2:
        parts = rng.integers(0, 2**16, 2).tolist()
        return Address(f"2001:db8:{parts[0]:x}:{parts[1]:x}::{int(rng.integers(2, 2**16)):x}", 64512 + block % 700)
    return _within(rng, block, 64512 + block % 700)


def draw_host(rng: np.random.Generator) -> Address:
    """Draw the address of a machine in a data centre; the large ones hold most of them."""
    block = int(_HOST_BLOCKS * rng.random() ** 2.5)
    return _within(rng, _HOME_BLOCKS + block, 65300 + block % 40)


def _within(rng: np.random.Generator, block: int, asn: int) -> Address:
    drawn = int(mix(np.array([block], np.uint64), 91)[0])
    first, second = _FIRST_OCTETS[drawn % len(_FIRST_OCTETS)], (drawn >> 16) % 256
    third, fourth = rng.integers(0, 256), rng.integers(1, 255)
    return Address(f"{first}.{second}.{third}.{fourth}", asn)


def neighbours(rng: np.random.Generator, base: Address, count: int) -> tuple[Address, ...]:
    """Draw addresses that share the first three octets of one, as an office, a carrier or a VPN exit has."""
    if ":" in base.ip:
        base = _within(rng, int(rng.integers(0, _HOME_BLOCKS)), base.asn)
    prefix = base.ip.rsplit(".", 1)[0]
    return tuple(
        Address(f"{prefix}.{last}", base.asn)
        for last in rng.choice(np.arange(1, MOST_NEIGHBOURS + 1), count, replace=False)
    )
