"""Markdown as its dialects have it: CommonMark with tables, footnotes and bare URLs, and what notes of Obsidian add."""

import re
from collections.abc import Callable
from functools import cache
from typing import Final
from urllib.parse import quote

from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from iria.transfer.records import Remark

CODE: Final = (
    r"^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}(?P=fence)|\Z)"
    r"|(?<!`)(?P<ticks>`+)(?!`)[^\n]{1,500}?(?<!`)(?P=ticks)(?!`)"
)
MARKED: Final = r"==(?=\S)(?P<marked>[^=\n]+?)(?<=\S)=="
WIKI_LINK: Final = r"(?P<embed>!?)\[\[(?P<target>[^\[\]|#\n]{0,300})(?P<anchor>#[^\[\]|\n]{0,300})?(?:\|(?P<alias>[^\[\]\n]{0,300}))?\]\]"
NOTE: Final = re.compile(f"{CODE}|{WIKI_LINK}", re.MULTILINE | re.DOTALL)
VAULT: Final = re.compile(
    rf"{CODE}|{WIKI_LINK}|{MARKED}|%%.*?%%|(?P<block>[ \t]+\^[\w-]{{1,50}}[ \t]*$)",
    re.MULTILINE | re.DOTALL,
)
SIZE: Final = re.compile(r"\d{1,5}(?:x\d{1,5})?")
"""Of an image, where others have its alt text."""
IMAGE_FILE: Final = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|tiff?|bmp|svg)(?:$|\?)", re.IGNORECASE
)


@cache
def parser(*, breaks: bool = False) -> MarkdownIt:
    """`breaks` makes a line break of each end of a line."""
    made = MarkdownIt("commonmark", {"html": True, "linkify": True, "breaks": breaks})
    made.enable(["table", "strikethrough", "linkify"])
    if made.linkify is not None:
        # Only with a scheme: “readme.md” would be a URL too.
        made.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    return made.use(footnote_plugin).use(deflist_plugin)


def expand_notes(
    text: str, find: Callable[[str], str], remarks: list[Remark], *, is_vault: bool
) -> str:
    """The text with links for `[[name]]` and `![[name]]`.

    In a vault of Obsidian comments, marks and names of blocks go too; elsewhere they may be something else.

    Args:
        find: name of a file, or of a text without its suffix → path in the folder, or empty.
    """

    def part(found: re.Match[str]) -> str:
        if found["fence"] or found["ticks"]:
            return found[0]
        if found["target"] is not None:
            return _link(found, find, remarks, is_vault=is_vault)
        return found["marked"] or ""

    return (VAULT if is_vault else NOTE).sub(part, text)


def _link(
    found: re.Match[str],
    find: Callable[[str], str],
    remarks: list[Remark],
    *,
    is_vault: bool,
) -> str:
    name, alias = found["target"].strip(), (found["alias"] or "").strip()
    label = alias or name.rsplit("/", 1)[-1] or (found["anchor"] or "").lstrip("#^")
    if not name:
        return label
    path = find(name)
    if not path:
        remarks.append(Remark("broken link", found[0]))
        return label if is_vault and not found["embed"] else found[0]
    target = f"</{quote(path)}>"
    if found["embed"] and IMAGE_FILE.search(path):
        return f"![{'' if SIZE.fullmatch(alias) else alias}]({target})"
    if found["embed"] and path.endswith((".md", ".markdown")):
        remarks.append(Remark("embedded note", found[0]))
    return f"[{label}]({target})"
