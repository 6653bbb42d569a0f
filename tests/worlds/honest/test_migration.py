import numpy as np

from stillwatch.worlds.honest import Migration
from stillwatch.worlds.stories.background import FORTNIGHT


def test_conversations_go_on_under_the_second_account(record):
    before, after = Migration(30).accounts(FORTNIGHT, 5)
    assert before.email_domain == after.email_domain
    assert before.payment_hash == after.payment_hash
    assert before.visits["at"].max() < after.visits["at"].max()
    continued = np.intersect1d(before.visits["talk"], after.visits["talk"])
    assert len(continued) > 0
    one, two = (
        record([account]).explode("history_digests")["history_digests"].drop_nulls() for account in (before, after)
    )
    assert set(one) & set(two)


def test_the_move_takes_about_a_day():
    before, after = Migration(30).accounts(FORTNIGHT, 5)
    assert before.visits["at"].max() - after.visits["at"].min() < FORTNIGHT.day(1) - FORTNIGHT.day(0)
