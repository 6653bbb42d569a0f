from datetime import UTC, datetime, timedelta

from stillwatch.traits.early_adoption import EarlyAdoption

RELEASED = datetime(2026, 3, 10, 17, tzinfo=UTC)
CASES = [
    ({"model": "m-2", "asked_at": RELEASED}, ["m-2"], "the moment of the release"),
    (
        {"model": "m-2", "asked_at": RELEASED + timedelta(hours=24, microseconds=-1)},
        ["m-2"],
        "the last of the day after",
    ),
    ({"model": "m-2", "asked_at": RELEASED + timedelta(hours=24)}, [], "a day later it is no longer new"),
    ({"model": "m-2", "asked_at": RELEASED - timedelta(microseconds=1)}, [], "those who test it before"),
    ({"model": "m-1", "asked_at": RELEASED}, [], "another model on release day"),
    ({"asked_at": RELEASED}, [], "a log that does not know the model"),
]


def test_what_is_shown(check_cases):
    check_cases(EarlyAdoption(), CASES, releases={"m-2": RELEASED})


def test_a_model_is_new_once(check_cases):
    again = RELEASED + timedelta(days=9)
    cases = [
        ({"model": "m-2", "asked_at": again}, [], "released anew"),
        ({"model": "m-2", "asked_at": RELEASED}, ["m-2"], "first"),
    ]
    check_cases(EarlyAdoption(), cases, releases=[("m-2", again), ("m-2", RELEASED)])


def test_one_try_is_not_a_move():
    assert EarlyAdoption.least_exchanges == 3
