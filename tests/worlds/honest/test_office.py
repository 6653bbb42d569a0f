import pytest

from stillwatch.worlds.honest import Office
from stillwatch.worlds.stories.background import FORTNIGHT


@pytest.mark.parametrize("declared", [True, False])
def test_an_office_shares_gate_card_and_domain(record, declared):
    seats = Office(12, declared=declared).accounts(FORTNIGHT, 5)
    assert len(seats) == 12
    assert len({seat.payment_hash for seat in seats}) == len({seat.email_domain for seat in seats}) == 1
    assert len({seat.addresses[0] for seat in seats}) == 1
    assert {seat.org_id for seat in seats} == ({"org_0000000000000005"} if declared else {None})
    frame = record(seats)
    assert frame["prompt_text"].n_unique() > 0.8 * frame.height
    assert ((frame["asked_at"].dt.weekday() > 5).mean() or 0) < 0.2


def test_two_offices_share_nothing():
    one, two = (Office(3).accounts(FORTNIGHT, seed)[0] for seed in (5, 6))
    assert one.payment_hash != two.payment_hash
    assert one.addresses[0] != two.addresses[0]
    assert one.org_id != two.org_id
