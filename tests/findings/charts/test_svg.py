from xml.etree import ElementTree as ET

from markupsafe import Markup

from stillwatch.findings.charts.svg import captioned, element, percent


def test_texts_and_attributes_are_escaped_and_markup_is_kept():
    drawn = element("text", "<&>\u202e", Markup("<b/>"), class_='"x"', aria_label="a & b", x1=1.0, y=2.345)
    assert drawn == (
        '<text class="&#34;x&#34;" aria-label="a &amp; b" x1="1" y="2.35">&lt;&amp;&gt;[U+202E]<b/></text>'
    ).replace("2.35", f"{2.345:.2f}")


def test_a_captioned_image_is_announced_by_its_title_and_description():
    tree = ET.fromstring(captioned("c1-graph", "Accounts", "3 accounts", viewBox="0 0 1 1"))
    assert tree.get("role") == "img"
    named = {child.get("id"): child.text for child in tree}
    assert [named[name] for name in tree.get("aria-labelledby").split()] == ["Accounts", "3 accounts"]


def test_percent_keeps_two_decimals():
    assert [percent(part) for part in (0.0, 0.5, 1 / 3, 1.0)] == ["0%", "50%", "33.33%", "100%"]
