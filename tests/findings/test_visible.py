import pytest

from stillwatch.findings.visible import show_codes, show_controls


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\nc", "a\tb\nc"),
        ("a\x00b\rc", "a[U+0000]b[U+000D]c"),
        ("\u202eabc\u2066", "[U+202E]abc[U+2066]"),
        ("ze\u200bro\ufeff", "ze[U+200B]ro[U+FEFF]"),
        ("组织 👩\u200d💻 عربي", "组织 👩\u200d💻 عربي"),
        ("lone \ud800", "lone \ufffd"),
    ],
)
def test_what_acts_unseen_is_written_out_and_the_rest_is_kept(text, shown):
    assert show_controls(text) == shown


def test_codes_are_escaped_inside_and_out():
    assert show_codes("<b> `<i>` and a ` alone") == "&lt;b&gt; <code>&lt;i&gt;</code> and a ` alone"
