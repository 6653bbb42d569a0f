import pytest

from stillwatch.worlds.honest.office import Office


@pytest.mark.parametrize("declared", [True, False])
def test_an_office_shares_gate_card_and_domain(fortnight, declared):
    seats = Office(seats=12, declared=declared).accounts(fortnight, 5)
    assert len({seat.payment_hash for seat in seats}) == len({seat.email_domain for seat in seats}) == 1
    assert len({seat.addresses[0] for seat in seats}) == len({seat.country for seat in seats}) == 1
    assert {seat.org_id for seat in seats} == ({"org_0000000000000005"} if declared else {None})


def test_its_people_ask_things_of_their_own_in_office_hours(fortnight, record):
    frame = record(Office(seats=24).accounts(fortnight, 5))
    assert frame["prompt_text"].n_unique() > 0.8 * frame.height
    assert (frame["asked_at"].dt.weekday() > 5).mean() < 0.1
    assert frame["org_id"].n_unique() == 1


def test_a_quarter_of_the_seats_are_coding_agents(fortnight):
    clients = [seat.habits.client for seat in Office(seats=40).accounts(fortnight, 5)]
    assert (clients.count("agent"), clients.count("chat")) == (10, 30)


def test_two_offices_share_nothing(fortnight):
    one, two = (Office(seats=3).accounts(fortnight, seed)[0] for seed in (5, 6))
    assert one.payment_hash != two.payment_hash
    assert one.email_domain != two.email_domain
    assert one.addresses[0] != two.addresses[0]
    assert one.org_id != two.org_id
