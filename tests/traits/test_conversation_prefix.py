from stillwatch.traits.conversation_prefix import ConversationPrefix

CASES = [
    ({"history_digests": [10, 20, 30, 40]}, ["30", "40"], "the last two prefixes"),
    ({"history_digests": [10, 20, 30]}, ["20", "30"], "all but the first"),
    ({"history_digests": [10, 20]}, ["20"], "the first turn begins the conversations of strangers too"),
    ({"history_digests": [10]}, [], "nothing but the first turn"),
    ({"history_digests": []}, [], "a conversation that begins here"),
    ({}, [], "a log without conversations"),
    (
        [{"history_digests": [10, 20, 30, 40]}, {"history_digests": [10, 20, 30, 40, 50, 60]}],
        ["30", "40", "50", "60"],
        "whoever continues a conversation shows where it was left",
    ),
    ({"history_digests": [10, 20, 30, 30]}, ["30"], "a prefix that stands twice is shown once"),
]


def test_what_is_shown(check_cases):
    check_cases(ConversationPrefix(), CASES)
