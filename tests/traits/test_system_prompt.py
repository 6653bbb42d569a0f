from stillwatch.traits.system_prompt import SystemPrompt


def say(text):
    return {"system_text": text}


CASES = [
    (say("You are a tutor."), say("You are a tutor."), 1, "word for word"),
    (say("You are tutor 17."), say("you are  TUTOR 4."), 1, "case, spacing and numbers are folded"),
    (say("You are a tutor."), say("You are a lawyer."), 0, "other words"),
    (say("You are a tutor."), {"prompt_text": "You are a tutor."}, 0, "as a prompt it is no system prompt"),
    ({}, {}, 0, "nobody sends one"),
]


def test_what_two_accounts_share(check_shared):
    check_shared(SystemPrompt(), CASES)
