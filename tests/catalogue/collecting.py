"""Every word that goes through gettext, read from templates and code as Django reads them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.template import engines
from django.template.base import Node
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

from tests.shared import PROJECT

HOUSES: Final = ("iria", "articles", "accounts", "newsletter")
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
    """A sentence as the source has it."""

    singular: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return (self.context, self.singular)


@dataclass(slots=True)
class Collection:
    """The messages and the files where they stand."""

    places: dict[Message, set[str]] = field(default_factory=dict)

    def add(self, message: Message, place: str) -> None:
        self.places.setdefault(message, set()).add(place)


def collect() -> Collection:
    """Every message of the project; the desk's own templates speak English only."""
    found = Collection()
    for file in sorted(TEMPLATES.rglob("*")):
        name = file.relative_to(TEMPLATES).as_posix()
        if file.suffix in {".html", ".txt"} and not name.startswith("admin/"):
            for message in of_template(file.read_text("utf-8")):
                found.add(message, f"templates/{name}")
    for house in HOUSES:
        for file in sorted((PROJECT / house).rglob("*.py")):
            for message in of_code(file):
                found.add(message, file.relative_to(PROJECT).as_posix())
    return found


def of_template(source: str) -> Iterator[Message]:
    """What a template says, as its tags look it up."""
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
    """What a module says through gettext; only literals can be collected."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        names = FUNCTIONS.get(node.func.id)
        if names and not isinstance(node.args[0], ast.Name):
            # A name stands for a literal that `gettext_noop` has named.
            yield Message(**{name: _literal(node, place) for place, name in enumerate(names)})


def _literal(call: ast.Call, place: int) -> str:
    given = call.args[place] if place < len(call.args) else None
    if isinstance(given, ast.Constant) and isinstance(given.value, str):
        return given.value
    sentence = f"Line {call.lineno}: gettext needs a literal, or nobody can translate it."
    raise ValueError(sentence)
