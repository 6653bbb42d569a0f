from stillwatch import errors, log_errors, state_errors, world_errors
from stillwatch.log_errors import TooManyBadRows, WrongFormat


def test_an_error_is_declared_in_one_place():
    others = {name for module in (errors, state_errors, world_errors) for name in vars(module) if name[0].isupper()}
    assert others & set(vars(log_errors)) <= {"Fault", "Sequence", "StillwatchError", "Unknown"}


def test_rows_set_aside_are_told_by_reason():
    told = TooManyBadRows((43, 900), [("not JSON", 42, "a:7"), ("no id", 1, "a:90")], 0.02)
    assert told.where == "43 of the first 900 rows"
    assert told.found == "1. not JSON (42 rows, first at a:7); 2. no id (1 row, first at a:90)"


def test_a_wrong_format_names_the_right_one():
    assert WrongFormat("a.jsonl", "openai", "native").try_ == "leave `--format` out, or name `native`"
