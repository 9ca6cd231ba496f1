"""What is wrong with the templates of a theme.

A template that does not compile, includes or extends a file that does not exist, or lacks a block that
other pages fill is not used: readers get the built-in one. What is merely odd, such as a template that
replaces nothing, is only reported.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.template import Engine, Origin, Template, TemplateSyntaxError
from django.template.base import Variable
from django.template.defaulttags import URLNode
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode
from django.template.utils import get_app_template_dirs
from django.urls import get_resolver

from iria.core.rendering import cleared_with_themes
from iria.renamed_templates import new_name

TEXT_FILES: Final = frozenset({".html", ".txt", ".xml", ".svg", ".js"})


@dataclass(frozen=True, slots=True)
class Problem:
    """A sentence about one file of a theme."""

    file: str
    message: str
    fatal: bool = True
    """Whether the file cannot be used."""


@dataclass(frozen=True, slots=True)
class Outline:
    """The blocks of a template, and the literal names in it."""

    parents: frozenset[str]
    blocks: frozenset[str]
    outer_blocks: frozenset[str]
    """Those that are in no other block."""
    included: frozenset[str]
    urls: frozenset[str]


def unusable_templates(folder: Path) -> frozenset[str]:
    """The names of the templates in this folder for which the built-in ones are used."""
    return frozenset(each.file for each in template_problems(folder) if each.fatal)


def template_problems(folder: Path) -> tuple[Problem, ...]:
    """All problems of the templates of a theme, by file."""
    # With DEBUG somebody may be writing the theme.
    return tuple(_problems(folder)) if settings.DEBUG else _checked_once(folder)


@cache
def _checked_once(folder: Path) -> tuple[Problem, ...]:
    return tuple(_problems(folder))


cleared_with_themes.append(_checked_once.cache_clear)


def _problems(folder: Path) -> Iterator[Problem]:
    names = _names_in(folder)
    outlines: dict[str, Outline] = {}
    for name in sorted(names):
        if name.startswith("admin/"):
            yield Problem(name, "A theme cannot replace templates of the admin.")
            continue
        try:
            outlines[name] = outline(folder / name, name)
        except (TemplateSyntaxError, UnicodeDecodeError, OSError) as error:
            yield Problem(name, f"It cannot be compiled: {error}")
    used = {each for every in outlines.values() for each in every.included | every.parents}
    for name, found in outlines.items():
        yield from _problems_of(name, found, names, used)


def _problems_of(
    name: str, found: Outline, names: frozenset[str], used: set[str]
) -> Iterator[Problem]:
    for other in sorted(found.parents | found.included):
        if other not in names and built_in_file(other) is None:
            yield Problem(name, f"It uses “{other}”, which does not exist.")
    for url in sorted(found.urls):
        if ":" not in url and url not in get_resolver().reverse_dict:
            yield Problem(name, f"It links to “{url}”, and no URL has this name.")
    if built_in_file(name) is None and name not in used:
        new = new_name(name)
        hint = f"It was renamed to {new}." if new else "No page uses it."
        yield Problem(name, f"There is no built-in template of this name. {hint}", fatal=False)
    yield from _problems_of_blocks(name, found, names)


def _problems_of_blocks(name: str, found: Outline, names: frozenset[str]) -> Iterator[Problem]:
    if not found.parents:
        for block in sorted(filled_blocks(name) - found.blocks):
            yield Problem(name, f"The block “{block}” is missing, which other pages fill.")
    elif found.parents.isdisjoint(names - {name}):  # Else the theme's own template has the blocks.
        known = frozenset[str]().union(*(_all_blocks(parent) for parent in found.parents))
        # A new block inside a known one has an effect.
        for block in sorted(found.outer_blocks - known):
            message = f"The block “{block}” is in none of the templates it extends."
            yield Problem(name, message, fatal=False)


def outline(file: Path, name: str) -> Outline:
    """The outline of a template.

    Raises:
        TemplateSyntaxError
    """
    engine = Engine.get_default()
    template = Template(file.read_text(encoding="utf-8"), Origin(str(file), name), name, engine)

    def nodes(kind: type[Any]) -> list[Any]:
        return template.nodelist.get_nodes_by_type(kind)

    def literals(kind: type[Any], attribute: str) -> frozenset[str]:
        found = (_literal(getattr(each, attribute)) for each in nodes(kind))
        return frozenset(text for text in found if text)

    blocks = nodes(BlockNode)
    inner = {each.name for block in blocks for each in block.nodelist.get_nodes_by_type(BlockNode)}

    return Outline(
        parents=literals(ExtendsNode, "parent_name"),
        blocks=frozenset(each.name for each in blocks),
        outer_blocks=frozenset(each.name for each in blocks if each.name not in inner),
        included=literals(IncludeNode, "template"),
        urls=literals(URLNode, "view_name"),
    )


def _literal(expression: object) -> str:
    """The text of an expression such as "base.html" in quotation marks."""
    value = getattr(expression, "var", None)
    if isinstance(value, Variable):
        value = value.literal
    return value if isinstance(value, str) else ""


def built_in_folders() -> list[Path]:
    """The folders of the built-in templates and those of apps, in order."""
    folders: tuple[Any, ...] = get_app_template_dirs("templates")
    return [Path(each) for each in (*Engine.get_default().dirs, *folders)]


@cache
def built_in_file(name: str) -> Path | None:
    # In a template, `name.html#part` is a part of it.
    plain = name.partition("#")[0]
    files = (folder / plain for folder in built_in_folders())
    return next((file for file in files if file.is_file()), None)


@cache
def _built_in_outlines() -> dict[str, Outline]:
    """Those of the public pages and e-mails."""
    folder = Path(Engine.get_default().dirs[0])
    names = (each for each in _names_in(folder) if not each.startswith("admin/"))
    return {name: outline(folder / name, name) for name in names}


@cache
def filled_blocks(name: str) -> frozenset[str]:
    """The blocks of a built-in template that built-in templates which extend it fill."""
    outlines = _built_in_outlines()
    own = outlines[name].blocks if name in outlines else frozenset()
    return own & frozenset[str]().union(
        *(found.blocks for found in outlines.values() if name in _ancestors(found, outlines))
    )


def _ancestors(found: Outline, outlines: dict[str, Outline]) -> set[str]:
    ancestors: set[str] = set()
    for parent in found.parents:
        ancestors.add(parent)
        if parent in outlines and parent not in ancestors - {parent}:
            ancestors |= _ancestors(outlines[parent], outlines)
    return ancestors


@cache
def _all_blocks(name: str) -> frozenset[str]:
    """The blocks of a built-in template and of what it extends."""
    file = built_in_file(name)
    if file is None:
        return frozenset()
    found = outline(file, name)
    return found.blocks.union(*(_all_blocks(parent) for parent in found.parents - {name}))


def _names_in(folder: Path) -> frozenset[str]:
    return frozenset(
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if file.suffix in TEXT_FILES and file.is_file()
    )
