"""Accounts whose prompts come from one pool."""

from stillwatch.traits.base import Compared, Profile


class PromptPool(Profile):
    """What an account's prompts are about in the mean, against how much they scatter from day to day."""

    name = "prompt pool"
    family = "wording"
    reads = ("prompt_text",)
    honest_reasons = ("people of one trade or one product", "colleagues at one task", "a class at one assignment")
    evasion = "giving each account subjects of its own, so that it wants as many pools as accounts"
    vector = "wording_sum"
    compared = Compared.MEANS
    seen = "ask about the same subjects in the same shares as others of them, as far as chance lets one tell"
    expected = "few strangers are as close to either of two accounts as these are to each other"
