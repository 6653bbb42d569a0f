from stillwatch import errors, log_errors, state_errors, world_errors
from stillwatch.state_errors import StateMismatch


def test_an_error_is_declared_in_one_place():
    others = {name for module in (errors, log_errors, world_errors) for name in vars(module) if name[0].isupper()}
    assert others & set(vars(state_errors)) <= {"Fault"}


def test_all_terms_that_differ_are_numbered():
    assert StateMismatch("kept", ["one", "another"]).found == "1. one; 2. another"
