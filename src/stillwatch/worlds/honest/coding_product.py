"""A coding product, or a team behind one key: many people's machines under one account."""

from dataclasses import dataclass

from stillwatch.worlds.honest.reseller import Reseller
from stillwatch.worlds.seeds import Seeds
from stillwatch.worlds.speech import let_some_code
from stillwatch.worlds.visits import Visits


@dataclass(frozen=True)
class CodingProduct(Reseller):
    """One account through which everybody uses a coding agent, which shows their home folders."""

    kind = "coding product"

    def _speak(self, visits: Visits, speakers: Seeds) -> None:
        super()._speak(visits, speakers)
        let_some_code(visits, speakers, 1.0)
