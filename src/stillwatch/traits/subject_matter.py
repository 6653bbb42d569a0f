"""Accounts whose prompts mean the same in the mean."""

from stillwatch.traits.base import Compared, Profile


class SubjectMatter(Profile):
    """What an account's prompts are about, by word vectors that a sentence encoder taught, in the mean."""

    name = "subject matter"
    family = "wording"
    reads = ("prompt_text",)
    honest_reasons = ("people of one trade or one product", "colleagues at one task", "a class at one assignment")
    evasion = "giving each account subjects of its own, so that it wants as many pools as accounts"
    vector = "meaning_sum"
    compared = Compared.MEANS
    of_pairs = False
    seen = "ask about what the others ask about, in the same shares"
    expected = "few strangers are as close to the mean of the others"
