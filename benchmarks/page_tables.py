"""Writes what is measured into a page, and reads the tables of a page back for its picture."""

from pathlib import Path

BY_HAND = "## Where it falls short"


def rows_under(page: str, first: str) -> list[list[str]]:
    r"""Return the cells of the table whose first heading is `first`.

    Examples
    --------
    >>> rows_under("| a | b |\n|---|---|\n| 1 | 2 |\n\n| c |\n", "a")
    [['1', '2']]
    """
    lines = page.splitlines()
    begins = next(at for at, line in enumerate(lines) if line.startswith(f"| {first} |")) + 2
    ends = next((at for at in range(begins, len(lines)) if not lines[at].startswith("|")), len(lines))
    return [line.strip("| ").split(" | ") for line in lines[begins:ends]]


def kept(page: str) -> str:
    """Return what a page says by hand."""
    return page[page.index(BY_HAND) :] if BY_HAND in page else f"{BY_HAND}\n"


def publish(measured: str, page: Path | None) -> None:
    """Write what was measured into a page, and keep what that says by hand; without a page, print it."""
    if page is None:
        print(measured)
        return
    before = page.read_text(encoding="utf-8") if page.exists() else ""
    page.write_text(f"{measured}\n{kept(before)}", encoding="utf-8")
