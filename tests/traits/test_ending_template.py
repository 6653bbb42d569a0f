from stillwatch.traits.ending_template import EndingTemplate

FILLINGS = ("the river froze in March", "Ann sold her boat to Bo", "nobody had seen the bear since the spring")
OTHERS = ("two trains left Bergen late", "the old mill burned down at night", "he asked for coffee and got tea")


def say(*fillings):
    return [{"prompt_text": f"{filling}. Answer in one line of JSON with the key answer only"} for filling in fillings]


CASES = [
    (say(*FILLINGS), say(*OTHERS), 1, "one template, filled in anew"),
    (say(*FILLINGS), say(*OTHERS[:2]), 0, "two questions are no template"),
    (say(FILLINGS[0], FILLINGS[0], FILLINGS[0]), say(*OTHERS), 1, "asking the same again is showing it again"),
    (say(*FILLINGS), [{"prompt_text": filling} for filling in OTHERS], 0, "the fillings alone"),
    ([{"prompt_text": "Hi"}] * 3, [{"prompt_text": "Hi"}] * 3, 0, "too few words"),
    ({}, {}, 0, "a log without prompts"),
]


def test_what_two_accounts_share(check_shared):
    check_shared(EndingTemplate(), CASES)
