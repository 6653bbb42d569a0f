"""Requests that go on with a conversation which the provider holds: the log cannot say what was said before."""

from typing import Any

from stillwatch.exchanges.decoded import objects

_EARLIER = ("previous_response_id", "conversation")
_UNTOLD = ("history_digests", "turn")


def without_earlier(told: dict[str, Any], request: dict[str, Any], messages: Any) -> dict[str, Any]:
    """Return the columns of a conversation, without what is not known of one that the provider holds.

    Parameters
    ----------
    told
        What `tell_conversation` made of the messages.
    request
        The request, or its settings: `previous_response_id` and `conversation` name what the provider holds.
    messages
        Messages or items as they were sent: an `item_reference` stands for an earlier one.

    Examples
    --------
    >>> without_earlier({"prompt_text": "And times 3?", "turn": 0}, {"previous_response_id": "resp_1"}, "And times 3?")
    {'prompt_text': 'And times 3?'}
    """
    held = any(request.get(name) for name in _EARLIER)
    if held or any(item.get("type") == "item_reference" for item in objects(messages)):
        return {name: value for name, value in told.items() if name not in _UNTOLD}
    return told
