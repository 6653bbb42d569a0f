from stillwatch.traits.same_prompt import SamePrompt

CASES = [
    ({"prompt_digest": 7, "words_count": 12}, ["7"], "twelve words are a prompt of its own"),
    ({"prompt_digest": 7, "words_count": 11}, [], "shorter ones strangers hit upon too"),
    ([{"prompt_digest": 7, "words_count": 12}] * 3, ["7"], "asked again"),
    ({"prompt_digest": -7, "words_count": 30}, ["-7"], "digests have signs"),
    ({"words_count": 30}, [], "a prompt without text"),
    ({"prompt_digest": 7}, [], "nor one whose words nobody counted"),
]


def test_what_is_shown(check_cases):
    check_cases(SamePrompt(), CASES)


LONG = "Name three rivers that flow through more than two countries, and say where each begins."
SHARED = [
    ({"prompt_text": LONG}, {"prompt_text": LONG}, 1, "word for word"),
    ({"prompt_text": LONG}, {"prompt_text": f"  {LONG.upper()}\n"}, 1, "case and spacing are folded"),
    ({"prompt_text": LONG}, {"prompt_text": LONG.replace("three", "four")}, 0, "one word differs"),
    ({"prompt_text": f"{LONG} 17"}, {"prompt_text": f"{LONG} 18"}, 0, "numbers count"),
    ({"prompt_text": "Hello there!"}, {"prompt_text": "Hello there!"}, 0, "too short to say anything"),
    ({"prompt_text": LONG}, {"system_text": LONG}, 0, "as a system prompt it is no prompt"),
]


def test_what_two_accounts_share(check_shared):
    check_shared(SamePrompt(), SHARED)
