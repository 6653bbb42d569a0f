from dataclasses import FrozenInstanceError

import pytest

from stillwatch.exchanges.reading import Reading


def test_the_defaults_bound_memory_and_bad_rows():
    assert Reading() == Reading(largest_bad_share=0.05, batch_rows=16_384, batch_bytes=32_000_000)
    with pytest.raises(FrozenInstanceError):
        Reading().batch_rows = 1
