import numpy as np

from stillwatch.worlds.honest.migration import Migration


def test_one_firm_has_an_account_at_each_gateway(fortnight):
    before, after = Migration(people=30).accounts(fortnight, 5)
    assert before.account_id != after.account_id
    assert (before.email_domain, before.payment_hash, before.country) == (
        after.email_domain, after.payment_hash, after.country
    )  # fmt: skip
    people = np.concatenate([before.visits["speaker"], after.visits["speaker"]])
    assert len(np.unique(people)) <= 30
    assert len(np.intersect1d(before.visits["speaker"], after.visits["speaker"])) > 10


def test_conversations_go_on_in_the_new_account_with_the_same_history(fortnight, record):
    before, after = (record([account]) for account in Migration(people=30).accounts(fortnight, 5))
    carried = set(before["history_digests"].explode().drop_nulls()) & set(
        after["history_digests"].explode().drop_nulls()
    )
    assert carried
    signed = before["reasoning_signatures"].explode().drop_nulls(), after["reasoning_signatures"].explode().drop_nulls()
    assert set(signed[0]) & set(signed[1])


def test_the_firm_moves_in_the_middle_within_hours(fortnight):
    for seed in range(5):
        before, after = Migration(people=30).accounts(fortnight, seed)
        assert fortnight.day(14 * 0.4) <= after.visits["at"].min() <= fortnight.day(14 * 0.6 + 3)
        assert before.visits["at"].max() - after.visits["at"].min() <= fortnight.day(0.25) - fortnight.day(0)
