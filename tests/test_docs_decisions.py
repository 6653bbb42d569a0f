import re
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "docs" / "decisions"


def test_the_index_names_every_decision_as_its_page_does():
    pages = {path.name: path.read_text(encoding="utf-8").splitlines()[0] for path in FOLDER.glob("[0-9]*.md")}
    index = re.findall(r"^- \[(\d{4})\]\((.+?)\) (.+)$", (FOLDER / "README.md").read_text(encoding="utf-8"), re.M)
    assert {name: f"# {number}: {title}" for number, name, title in index} == pages
    assert len(index) == len(pages)
