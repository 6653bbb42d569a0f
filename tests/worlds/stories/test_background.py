from stillwatch.worlds.calls import OLD_MODELS
from stillwatch.worlds.stories.background import FORTNIGHT, PRICES, RELEASE, STRANGERS


def test_strangers_are_about_three_hundred():
    accounts = sum(len(kind.accounts(FORTNIGHT, 1)) * count for kind, count in STRANGERS)
    assert 280 <= accounts <= 320


def test_every_model_has_a_price_and_the_release_falls_within():
    assert set(PRICES) == {*OLD_MODELS, RELEASE.model}
    assert FORTNIGHT.first < RELEASE.at
    assert RELEASE.at.timestamp() * 1e6 < FORTNIGHT.end_us
