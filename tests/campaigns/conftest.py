"""Towns: strangers with their addresses, cards and wordings, among whom campaigns and honest crowds are planted."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.links.closeness import Likeness, likeness
from stillwatch.links.incidence import index_shown
from stillwatch.links.shown import Shown

FAMILIES = {"address": "network", "client stack": "client", "payment card": "money", "email domain": "identity",
            "opening template": "wording"}  # fmt: skip


class Town:
    """Strangers: a few addresses each, one of 40 clients, a card, one of 6 mail providers, some templates."""

    def __init__(self, count: int, seed: int) -> None:
        self.count, self.draw = count, np.random.default_rng(seed)
        self.rows: dict[str, list[tuple[int, str]]] = {trait: [] for trait in FAMILIES}
        self.likenesses: tuple[Likeness, ...] = ()
        self.asked = np.full(count, 100)
        self.next_value = 0
        for account in range(count):
            for at in self.draw.integers(0, 4 * count, self.draw.integers(1, 4)):
                self.rows["address"].append((account, f"street {at}"))
            self.rows["client stack"].append((account, f"client {self.draw.zipf(1.5) % 40}"))
            self.rows["payment card"].append((account, f"card {self.draw.integers(0, 20 * count)}"))
            domain = self.draw.integers(0, 12)
            self.rows["email domain"].append((account, f"mail {domain if domain < 6 else 1000 + account}"))
            for at in self.draw.zipf(1.3, self.draw.integers(0, 4)) % count:
                self.rows["opening template"].append((account, f"template {at}"))

    def share(self, trait: str, accounts: list[int], pool: int = 1, each: int = 1) -> None:
        """Let each of the accounts show `each` of `pool` values that nobody else has."""
        for account in accounts:
            for at in self.draw.choice(pool, min(each, pool), replace=False):
                self.rows[trait].append((account, f"shared {self.next_value + at}"))
        self.next_value += pool

    def campaign(self, accounts: list[int]) -> None:
        """Let the accounts rotate over exits, cards, sign-up domains and one set of templates, as a hydra does."""
        size = len(accounts)
        for trait, pool, each in [("address", 4 + size // 15, 3), ("payment card", 1 + size // 12, 1),
                                  ("email domain", 1 + size // 20, 1), ("opening template", 6, 3)]:  # fmt: skip
            self.share(trait, accounts, pool, each)

    def behave(self, accounts: list[int], *, name: str = "rhythm", family: str = "timing") -> None:
        """Let everybody behave in a way of their own, and the accounts as one."""
        shares = self.draw.dirichlet(np.ones(8), self.count)
        shares[accounts] = self.draw.dirichlet(np.ones(8))
        counts = self.draw.multinomial(self.draw.integers(30, 300, self.count), shares)
        self.likenesses = (*self.likenesses, likeness(name, family, counts, 20))

    def shown(self, order: np.ndarray | None = None) -> Shown:
        """Return what the town shows; with `order`, its rows are met in another order."""
        incidences = []
        for trait, rows in self.rows.items():
            unique = sorted(set(rows))
            if order is not None:
                unique = [unique[at] for at in np.argsort(order[np.arange(len(unique)) % len(order)], kind="stable")]
            texts = sorted({value for _, value in unique})
            place = {text: at for at, text in enumerate(texts)}
            owners = np.array([account for account, _ in unique], np.int64)
            shows = owners, np.array([place[value] for _, value in unique], np.int64)
            shown_count = np.bincount(owners, minlength=self.count)
            incidences.append(index_shown(trait, FAMILIES[trait], shown_count, shows, pa.array(texts)))
        ids = pa.array([f"account-{at:06}" for at in range(self.count)])
        return Shown(ids, tuple(incidences), self.likenesses, np.full(self.count, -1), self.asked)


@pytest.fixture(scope="session")
def town() -> Callable[..., Town]:
    """Return a town of strangers: `town(count, seed)`."""
    return Town
