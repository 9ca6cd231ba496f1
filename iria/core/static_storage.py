"""One stylesheet in production, made of many small files.

`css/site.css` is a list of `@import url("…") layer(…)`. A browser would fetch the list first and
then every file on it; collectstatic inlines the files instead, each in its layer.
"""

import posixpath
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

ENTRY_FILE = "css/site.css"
IMPORT = re.compile(
    r"""@import\s+url\(["'](?P<file>[^"':]+)["']\)\s*layer\((?P<layer>[\w-]+)\)\s*(?P<media>[^;]*);"""
)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
INDENT = re.compile(r"\n\s+")
LINE_END = re.compile(r"(?<=[{};,])\n")
URL = re.compile(r"""url\(["'](?P<url>[^"')]+)["']\)""")


class UnknownImport(Exception):
    """A stylesheet imports a missing file, or uses an unsupported form of import."""


def inlined(name: str, sources: dict[str, str]) -> str:
    """The stylesheet `name` with its imports inlined, without comments, indents and most line ends.

    Args:
        sources: the content of every stylesheet, by its path below the static folder.

    Raises:
        UnknownImport
    """

    def inline(match: re.Match[str]) -> str:
        file = posixpath.normpath(posixpath.join(posixpath.dirname(name), match["file"]))
        if file not in sources:
            message = f"{name} imports “{match['file']}”, which does not exist."
            raise UnknownImport(message)
        rules = _with_relative_urls(name, file, sources[file]).strip()
        block = f"@layer {match['layer']} {{\n{rules}\n}}"
        media = match["media"].strip()
        return f"@media {media} {{\n{block}\n}}" if media else block

    stylesheet = IMPORT.sub(inline, sources[name])
    if "@import" in stylesheet:
        message = f'{name}: write every import as @import url("file.css") layer(name);'
        raise UnknownImport(message)
    # A fifth less to download, compressed.
    return LINE_END.sub("", INDENT.sub("\n", COMMENT.sub("", stylesheet)))


def _with_relative_urls(name: str, file: str, rules: str) -> str:
    """The rules of a file, with relative URLs adapted to the folder of another file."""

    def adapt(match: re.Match[str]) -> str:
        url = match["url"]
        if url.startswith(("/", "#")) or ":" in url:
            return match[0]
        target = posixpath.normpath(posixpath.join(posixpath.dirname(file), url))
        return f'url("{posixpath.relpath(target, posixpath.dirname(name))}")'

    return URL.sub(adapt, rules)


class OneStylesheet(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Whitenoise's storage, for stylesheets that were inlined before."""

    # `js/site.js` imports other modules; the imports need the hashed names.
    support_js_module_import_aggregation = True

    @cached_property
    def _known_urls(self) -> dict[str, str]:
        return {}

    def url(self, name: str, force: bool = False) -> str:
        """As in Django, which parses the same name each time: the article form has 130 of them."""
        if name not in self._known_urls:
            self._known_urls[name] = super().url(name, force)
        return self._known_urls[name]

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        if ENTRY_FILE in paths and not dry_run:
            stylesheet = inlined(
                ENTRY_FILE, {file: _text(*paths[file]) for file in paths if _is_ours(file)}
            )
            self.delete(ENTRY_FILE)
            self._save(ENTRY_FILE, ContentFile(stylesheet.encode()))
            # Django would read the original file otherwise.
            paths = {**paths, ENTRY_FILE: (self, ENTRY_FILE)}
        yield from super().post_process(paths, dry_run, **options)


def _is_ours(file: str) -> bool:
    return file.startswith("css/") and file.endswith(".css")


def _text(storage: Any, path: str) -> str:
    with storage.open(path) as file:
        return str(file.read().decode())
