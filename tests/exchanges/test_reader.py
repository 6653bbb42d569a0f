import ast
from pathlib import Path

import pytest

from stillwatch.exchanges import formats, readers
from stillwatch.exchanges.reader import how_surely
from stillwatch.tables import EXCHANGES

NAMES = [reader.name for reader in readers()]


def test_the_folder_is_the_registry():
    files = {path.stem for path in Path(formats.__path__[0]).glob("*.py")} - {"__init__"}
    assert files == set(NAMES)
    assert sorted(NAMES) == NAMES


def test_a_record_too_deep_to_be_gone_through_is_of_no_format():
    class Climber(type(readers()[0])):
        def recognises(self, record):
            return self.recognises(record)

    assert how_surely(Climber(), {}) == 0


@pytest.mark.parametrize("reader", readers(), ids=NAMES)
class TestEveryReader:
    def test_declares_its_facts(self, reader):
        assert set(reader.fills) <= set(EXCHANGES.names)
        assert {"exchange_id", "asked_at", "account_id"} <= set(reader.fills)
        assert len(set(reader.fills)) == len(reader.fills)
        for line in (reader.description, reader.advice):
            assert line
            assert "\n" not in line
            assert not line.endswith(".")

    def test_stays_small(self, reader):
        path = Path(formats.__path__[0]) / f"{reader.name}.py"
        assert len(path.read_text().splitlines()) <= 150
        assert ast.get_docstring(ast.parse(path.read_text()))

    @pytest.mark.parametrize("record", [{}, {"a": 1}, {"messages": []}, {"request": 5, "response": "x"}])
    def test_does_not_recognise_anything(self, reader, record):
        assert reader.recognises(record) == 0
