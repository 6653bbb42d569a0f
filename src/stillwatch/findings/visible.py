"""Makes the text of others safe to look at: what would act on the page unseen is written out."""

import re

from markupsafe import Markup, escape

_CONTROLS = (*(code for code in range(0x20) if code not in (0x09, 0x0A)), *range(0x7F, 0xA0))
_TURNING = (0x61C, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_SHOWN = {code: f"[U+{code:04X}]" for code in (*_CONTROLS, *_TURNING)} | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def show_controls(text: str) -> str:
    r"""Write out control characters, and those that turn or hide the letters around them.

    Examples
    --------
    >>> show_controls("acct\u202egpj.exe\x1b[31m")
    'acct[U+202E]gpj.exe[U+001B][31m'
    """
    return text.translate(_SHOWN)


def show_codes(text: str) -> Markup:
    """Escape a text, and set what stands between backticks as code.

    Examples
    --------
    >>> show_codes("no `ja4` in <these> logs")
    Markup('no <code>ja4</code> in &lt;these&gt; logs')
    """
    parts = re.split(r"`([^`\n]+)`", show_controls(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if index % 2 else escape(part) for index, part in enumerate(parts)
    )
