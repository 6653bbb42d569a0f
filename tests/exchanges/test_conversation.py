import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.exchanges.conversation import opened_talk, tell_answer, tell_conversation, tool_names

KEY = b"k"


def user(content, **more):
    return {"role": "user", "content": content} | more


def model(content, **more):
    return {"role": "assistant", "content": content} | more


def digests(messages, key=KEY):
    return tell_conversation(messages, key)["history_digests"]


@pytest.mark.parametrize(
    ("messages", "prompt", "turn", "earlier"),
    [
        ("Hello", "Hello", 0, 0),
        ([user("a")], "a", 0, 0),
        ([user("a"), user("b")], "a\nb", 0, 0),
        ([user("a"), model("b"), user("c")], "c", 1, 1),
        ([user("a"), model("b"), user("c"), model("begun")], "c", 1, 1),
        (
            [user("a"), model(None, tool_calls=[{"function": {"name": "f"}}]), {"role": "tool", "content": "r"}],
            "r",
            0,
            1,
        ),
        (
            [user("a"), model([{"type": "tool_use", "name": "f"}]), user([{"type": "tool_result", "content": "r"}])],
            "r",
            0,
            1,
        ),
        (
            [user("a"), model("b"), user([{"type": "tool_result", "content": "r"}, {"type": "text", "text": "c"}])],
            "r\nc",
            1,
            1,
        ),
        (
            [user("a"), {"type": "function_call", "name": "f"}, {"type": "function_call_output", "output": "r"}],
            "r",
            0,
            1,
        ),
        ([user([{"type": "image_url", "image_url": {}}])], None, 0, 0),
        ([user("a"), model("b"), model("c"), user("d")], "d", 1, 1),
        ([{"role": "developer", "content": "s"}, user("a")], "a", 0, 0),
        ([{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "a"}]}], "a", 0, 0),
        ([{"role": "user", "parts": [{"type": "text", "content": "a"}]}], "a", 0, 0),
        (
            [{"role": "user", "parts": [{"type": "tool_call_response", "response": {"b": 1, "a": 2}}]}],
            '{"a":2,"b":1}',
            0,
            0,
        ),
        (
            [{"role": "user", "content": [{"toolResult": {"content": [{"json": {"t": 9}}, {"text": "x"}]}}]}],
            '{"t":9}\nx',
            0,
            0,
        ),
        ([user([{"type": "document", "source": {"type": "text", "data": "d"}}])], "d", 0, 0),
    ],
)
def test_what_was_asked_this_time(messages, prompt, turn, earlier):
    told = tell_conversation(messages, KEY)
    assert (told["prompt_text"], told["turn"], len(told["history_digests"])) == (prompt, turn, earlier)


@pytest.mark.parametrize("messages", [None, [], {}, 5, [model("only begun")], [user("redacted-by-litellm")]])
def test_no_messages_say_nothing(messages):
    assert tell_conversation(messages, KEY).get("system_text") is None
    assert "prompt_text" not in tell_conversation(messages, KEY)


def test_one_redacted_message_hides_no_other():
    said = [user("redacted-by-litellm"), model("b"), user("c")]
    assert tell_conversation(said, KEY)["prompt_text"] == "c"
    assert tell_answer(["redacted-by-litellm", "b"])["response_text"] == "redacted-by-litellm\nb"
    assert tell_answer(["redacted-by-litellm"]) == {}


@pytest.mark.parametrize("wrap", [lambda inner: [inner], lambda inner: {"content": inner},
                                  lambda inner: {"type": "tool_result", "content": [inner]}])  # fmt: skip
def test_what_is_nested_without_end_is_left_and_the_rest_is_told(wrap):
    deep = "b"
    for _ in range(5_000):
        deep = wrap(deep)
    assert tell_conversation([user(["a", deep])], KEY)["prompt_text"] == "a"
    near = "b"
    for _ in range(10):
        near = wrap(near)
    assert tell_conversation([user(["a", near])], KEY)["prompt_text"] == "a\nb"


@pytest.mark.parametrize(
    ("written", "held"),
    [
        ('[{"role": "user", "content": "a"}]', [{"role": "user", "content": "a"}]),
        ('[{"type": "text", "text": "a"}, {"type": "x"}]', [{"type": "text", "text": "a"}, {"type": "x"}]),
        ('{"text": "a"}', {"text": "a"}),
        ('[{"type": "image_url"}]', [{"type": "image_url"}]),
        ("[]", []),
        *[(said, said) for said in ('{"task": "grade", "a": "..."}', '["a", "b"]', "[1, 2]", "{}", '[{"q": 1}]',
                                    '{"type": "quiz"}', '[{"role": "user"', "Hello", None)],
    ],
)  # fmt: skip
def test_json_that_holds_no_messages_is_what_was_said(written, held):
    assert opened_talk(written) == held


def test_instructions_stand_together_wherever_they_were_given():
    given = [{"role": "system", "content": "b"}, user("a"), {"role": "developer", "content": [{"text": "c"}]}]
    assert tell_conversation(given, KEY, system=[{"type": "text", "text": "a"}])["system_text"] == "a\nb\nc"


@pytest.mark.parametrize(
    ("block", "signatures"),
    [
        ({"type": "thinking", "thinking": "t", "signature": "s"}, ["s"]),
        ({"type": "redacted_thinking", "data": "s"}, ["s"]),
        ({"reasoningContent": {"reasoningText": {"text": "t", "signature": "s"}}}, ["s"]),
        ({"reasoningContent": {"redactedContent": "s"}}, ["s"]),
        ({"type": "reasoning", "encrypted_content": "s"}, ["s"]),
        ({"type": "reasoning.encrypted", "data": "s"}, ["s"]),
        ({"type": "thinking", "thinking": "t", "signature": ""}, []),
        ({"type": "text", "text": "t"}, []),
    ],
)
def test_signed_reasoning_that_a_request_carries(block, signatures):
    for carried in (
        [user("a"), model([block]), user("b")],
        [user("a"), block | {"role": "assistant", "content": [block]}, user("b")],
    ):
        assert tell_conversation(carried, KEY)["reasoning_signatures"] == signatures
    for beside in ("thinking_blocks", "reasoning_details"):
        told = tell_conversation([user("a"), model("t", **{beside: [block]}), user("b")], KEY)
        assert told["reasoning_signatures"] == signatures
    signed = {"function": {"name": "f"}, "extra_content": {"google": {"thought_signature": "g"}}}
    assert tell_conversation([user("a"), model("", tool_calls=[signed]), user("b")], KEY)["reasoning_signatures"] == [
        "g"
    ]


@pytest.mark.parametrize(
    "part",
    [
        {"type": "image", "source": {}},
        {"type": "image_url"},
        {"type": "input_image"},
        {"image": {"format": "png"}},
        {"type": "blob", "modality": "image", "content": "AA=="},
        {"type": "tool_result", "content": [{"type": "image"}]},
    ],
)
def test_images(part):
    assert tell_conversation([user([part, {"type": "text", "text": "a"}])], KEY)["has_image"] is True
    assert tell_conversation([user("a")], KEY)["has_image"] is False


texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)


@given(st.lists(texts, min_size=1, max_size=12))
def test_each_turn_extends_the_chain_of_the_turn_before(said):
    messages = [user(words) if i % 2 == 0 else model(words) for i, words in enumerate(said)]
    before: list[int] = []
    for turn in range((len(messages) + 1) // 2):
        chain = digests(messages[: 2 * turn + 1])
        assert chain[:-1] == before
        assert len(chain) == turn
        before = chain


@given(st.lists(texts, min_size=3, max_size=9), st.integers(0, 8), texts)
def test_another_word_or_key_gives_another_chain(said, where, instead):
    messages = [user(words) if i % 2 == 0 else model(words) for i, words in enumerate([*said, "now", "x"])]
    other = list(messages)
    other[where % 2] = messages[where % 2] | {"content": instead}
    assert (digests(messages)[-1] == digests(other)[-1]) == (messages == other)
    assert digests(messages, b"another key") != digests(messages)


def test_the_sides_are_told_apart():
    assert digests([user("a"), model("b"), user("c"), model("d"), user("e")]) != digests(
        [user("a\nb"), model("c"), user("d"), model("e"), user("f")]
    )


def test_answers():
    parts = [
        {"type": "thinking", "thinking": "t"},
        {"type": "text", "text": "a"},
        {"type": "tool_use", "name": "f"},
        {"type": "web_search_call"},
    ]
    assert tell_answer(parts) == {"response_text": "a", "reasoning_text": "t", "tools_called": ["f", "web_search_call"]}
    assert tell_answer([model(None, refusal="No.")])["response_text"] == "No."
    assert tell_answer([]) == {}


def test_offered_tools():
    tools = [
        {"name": "a"},
        {"type": "function", "function": {"name": "b"}},
        {"toolSpec": {"name": "c"}},
        {"type": "d"},
        {},
        5,
    ]
    assert tool_names(tools) == ["a", "b", "c", "d"]
    assert tool_names(None) == []


def test_a_call_of_a_tool_needs_no_content_beside_it():
    message = {"role": "assistant", "tool_calls": [{"id": "t", "function": {"name": "f"}}]}
    assert tell_answer([message])["tools_called"] == ["f"]
