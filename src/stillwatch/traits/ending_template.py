"""Accounts whose prompts end with the same template."""

from stillwatch.traits.base import Trait


class EndingTemplate(Trait):
    """The last masked words of the prompt, where the account uses them again and again."""

    name = "ending template"
    family = "wording"
    reads = ("prompt_text",)
    honest_reasons = ("an instruction on the format of answers that a product appends",)
    evasion = "a paraphrase of the template for each exchange, by another model"
    value = "ending_digest"
    least_exchanges = 3
