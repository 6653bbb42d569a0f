"""What the operator writes beside a request and its answer: who asked, from where, and when."""

from typing import Any

from stillwatch.exchanges.decoded import at, first, objects, opened, text
from stillwatch.exchanges.streamed import whole
from stillwatch.tables import EXCHANGES

ENVELOPE = EXCHANGES.names[: EXCHANGES.names.index("system_text")]
_NAMES = frozenset(ENVELOPE)
_ALSO = {
    "exchange_id": ("request_id", "id"),
    "asked_at": ("timestamp", "created_at", "start_time", "time"),
    "ip": ("client_ip", "remote_addr"),
}


def tell_envelope(record: dict[str, Any], *beside: Any) -> dict[str, Any]:
    """Return the columns of `exchanges` that stand in an envelope under their own names.

    Parameters
    ----------
    record
        The envelope: columns at the top level, in `metadata`, or in `account`; the nearest to the top wins.
        `timestamp`, `request_id`, `client_ip` and a few others are known by those names too. Of request headers only
        the user agent is taken: whoever writes a request also writes its forwarded addresses and request ids.
    beside
        Other objects in which the operator may have put columns under their own names, looked at last.
    """
    own = (record, opened(record.get("metadata")), opened(record.get("account")), *map(opened, beside))
    told: dict[str, Any] = {"user_agent": _user_agent(first(record.get("headers"), at(record, "request", "headers")))}
    for place in reversed([place for place in own if isinstance(place, dict)]):
        for name in place.keys() & _NAMES:
            if (value := place[name]) is not None and value != "" and not isinstance(value, dict | list):
                told[name] = value
    for name, also in _ALSO.items():
        if name not in told:
            told[name] = first(*(record.get(key) for key in also))
    return told


def pair(record: dict[str, Any]) -> tuple[Any, Any]:
    """Return the request and the response of an envelope, or of a batch's result.

    Both are taken out of their `body` and opened if they are texts; a streamed response is put together.
    """
    asked = (record.get(name) for name in ("request", "request_body", "body", "params"))
    answered = (
        at(record, *way) for way in (("response",), ("response_body",), ("result", "message"), ("result", "error"))
    )
    return _body(opened(first(*asked))), _body(opened(first(*answered)))


def _body(side: Any) -> Any:
    inner = whole(opened(at(side, "body")))
    return inner if isinstance(inner, dict) else whole(side)


def _user_agent(headers: Any) -> str | None:
    if isinstance(headers, list):
        headers = {str(header.get("name")): header.get("value") for header in objects(headers)}
    if not isinstance(headers, dict):
        return None
    return next((text(value) for name, value in headers.items() if name.lower() == "user-agent"), None)
