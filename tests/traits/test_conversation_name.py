from stillwatch.traits.conversation_name import ConversationName

CASES = [
    ({"conversation_id": "c-17"}, ["c-17"], "the id as the client names it"),
    ([{"conversation_id": "c-17"}, {"conversation_id": "c-17", "turn": 1}], ["c-17"], "turns of one conversation"),
    ({"turn": 3}, [], "a turn of a conversation without a name"),
]


def test_what_is_shown(check_cases):
    check_cases(ConversationName(), CASES)
