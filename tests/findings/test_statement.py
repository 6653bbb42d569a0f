import dataclasses
import typing
from datetime import UTC, datetime

import msgspec
import pytest

from stillwatch.findings import statement
from stillwatch.findings.statement import Finding, Member, Release, Taken

AT = datetime(2026, 2, 3, 4, 5, 6, 789_000, tzinfo=UTC)
DECLARED = [kind for kind in vars(statement).values() if dataclasses.is_dataclass(kind)]


def sample(kind):
    """Build a value of any declared type from its annotations: every field is filled, no tuple is empty."""
    if dataclasses.is_dataclass(kind):
        return kind(**{name: sample(of) for name, of in typing.get_type_hints(kind).items()})
    if typing.get_origin(kind) is tuple:
        return tuple(sample(of) for of in typing.get_args(kind) if of is not Ellipsis)
    if type(None) in typing.get_args(kind):
        return sample(next(of for of in typing.get_args(kind) if of is not type(None)))
    return {str: "a", int: 7, float: 1.5, bool: True, datetime: AT}[kind]


@pytest.mark.parametrize("kind", DECLARED)
def test_statements_are_values_that_cannot_be_changed(kind):
    value = sample(kind)
    assert value == sample(kind)
    assert hash(value) == hash(sample(kind))
    field = dataclasses.fields(kind)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, field, sample(kind))


@pytest.mark.parametrize("kind", DECLARED)
def test_statements_survive_json(kind):
    value = sample(kind)
    assert msgspec.json.decode(msgspec.json.encode(value), type=kind) == value


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Finding)])
def test_every_part_of_a_finding_is_part_of_its_identity(field):
    finding = sample(Finding)
    value = getattr(finding, field)
    other = (
        () if isinstance(value, tuple) else dataclasses.replace(value, cost=None) if isinstance(value, Taken) else None
    )
    assert dataclasses.replace(finding, **{field: other}) != finding


def test_instants_are_the_same_instant_in_any_zone():
    east = AT.astimezone(datetime.strptime("+0800", "%z").tzinfo)
    assert Release("m", AT) == Release("m", east)
    assert dataclasses.replace(sample(Member), first_seen_at=east) == sample(Member)
