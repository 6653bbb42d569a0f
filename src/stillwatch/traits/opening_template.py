"""Accounts whose prompts begin with the same template."""

from stillwatch.traits.base import Trait


class OpeningTemplate(Trait):
    """The first masked words of the prompt, where the account uses them again and again."""

    name = "opening template"
    family = "wording"
    reads = ("prompt_text",)
    honest_reasons = ("a public benchmark's instruction", "a template that a tutorial or a product suggests")
    evasion = "a paraphrase of the template for each exchange, by another model"
    value = "opening_digest"
    least_exchanges = 3
