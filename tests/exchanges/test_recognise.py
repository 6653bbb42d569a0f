import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.exchanges import Reading, readers
from stillwatch.exchanges.recognise import EMPTY, recognise_files
from stillwatch.log_errors import MissingColumn, StillwatchError, UnknownFormat

VALUES = [
    "alice@acme.example", "4111 1111 1111 1111", "Where is the nearest clinic to 12 Elm Street?", "203.0.113.7",
    "sk-proj-a1b2c3d4e5f6", "Elm",
]  # fmt: skip
MAPPING = '[columns]\nexchange_id = "id"\nasked_at = "when"\naccount_id = "who"\n'


def recognised(*paths, named=()):
    return recognise_files(paths, named, readers(), Reading())


def test_each_file_has_the_format_of_its_first_rows(written, row, samples, tmp_path):
    (tmp_path / "void.jsonl").touch()
    files = recognised(written("a.jsonl", row()), samples / "openai.jsonl", tmp_path / "void.jsonl")
    assert [file.format for file in files] == ["native", "openai", EMPTY]


def test_a_format_that_is_named_is_taken(written):
    openai = [reader for reader in readers() if reader.name == "openai"]
    assert [file.format for file in recognised(written("a.jsonl", {"request": {}}), named=openai)] == ["openai"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("values.csv", ",".join(VALUES) + "\n" + "x," * 5 + "x\n"),
        ("some_values.csv", "id,when,4111 1111 1111 1111\n1,2,3\n"),
        ("values.jsonl", json.dumps(dict.fromkeys(VALUES, 1))),
    ],
)
@pytest.mark.parametrize("mapped", [False, True])
def test_no_error_shows_what_a_customer_wrote(name, content, mapped, opened, tmp_path, stored):  # noqa: PLR0917
    (tmp_path / name).write_text(content)
    (tmp_path / "m.toml").write_text(MAPPING)
    with pytest.raises(StillwatchError) as told:
        opened(tmp_path / name, mapping=tmp_path / "m.toml" if mapped else None)
    text = str(told.value).replace(str(tmp_path), "logs")
    assert not [value for value in VALUES[:-1] if value in text]
    stored(f"{name.replace('.', '_')}{'_mapped' * mapped}.txt", f"{text}\n")


def test_columns_of_a_table_are_shown_by_their_names_alone(tmp_path):
    pq.write_table(pa.table({"exchange_id": ["x"], "alice@acme.example": [1], "asked_at": ["y"]}), tmp_path / "a")
    with pytest.raises(MissingColumn) as told:
        recognised(tmp_path / "a", named=[reader for reader in readers() if reader.name == "native"])
    assert told.value.found == "columns `exchange_id`, `asked_at` and 1 that looks like a value"


def test_a_first_row_that_is_no_json_is_told(written):
    with pytest.raises(UnknownFormat, match="a first row that is not JSON"):
        recognised(written("a.jsonl", b"nonsense\n"))


def test_all_files_of_no_known_format_are_named_at_once(written):
    paths = [written(f"{name}.jsonl", b'{"x": 1}\n') for name in "abcdefgh"]
    with pytest.raises(UnknownFormat) as told:
        recognised(*paths)
    assert told.value.where == str(paths[0])
    named = ", ".join(map(str, paths[1:6]))
    assert told.value.found == f"rows with `x`; 7 more files of no known format: {named}, ..."
    with pytest.raises(UnknownFormat, match=r"; 1 more file of no known format: \S+b\.jsonl"):
        recognised(*paths[:2])
