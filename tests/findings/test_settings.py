import dataclasses

import pytest

from stillwatch.findings.settings import Declared, Judging


@pytest.mark.parametrize(
    "name", ["false_discovery_rate", "least_overdispersion", "steadiest_rhythm", "harvest_quantile"]
)
def test_shares_lie_between_none_and_all(name):
    assert 0 < getattr(Judging(), name) < 1


def test_nothing_is_excused_unless_declared():
    assert all(
        not getattr(Declared(), field.name) for field in dataclasses.fields(Declared) if field.name != "currency"
    )


def test_every_setting_has_its_reason():
    for kind in (Judging, Declared):
        for field in dataclasses.fields(kind):
            assert field.name in (kind.__doc__ or ""), field.name
