import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.exchanges.mail_domain import domain_alone


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("acme.example", "acme.example"),
        ("ann@acme.example", "acme.example"),
        ("Ann.Lee+x@ACME.example", "ACME.example"),
        ("@acme.example", "acme.example"),
        ('"ann@home"@acme.example', "acme.example"),
        ("Ann Lee <ann@acme.example>", "acme.example"),
        ("ann@acme.example (Ann Lee)", "acme.example"),
        ("ann@acme.example, bob@b.example", "b.example"),
        ("ann\nlee@acme.example\nann", "acme.example"),
        ("ann@", None),
        ("ann@ (Ann Lee)", None),
        ("5f2d77aa", "5f2d77aa"),
        (None, None),
    ],
)
def test_of_an_address_its_domain_is_kept(written, kept):
    assert domain_alone(pa.array([written, "a@b"])).to_pylist() == [kept, "b"]


@given(st.text(), st.text(st.characters(exclude_characters="@", codec="utf-8")))
def test_nothing_before_the_last_at_is_kept(person, domain):
    (kept,) = domain_alone(pa.array([f"{person}@{domain}".encode("utf-8", "replace").decode()])).to_pylist()
    assert kept is None or (kept in domain and "@" not in kept)


def test_a_column_of_domains_is_not_copied():
    column = pa.array(["acme.example", None])
    assert domain_alone(column) is column
