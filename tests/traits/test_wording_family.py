from stillwatch.traits.wording_family import WordingFamily

OTHER = "please compare how the two contracts treat late delivery and say which one favours the buyer in your view"


def say(*fillings):
    return [
        {
            "prompt_text": f"Write a short story for children about a {filling} that loses its way in the big town. "
            "Use plain words, let it meet a friend who helps, and end with what everybody learned from it."
        }
        for filling in fillings
    ]


CASES = [
    (say("river", "17", "spring"), say("bear", "4", "winter"), 1, "one template, its slots filled anew"),
    (say("river", "17", "spring"), say("bear", "4", "winter")[:2], 0, "two questions are no family"),
    (say("river", "17", "spring"), [{"prompt_text": OTHER}] * 3, 0, "another wording"),
    (
        [{"prompt_text": OTHER}] * 3,
        [{"prompt_text": f"{OTHER} "}] * 3,
        0,
        "one prompt is a family of none: same prompt says it",
    ),
    ({}, {}, 0, "a log without prompts"),
]


def test_what_two_accounts_share(check_shared):
    check_shared(WordingFamily(), CASES)
