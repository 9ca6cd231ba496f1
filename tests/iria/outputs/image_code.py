"""Finds the templates and functions that render images, and whether a test has used them."""

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

from articles.images import srcset

ROOT: Final = Path(settings.BASE_DIR)
APPS: Final = ("articles", "newsletter", "iria", "accounts")
TEMPLATE_PATTERN: Final = re.compile(
    r"{% (picture|caption|credit|small_image|image_unavailable)\b|\bimage\.(address|url)\b"
)
INTERNAL_PATHS: Final = re.compile(
    r"(^|/)(desk|library|demo|synthetic)/|admin|dashboard|choos|focusing|widget|/outputs\.py"
)
"""Code for the newsroom only."""

RENDER_FUNCTIONS: Final = frozenset(
    name
    for name, each in vars(srcset).items()
    if isinstance(each, FunctionType) and each.__module__ == srcset.__name__ and name[0] != "_"
) | {"PictureFile"}
"""The functions that all code with images has to call."""


@cache
def templates() -> set[str]:
    """Public templates that render an image, its caption or its credit."""
    folder = ROOT / "templates"
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.suffix in {".html", ".txt", ".xml"}
        and TEMPLATE_PATTERN.search(path.read_text())
        and path.relative_to(folder).parts[0] != "admin"
    }


@cache
def functions() -> set[str]:
    """Public functions that render an image, as file and name."""
    return {found for app in APPS for path in (ROOT / app).rglob("*.py") for found in _in(path)}


def _in(path: Path) -> Iterator[str]:
    name = str(path.relative_to(ROOT))
    if INTERNAL_PATHS.search(name) or name in {
        "articles/images/srcset.py",
        "articles/popular/most_read.py",  # a panel of the dashboard
    }:
        return
    yield from (f"{name}: {each}" for each in rendering_functions(ast.parse(path.read_text())))


def rendering_functions(module: ast.Module) -> Iterator[str]:
    """The functions of a module that render an image, also through import aliases."""
    renamed = {
        alias.asname
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname and alias.name in RENDER_FUNCTIONS
    }
    for each in ast.walk(module):
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and any(
            _called(node) in RENDER_FUNCTIONS | renamed for node in ast.walk(each)
        ):
            yield each.name


def _called(node: ast.AST) -> str:
    match node:
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name
    return ""


class Coverage:
    """The templates and functions that were used."""

    def __init__(self) -> None:
        self.templates: set[str] = set()
        self.functions: set[str] = set()

    def missed(self) -> list[str]:
        """Code that renders images and was not used: an output that the test does not cover."""
        return sorted((templates() - self.templates) | (functions() - self.functions))


TOOL: Final = 4


@contextmanager
def record_coverage() -> Iterator[Coverage]:
    """Records all our templates and functions that are used inside the block."""
    coverage = Coverage()

    def rendered(template: Any, **signal: Any) -> None:
        coverage.templates.add(template.name)

    def started(code: CodeType, _offset: int) -> Any:
        if code.co_filename.startswith(f"{ROOT}/"):
            path = code.co_filename.removeprefix(f"{ROOT}/")
            coverage.functions.add(f"{path}: {code.co_name}")
        return sys.monitoring.DISABLE

    events = sys.monitoring.events
    sys.monitoring.use_tool_id(TOOL, "walk")
    sys.monitoring.register_callback(TOOL, events.PY_START, started)
    sys.monitoring.set_events(TOOL, events.PY_START)
    sys.monitoring.restart_events()
    template_rendered.connect(rendered)
    try:
        yield coverage
    finally:
        template_rendered.disconnect(rendered)
        sys.monitoring.set_events(TOOL, events.NO_EVENTS)
        sys.monitoring.register_callback(TOOL, events.PY_START, None)
        sys.monitoring.free_tool_id(TOOL)
