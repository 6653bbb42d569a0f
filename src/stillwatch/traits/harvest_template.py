"""Accounts that fill the same template which harvests, be it once."""

from stillwatch.traits.base import Trait


class HarvestTemplate(Trait):
    """The first masked words of the prompt, where all who begin so ask for what training sets are made of."""

    name = "harvest template"
    family = "wording"
    reads = ("prompt_text",)
    honest_reasons = ("a template for data sets or grading that was published", "colleagues who share one")
    evasion = "a template of its own for each account, or a paraphrase for each exchange"
    value = "harvest_opening"
