"""The structure rules of the house style, each shown to catch a tree that breaks it."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ORDER = ["error_form", "errors", "log_errors", "world_errors", "columns", "tables", "engine", "exchanges", "marks",
         "traits", "links", "campaigns", "findings", "responses", "guard", "server", "sharing", "proof"]  # fmt: skip
SEEN_BY_WORLDS = {
    "errors", "world_errors", "columns", "tables", "engine", "folder", "progress", "settings_table", "worlds",
}  # fmt: skip
ENGINES = {"duckdb", "pyspark"}
VAGUE = r"(utils?|helpers?|common|misc|core|managers?|processors?|handlers?)"
HEAVY = ["numba", "llvmlite", "duckdb", "pyarrow", "networkit", "numpy", "jinja2", "rich"]
LINES = {"where", "found", "needed", "try_"}


def sources(root: Path) -> Iterator[tuple[Path, ast.Module]]:
    """Every source file, its path from the package on, and its tree."""
    package = root / "src/stillwatch"
    for path in sorted(package.rglob("*.py")):
        yield path.relative_to(package), ast.parse(path.read_text(encoding="utf-8"))


def nodes(root: Path, *kinds: type[ast.AST]) -> Iterator[tuple[Path, ast.AST]]:
    return ((path, node) for path, tree in sources(root) for node in ast.walk(tree) if isinstance(node, kinds))


def imported(node: ast.AST) -> list[str]:
    """Dotted names that one import statement may bring in."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return ["." * node.level + f"{node.module or ''}.{alias.name}" for alias in node.names]


def imports_backwards(root: Path) -> Iterator[str]:
    """A stage imports only from itself and from stages before it; what stands outside the order, only from outside."""
    for path, node in nodes(root, ast.Import, ast.ImportFrom):
        here = path.parts[0].removesuffix(".py")
        for name in imported(node):
            there = [*name.split("."), ""][1]
            if name.startswith("."):
                yield f"{path}:{node.lineno} imports {name} without saying from where"
            if name.split(".")[0] != "stillwatch" or here == there or there.startswith("__"):
                continue
            if here == "worlds" and there not in SEEN_BY_WORLDS:
                yield f"{path}:{node.lineno} worlds import {there}"
            if here in ORDER and there not in ORDER[: ORDER.index(here)]:
                yield f"{path}:{node.lineno} {here} imports {there}"


def engines_named(root: Path) -> Iterator[str]:
    """Nothing outside `engine/` imports an engine, in whatever way."""
    for path, node in nodes(root, ast.Import, ast.ImportFrom, ast.Call):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            names = [str(a.value) for a in node.args if isinstance(a, ast.Constant)] if "import" in called else []
        else:
            names = imported(node)
        if path.parts[0] != "engine" and ENGINES & {name.split(".")[0] for name in names}:
            yield f"{path}:{node.lineno} imports an engine"


def partners(root: Path) -> Iterator[str]:
    """Every source file has its test file; a test of a source that is gone fails at its own import."""
    for path, _ in sources(root):
        if path.name not in {"__init__.py", "__main__.py"}:
            test = Path("tests") / path.parent / f"test_{path.stem.removeprefix('_')}.py"
            if not (root / test).exists():
                yield f"{path} has no {test}"


def folder_docstrings(root: Path) -> Iterator[str]:
    """Every folder says in at most two lines what it takes and gives."""
    trees = dict(sources(root))
    for folder in sorted({path.parent for path in trees}):
        text = ast.get_docstring(trees.get(folder / "__init__.py", ast.Module([], []))) or ""
        if not 1 <= len(text.splitlines()) <= 2:
            yield f"{folder}/__init__.py says in {len(text.splitlines())} lines what the folder takes and gives"


def wording(node: ast.expr) -> str:
    """The text of a literal, with ¤ for what only a run can fill in."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "¤" for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else "¤"


def problem_faults(text: str) -> Iterator[str]:
    bare = re.sub(r"`[^`]*`", "¤", text)
    if not re.match(r"[a-z0-9¤]", bare):
        yield "does not begin in lower case"
    if re.search(r"[.!?;]$|[.!?;]\s|\n", bare):
        yield "is more than one clause"
    if re.search(r"\w_\w|[\"“”]|(?<!\w)'|'(?!\w)", bare):
        yield "has a name without backticks"


def error_form(root: Path) -> Iterator[str]:
    """Every error is told in five lines, and its problem is one lower-case clause with names in backticks."""
    for path, node in nodes(root, ast.Call):
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        if not {"needed", "try_"} & set(given):
            continue
        if set(given) != LINES or len(node.args) != 1:
            yield f"{path}:{node.lineno} gives {sorted(map(str, given))} and not a problem with its four lines"
            continue
        for line in LINES:
            if wording(given[line]).strip() in {"", "None"}:
                yield f"{path}:{node.lineno} `{line}` is empty"
        yield from (f"{path}:{node.lineno} the problem {fault}" for fault in problem_faults(wording(node.args[0])))


def raised_and_caught(root: Path) -> Iterator[str]:
    """Nothing is raised without text, and nothing is caught that was not foreseen."""
    ours = {node.name for _, node in nodes(root, ast.ClassDef)}
    for path, node in nodes(root, ast.Raise, ast.ExceptHandler):
        if isinstance(node, ast.ExceptHandler):
            kinds = ["BaseException"] if node.type is None else [ast.unparse(kind) for kind in ast.walk(node.type)]
            if {"Exception", "BaseException"} & set(kinds):
                yield f"{path}:{node.lineno} catches everything"
            continue
        text = ast.unparse(node.exc) if node.exc else "_"
        if re.fullmatch(r"(\w+\.)*[A-Z]\w*(\(\))?", text) and text.removesuffix("()") not in ours | {"typer.Exit"}:
            yield f"{path}:{node.lineno} raises {text} without text"


def vague_names(root: Path) -> Iterator[str]:
    """No file or folder has a name that says nothing."""
    for path, _ in sources(root):
        yield from (f"{path} says nothing" for part in path.with_suffix("").parts if re.fullmatch(VAGUE, part))


def sizes(root: Path) -> Iterator[str]:
    """No file is longer than 300 lines, no function longer than 60."""
    for path, _ in sources(root):
        lines = (root / "src/stillwatch" / path).read_text(encoding="utf-8").count("\n")
        if lines > 300:
            yield f"{path} has {lines} lines"
    for path, node in nodes(root, ast.FunctionDef, ast.AsyncFunctionDef):
        lines = node.end_lineno - node.lineno + 1
        if lines > 60:
            yield f"{path}:{node.lineno} {node.name} has {lines} lines"


def schemas(root: Path) -> Iterator[str]:
    """Every schema follows from a declaration: none is written out by hand."""
    for path, node in nodes(root, ast.Call):
        if ast.unparse(node.func) not in {"pa.schema", "pyarrow.schema", "schema"} or not node.args:
            continue
        by_hand = isinstance(node.args[0], ast.List | ast.Tuple | ast.Dict)
        if by_hand and path.parts[0] not in {"tables.py", "engine"}:
            yield f"{path}:{node.lineno} writes a schema by hand"


def prints(root: Path) -> Iterator[str]:
    for path, node in nodes(root, ast.Call):
        if ast.unparse(node.func) in {"print", "builtins.print", "pprint", "pprint.pprint"}:
            yield f"{path}:{node.lineno} prints"


def words(root: Path) -> tuple[list[str], set[str]]:
    """The names made of several words that docs/words.md lists, and the words that it refuses."""
    rows = re.findall(r"^\| ([^|]+) \|[^|]+\|([^|]*)\|$", (root / "docs/words.md").read_text(encoding="utf-8"), re.M)
    terms = [term.strip().replace(" ", "_") for term, _ in rows]
    return [term for term in terms if "_" in term], {
        word for _, refused in rows for word in re.findall(r"`(\w+)`", refused)
    }


def refused_words(root: Path) -> Iterator[str]:
    """No class or function bears a word that docs/words.md refuses; readers may, where a log's format does."""
    compounds, refused = words(root)
    for path, node in nodes(root, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef):
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", node.name).lower()
        for compound in compounds:
            name = name.replace(compound, "")
        for word in name.split("_"):
            if path.parts[0] != "exchanges" and {word, word.removesuffix("s")} & refused:
                yield f"{path}:{node.lineno} {node.name} says {word}"


WRONG: list[tuple[Callable[[Path], Iterator[str]], str, str, str]] = [
    (imports_backwards, "links/weigh.py", "from stillwatch.campaigns.gather import x", "links imports campaigns"),
    (imports_backwards, "links/weigh.py", "def f():\n    import stillwatch.findings.state", "links imports findings"),
    (imports_backwards, "columns.py", "from stillwatch import tables", "columns imports tables"),
    (imports_backwards, "marks/mark.py", "from stillwatch.scanning import x", "marks imports scanning"),
    (imports_backwards, "marks/mark.py", "from ..links import x", "without saying from where"),
    (imports_backwards, "worlds/make.py", "from stillwatch.traits import x", "worlds import traits"),
    (imports_backwards, "worlds/make.py", "from stillwatch.settings import x", "worlds import settings"),
    (imports_backwards, "worlds/score.py", "def f():\n    from stillwatch import scanning", "worlds import scanning"),
    (engines_named, "marks/mark.py", "import duckdb", "imports an engine"),
    (engines_named, "marks/mark.py", "def f():\n    from pyspark.sql import types", "imports an engine"),
    (engines_named, "marks/mark.py", "importlib.import_module('duckdb')", "imports an engine"),
    (partners, "marks/mark.py", "", "has no tests/marks/test_mark.py"),
    (folder_docstrings, "marks/mark.py", "", "marks/__init__.py says in 0 lines"),
    (folder_docstrings, "marks/__init__.py", '"""One.\n\nThree.\n"""', "in 3 lines"),
    (error_form, "a.py", "E('no rows', where='a', found='b', needed='c')", "four lines"),
    (error_form, "a.py", "E('no rows', where='a', found='b', needed=' ', try_='d')", "`needed` is empty"),
    (error_form, "a.py", "E('No rows', where='a', found='b', needed='c', try_='d')", "lower case"),
    (error_form, "a.py", "E('no rows.', where='a', found='b', needed='c', try_='d')", "more than one clause"),
    (error_form, "a.py", "E(f'{n} rows. Why', where='a', found='b', needed='c', try_='d')", "more than one clause"),
    (error_form, "a.py", "E('no asked_at', where='a', found='b', needed='c', try_='d')", "without backticks"),
    (error_form, "a.py", "E(f\"no '{n}'\", where='a', found='b', needed='c', try_='d')", "without backticks"),
    (raised_and_caught, "a.py", "try:\n    f()\nexcept Exception:\n    pass", "catches everything"),
    (raised_and_caught, "a.py", "try:\n    f()\nexcept:\n    pass", "catches everything"),
    (raised_and_caught, "a.py", "try:\n    f()\nexcept (OSError, BaseException):\n    pass", "catches everything"),
    (raised_and_caught, "a.py", "raise ValueError", "without text"),
    (raised_and_caught, "a.py", "raise ValueError()", "without text"),
    (vague_names, "marks/utils.py", "", "says nothing"),
    (vague_names, "core/marks.py", "", "says nothing"),
    (sizes, "a.py", "x = 1\n" * 301, "a.py has 301 lines"),
    (sizes, "a.py", "def f():\n" + "    x = 1\n" * 60, "f has 61 lines"),
    (schemas, "links/weigh.py", "pa.schema([('a', pa.int64())])", "by hand"),
    (schemas, "links/weigh.py", "pa.schema({'a': pa.int64()})", "by hand"),
    (prints, "a.py", "print('x')", "prints"),
    (refused_words, "a.py", "class UserCluster: pass", "says cluster"),
    (refused_words, "a.py", "async def count_users(): pass", "says users"),
    (refused_words, "a.py", "class UserAgentOfUser: pass", "says user"),
]
RULES = sorted({rule for rule, *_ in WRONG}, key=lambda rule: rule.__name__)
RIGHT = """
try:
    f()
except OSError as error:
    raise Unreadable("`a.jsonl` can't be read", where="logs", found=f"{error}", needed="bytes", try_="ask") from error
class UserAgent: pass
class Unreadable(StillwatchError): pass
def f(schema, table):
    from stillwatch.errors import StillwatchError
    if table: raise Unreadable()
    return pa.schema(schema), table.schema, pa.schema([column.field for column in schema])
"""


def tree(root: Path, path: str, text: str) -> Path:
    for name, body in [("src/stillwatch/" + path, text), ("docs/words.md", (ROOT / "docs/words.md").read_text())]:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(body)
    return root


@pytest.mark.parametrize("rule", RULES)
def test_the_repository_keeps(rule):
    assert list(rule(ROOT)) == []


@pytest.mark.parametrize(("rule", "path", "text", "fault"), WRONG)
def test_a_wrong_tree_is_caught(rule, path, text, fault, tmp_path):
    assert any(fault in found for found in rule(tree(tmp_path, path, text)))


@pytest.mark.parametrize("rule", RULES)
def test_a_right_tree_is_not(rule, tmp_path):
    tree(tmp_path, "links/__init__.py", '"""Takes traits; gives links."""')
    (tmp_path / "tests/links").mkdir(parents=True)
    (tmp_path / "tests/links/test_weigh.py").touch()
    assert list(rule(tree(tmp_path, "links/weigh.py", RIGHT))) == []


def loaded(code: str) -> set[str]:
    command = [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return {name for name in run.stdout.split() if name in HEAVY}


def test_importing_the_package_loads_nothing_heavy():
    assert loaded("import stillwatch") == set()
    assert loaded("import stillwatch.tables") >= {"pyarrow"}


def test_tests_are_collected_without_the_extra():
    """`make test` installs no Spark: a file that imports it as it is read would stop all tests."""
    files = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "src").rglob("*.py")]
    assert [str(path) for path in files if re.search(r"^(import|from) pyspark\b", path.read_text(), re.MULTILINE)] == []


def test_constraints_name_no_place_and_hash_everything():
    for name in ["constraints.txt", "constraints-dev.txt", "constraints-spark.txt"]:
        text = (ROOT / name).read_text()
        assert not re.search(r"://|index|find-links|@", text)
        assert all("--hash=sha256:" in pin for pin in re.split(r"\n(?=\S)", text))
        assert all(re.match(r"[a-z0-9-]+==\S+ ", pin) for pin in re.split(r"\n(?=\S)", text))


def test_fewer_than_ten_packages_are_needed_to_install_the_core():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    pinned = (ROOT / "constraints.txt").read_text()
    assert len(declared) < 10
    assert all(re.search(rf"^{re.match('[a-z0-9-]+', name)[0]}==", pinned, re.M) for name in declared)
