"""Tools of a world as programs declare and call them: what each takes, and an example of it."""

from functools import cache
from typing import Any

import msgspec

_TAKES = {
    "read_file": {"path": "src/main.py"},
    "open_file": {"path": "src/main.py"},
    "edit_file": {"path": "src/main.py", "patch": "@@ -1 +1 @@"},
    "apply_diff": {"path": "src/main.py", "diff": "@@ -1 +1 @@"},
    "grep": {"pattern": "def main", "path": "src"},
    "list_dir": {"path": "src"},
    "shell": {"command": "git status"},
    "run_command": {"command": "git status"},
    "run_tests": {"path": "tests"},
    "lookup_order": {"order": "10428"},
    "create_ticket": {"subject": "Delivery", "text": "The parcel has not come."},
    "refund": {"order": "10428", "reason": "damaged"},
    "query_table": {"query": "SELECT count(*) FROM orders"},
    "plot": {"table": "orders", "kind": "line"},
}
_ELSE = {"query": "opening hours"}


def arguments(name: str) -> dict[str, str]:
    """Return what a call of the tool gives it."""
    return _TAKES.get(name, _ELSE)


@cache
def arguments_text(name: str) -> str:
    """Return what a call of the tool gives it, as the JSON text that some providers write."""
    return msgspec.json.encode(arguments(name)).decode()


@cache
def described(name: str) -> str:
    """Return what the tool's declaration says of it."""
    return f"{name.replace('_', ' ').capitalize()}."


@cache
def schema(name: str) -> dict[str, Any]:
    """Return the JSON schema of what the tool takes."""
    takes = arguments(name)
    fields = {field: {"type": "string"} for field in takes}
    return {"type": "object", "properties": fields, "required": list(takes)}
