import pytest

from stillwatch.exchanges.envelope import pair, tell_envelope


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({"account_id": "a", "ip": "192.0.2.1", "asn": 7}, {"account_id": "a", "ip": "192.0.2.1", "asn": 7}),
        ({"metadata": {"account_id": "a"}}, {"account_id": "a"}),
        ({"metadata": '{"account_id": "a"}'}, {"account_id": "a"}),
        ({"account": {"org_id": "o"}, "metadata": {"org_id": "p"}}, {"org_id": "p"}),
        ({"org_id": "n", "metadata": {"org_id": "p"}}, {"org_id": "n"}),
        (
            {"timestamp": 5, "request_id": "r", "client_ip": "192.0.2.1"},
            {"asked_at": 5, "exchange_id": "r", "ip": "192.0.2.1"},
        ),
        ({"asked_at": 4, "timestamp": 5}, {"asked_at": 4}),
        (
            {"headers": {"User-Agent": "u", "X-Forwarded-For": "192.0.2.9", "X-Request-Id": "forged"}},
            {"user_agent": "u"},
        ),
        ({"request": {"headers": [{"name": "user-agent", "value": "u"}]}}, {"user_agent": "u"}),
        ({"user_agent": "mine", "headers": {"user-agent": "u"}}, {"user_agent": "mine"}),
        ({"prompt_text": "p", "custom_id": "c", "model": {"a": 1}, "country": ""}, {}),
    ],
)
def test_what_stands_beside_a_request(record, told):
    assert {name: value for name, value in tell_envelope(record).items() if value is not None} == told


def test_other_places_come_last():
    assert tell_envelope({"ip": "a"}, {"ip": "b", "ja4": "c", "timestamp": 1}, "x", None)["ja4"] == "c"
    assert tell_envelope({"ip": "a"}, {"ip": "b"})["ip"] == "a"


def test_pairs_are_taken_out_of_their_bodies():
    assert pair({"request": {"body": '{"a": 1}'}, "response": {"body": {"b": 2}}}) == ({"a": 1}, {"b": 2})
    assert pair({"request_body": '{"a": 1}', "response_body": "x"}) == ({"a": 1}, "x")
    assert pair({}) == (None, None)
