"""Where the code draws pictures, found in templates and functions, and whether a walk came past it."""

import ast
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, Final

from django.conf import settings
from django.test.signals import template_rendered

from articles.images import html, srcset

ROOT: Final = Path(settings.BASE_DIR)
HOUSES: Final = ("articles", "newsletter", "iria", "accounts")
IN_A_TEMPLATE: Final = re.compile(
    r"{% (picture|caption|credit|image_with_credit|image_unavailable)\b|\bimage\.(address|url)\b"
)
OF_THE_DESK: Final = re.compile(
    r"(^|/)(desk|library|demo|synthetic)/|admin|choos|focusing|widget|/outputs\.py"
)
"""What only the newsroom sees, and what only gathers outputs."""

DRAWING: Final = frozenset(
    name
    for module in (srcset, html)
    for name, each in vars(module).items()
    if isinstance(each, FunctionType) and each.__module__ == module.__name__ and name[0] != "_"
) | {"PictureFile"}
"""What everything that shows a picture has to call."""


@cache
def templates() -> set[str]:
    """Templates for readers that draw a picture, its caption or its credit."""
    folder = ROOT / "templates"
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.suffix in {".html", ".txt", ".xml"}
        and IN_A_TEMPLATE.search(path.read_text())
        and path.relative_to(folder).parts[0] != "admin"
    }


@cache
def functions() -> set[str]:
    """Functions for readers that draw a picture, as file and name."""
    return {
        found for house in HOUSES for path in (ROOT / house).rglob("*.py") for found in _in(path)
    }


def _in(path: Path) -> Iterator[str]:
    name = str(path.relative_to(ROOT))
    if OF_THE_DESK.search(name) or name in {
        "articles/images/srcset.py",
        "articles/images/html.py",
    }:
        return
    yield from (f"{name}: {each}" for each in drawing_in(ast.parse(path.read_text())))


def drawing_in(module: ast.Module) -> Iterator[str]:
    """Its functions that draw a picture, under whatever name they know what draws it."""
    renamed = {
        alias.asname
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname and alias.name in DRAWING
    }
    for each in ast.walk(module):
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and any(
            _called(node) in DRAWING | renamed for node in ast.walk(each)
        ):
            yield each.name


def _called(node: ast.AST) -> str:
    match node:
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name
    return ""


class Passed:
    """What a walk came past."""

    def __init__(self) -> None:
        self.templates: set[str] = set()
        self.functions: set[str] = set()

    def missed(self) -> list[str]:
        """Whatever draws pictures and was never reached: an output that the walk does not know."""
        return sorted((templates() - self.templates) | (functions() - self.functions))


TOOL: Final = 4


@contextmanager
def watched() -> Iterator[Passed]:
    """Notes every template and every function of ours that is used meanwhile."""
    passed = Passed()

    def rendered(template: Any, **signal: Any) -> None:
        passed.templates.add(template.name)

    def started(code: CodeType, _offset: int) -> Any:
        if code.co_filename.startswith(f"{ROOT}/"):
            place = code.co_filename.removeprefix(f"{ROOT}/")
            passed.functions.add(f"{place}: {code.co_name}")
        return sys.monitoring.DISABLE

    events = sys.monitoring.events
    sys.monitoring.use_tool_id(TOOL, "walk")
    sys.monitoring.register_callback(TOOL, events.PY_START, started)
    sys.monitoring.set_events(TOOL, events.PY_START)
    sys.monitoring.restart_events()
    template_rendered.connect(rendered)
    try:
        yield passed
    finally:
        template_rendered.disconnect(rendered)
        sys.monitoring.set_events(TOOL, events.NO_EVENTS)
        sys.monitoring.register_callback(TOOL, events.PY_START, None)
        sys.monitoring.free_tool_id(TOOL)
