"""SVG elements as escaped markup."""

from markupsafe import Markup, escape

from stillwatch.findings.visible import show_controls


def element(name: str, *children: object, **attributes: object) -> Markup:
    """Build one SVG element; attribute values and texts are escaped, `Markup` children are kept.

    Parameters
    ----------
    attributes
        `aria_label` becomes `aria-label`, `class_` becomes `class`; numbers are written with at most 2 decimals.
    """
    written = "".join(f' {_attribute(key)}="{escape(_value(value))}"' for key, value in attributes.items())
    return Markup("<{0}{1}>{2}</{0}>").format(name, Markup(written), Markup("").join(map(_child, children)))  # noqa: S704 - escaped above


def captioned(slot: str, title: str, description: str, *children: object, **attributes: object) -> Markup:
    """Build an SVG image that a screen reader announces by its title and description.

    Parameters
    ----------
    slot
        What no other image of the page is called; the ids are made of it.
    """
    return element(
        "svg",
        element("title", title, id=f"{slot}-title"),
        element("desc", description, id=f"{slot}-desc"),
        *children,
        role="img",
        aria_labelledby=f"{slot}-title {slot}-desc",
        **attributes,
    )


def _child(child: object) -> str:
    return child if isinstance(child, Markup) else show_controls(str(child))


def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _value(value: object) -> object:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else value


def percent(share: float) -> str:
    """Write a share (0-1) of the width as SVG takes it, with two decimals."""
    return f"{_value(100 * share)}%"
