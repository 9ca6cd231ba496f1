"""The diagram of `docs/architecture.md` and the list of hooks in `docs/extending.md`, generated from the code.

`python -m tests.architecture` writes them into the pages; `tests/iria/test_project.py` fails if they are
outdated. `python -m tests.architecture models` prints diagrams of the data model.
"""

import ast
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.shared import PROJECT

DIAGRAMS: Final = PROJECT / "docs" / "architecture.md"
EXTENDING: Final = PROJECT / "docs" / "extending.md"
APPS: Final = ("iria", "articles", "accounts", "newsletter")
SPLIT: Final = {"articles": 2, "iria": 2}
"""Apps with a node for each package; the others are one node."""
PACKAGES: Final = {
    "iria.core",
    "iria.lab",
    "iria.operations",
    "iria.publication",
    "iria.themes",
    "iria.transfer",
}
"""Those of the project with a node of their own."""
OUTER: Final = "iria"
"""The node of settings, the admin site and the commands, which nothing imports."""


def pages() -> dict[Path, str]:
    """The pages with generated parts, as they should be."""
    return {
        DIAGRAMS: _filled(DIAGRAMS, {"packages": packages()}),
        EXTENDING: _filled(EXTENDING, {"hooks": hooks(), "signals": signals()}),
    }


def _filled(file: Path, parts: dict[str, str]) -> str:
    """The page with these parts between its markers."""
    page = file.read_text()
    for name, part in parts.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, _, rest = page.partition(begin)
        page = f"{before}{begin}{part}\n{end}{rest.partition(end)[2]}"
    return page


def hooks() -> str:
    """A table of the hooks: where each is, and its docstring."""
    rows = ["| Hook | In | What is registered |", "|---|---|---|"]
    return "\n".join([*rows, *_described("Hook")])


def signals() -> str:
    rows = ["| Signal | In | When it is sent |", "|---|---|---|"]
    return "\n".join([*rows, *_described("Signal")])


def _described(kind: str) -> Iterator[str]:
    """A row for each name of a module that is assigned `kind()`, with the text below it."""
    for app in APPS:
        for path in sorted((PROJECT / app).rglob("*.py")):
            body = ast.parse(path.read_text()).body
            module = ".".join(path.relative_to(PROJECT).with_suffix("").parts)
            for statement, after in zip(body, [*body[1:], None], strict=False):
                name = _assigned(statement, kind)
                if name:
                    text = " ".join(_text_of(after).split()).replace("|", "\\|")
                    yield f"| `{name}` | `{module}` | {text} |"


def _assigned(statement: ast.stmt, kind: str) -> str:
    """The name to which `kind()` is assigned; empty for other statements."""
    if isinstance(statement, ast.AnnAssign):
        target: ast.expr = statement.target
    elif isinstance(statement, ast.Assign):
        target = statement.targets[0]
    else:
        return ""
    value = statement.value
    if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Name)):
        return ""
    return target.id if value.func.id == kind and isinstance(target, ast.Name) else ""


def _text_of(statement: ast.stmt | None) -> str:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return str(statement.value.value)
    return ""


def packages() -> str:
    """Which package imports which: the edges that do not follow from others."""
    edges: dict[str, set[str]] = defaultdict(set)
    for app in APPS:
        for path in sorted((PROJECT / app).rglob("*.py")):
            parts = path.relative_to(PROJECT).with_suffix("").parts
            if "migrations" in parts:
                continue
            node = _node(parts)
            for imported in _imports(path):
                other = _node(tuple(imported.split(".")))
                if node and other and other not in (node, OUTER):
                    edges[node].add(other)
    lines = ["```mermaid", "flowchart TD"]
    for node in sorted(edges):
        further = set().union(*(_reachable(each, edges) for each in edges[node]))
        lines += [
            f"    {node.replace('.', '_')}[{node}] --> {other.replace('.', '_')}[{other}]"
            for other in sorted(edges[node] - further)
        ]
    return "\n".join([*lines, "```"])


def _node(parts: tuple[str, ...]) -> str:
    """The package of a module in the diagram; empty for packages without a meaning of their own."""
    app = parts[0]
    if app not in APPS:
        return ""
    if app == "iria":
        inner = ".".join(parts[:2])
        return inner if inner in PACKAGES else OUTER
    if app in SPLIT:
        is_package = len(parts) > 1 and (PROJECT / app / parts[1]).is_dir()
        is_standard = is_package and parts[1] in {"management", "templatetags"}
        return f"{app}.{parts[1]}" if is_package and not is_standard else ""
    return app


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{each.name}" for each in node.names)
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names)


def _reachable(start: str, edges: dict[str, set[str]]) -> set[str]:
    """What a node imports, directly or not."""
    found: set[str] = set()
    todo = [start]
    while todo:
        for each in edges.get(todo.pop(), set()) - found:
            found.add(each)
            todo.append(each)
    return found


def data_model() -> str:
    """A diagram for each package: its models, and the models of other packages they refer to.

    `o|` means that the relation may be empty.
    """
    from django.apps import apps

    groups: dict[str, list[Any]] = defaultdict(list)
    for model in apps.get_models():
        if model._meta.app_label in APPS:
            parts = model.__module__.split(".")
            groups[".".join(parts[:2]) if parts[0] in SPLIT else parts[0]].append(model)
    texts = []
    for name, models in sorted(groups.items()):
        lines = [f"### {name}", "", "```mermaid", "erDiagram"]
        for model in sorted(models, key=lambda each: each.__name__):
            lines += sorted(_relations(model)) or [f"    {model.__name__}"]
        texts.append("\n".join([*lines, "```"]))
    return "\n\n".join(texts)


def _relations(model: Any) -> Iterator[str]:
    for relation in (*model._meta.fields, *model._meta.local_many_to_many):
        target = relation.related_model
        if target is not None and not relation.name.endswith("_ptr"):
            many = "}o--o{" if relation.many_to_many else "}o--"
            if relation.one_to_one:
                many = "|o--"
            one = "" if relation.many_to_many else ("o|" if relation.null else "||")
            yield f"    {model.__name__} {many}{one} {target.__name__} : {relation.name}"


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iria.settings")
    django.setup()
    if sys.argv[1:] == ["models"]:
        print(data_model())
    else:
        for file, page in pages().items():
            file.write_text(page)
