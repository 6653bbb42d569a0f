import errno

import pytest

from stillwatch.error_form import Fault, StillwatchError, Unknown


class Broken(Fault):
    told, wanted, advice = "a thing is broken", "a whole one", "mend it"


class Stranger(Unknown):
    told, place, advice = "there is no thing", "the list", "look there"


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        (Broken("here", "a crack"), ["a thing is broken", "here", "a crack", "a whole one", "mend it"]),
        (Broken(3, ["a", "b"]), ["a thing is broken", "3", "1. a; 2. b", "a whole one", "mend it"]),
        (Stranger("x", ["a", "b"]), ["there is no thing `x`", "the list", "`x`", "one of a, b", "look there"]),
    ],
)
def test_an_error_is_told_in_five_lines(error, lines):
    labels = ("", "  where:  ", "  found:  ", "  needed: ", "  try:    ")
    assert isinstance(error, StillwatchError)
    assert str(error).splitlines() == [label + line for label, line in zip(labels, lines, strict=True)]


@pytest.mark.parametrize(
    ("error", "found"),
    [
        (OSError(errno.ENOSPC, "Error writing bytes to file"), "No space left on device"),
        (OSError("a crack"), "a crack"),
    ],
)
def test_what_the_system_says_is_told_as_a_fault(error, found):
    def fail():
        with Broken.told_of("here"):
            raise error

    with pytest.raises(Broken) as told:
        fail()
    assert (told.value.where, told.value.found) == ("here", found)
