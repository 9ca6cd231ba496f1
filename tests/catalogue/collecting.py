"""Collects the messages that templates and code pass to gettext."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.template import engines
from django.template.base import Node
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

from tests.shared import PROJECT

APPS: Final = ("iria", "articles", "accounts", "newsletter")
FUNCTIONS: Final = {
    "gettext": ("singular",),
    "gettext_lazy": ("singular",),
    "gettext_noop": ("singular",),
    "ngettext": ("singular", "plural"),
    "ngettext_lazy": ("singular", "plural"),
    "pgettext": ("context", "singular"),
    "pgettext_lazy": ("context", "singular"),
}
TEMPLATES: Final = PROJECT / "templates"


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it is written in the source."""

    singular: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return (self.context, self.singular)


@dataclass(slots=True)
class Collection:
    """The messages and the files in which they are."""

    places: dict[Message, set[str]] = field(default_factory=dict)

    def add(self, message: Message, place: str) -> None:
        self.places.setdefault(message, set()).add(place)


def collect() -> Collection:
    """Every message of the project; the templates of the admin are in English only."""
    collection = Collection()
    for file in sorted(TEMPLATES.rglob("*")):
        name = file.relative_to(TEMPLATES).as_posix()
        if file.suffix in {".html", ".txt"} and not name.startswith("admin/"):
            for message in of_template(file.read_text("utf-8")):
                collection.add(message, f"templates/{name}")
    for app in APPS:
        for file in sorted((PROJECT / app).rglob("*.py")):
            for message in of_code(file):
                collection.add(message, file.relative_to(PROJECT).as_posix())
    return collection


def of_template(source: str) -> Iterator[Message]:
    """The messages of a template, as its tags look them up."""
    tree: Any = engines["django"].engine.from_string(source)  # type: ignore[attr-defined]
    for node in tree.nodelist.get_nodes_by_type(Node):
        if isinstance(node, TranslateNode):
            yield from _of_tag(node)
        elif isinstance(node, BlockTranslateNode):
            yield _of_block(node)


def _of_tag(node: Any) -> Iterator[Message]:
    literal = getattr(node.filter_expression.var, "literal", None)
    if isinstance(literal, str):
        context = str(node.message_context.var) if node.message_context else ""
        yield Message(literal.replace("%", "%%"), context=context)


def _of_block(node: Any) -> Message:
    singular, _names = node.render_token_list(node.singular)
    plural = node.render_token_list(node.plural)[0] if node.plural else ""
    context = str(node.message_context.var) if node.message_context else ""
    return Message(singular, plural, context)


def of_code(file: Path) -> Iterator[Message]:
    """The messages of a module; only literals can be collected."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        names = FUNCTIONS.get(node.func.id)
        if names and not isinstance(node.args[0], ast.Name):
            # A name stands for a literal that was marked with `gettext_noop`.
            yield Message(**{name: _literal(node, position) for position, name in enumerate(names)})


def _literal(call: ast.Call, position: int) -> str:
    argument = call.args[position] if position < len(call.args) else None
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    raise ValueError(f"Line {call.lineno}: gettext needs a literal, or nobody can translate it.")
