"""One stylesheet in production, made of many small files.

`css/site.css` is a list of `@import url("…") layer(…)`. A browser would fetch the list first and
then every file on it; collectstatic writes the files into the list instead, each in its layer.
"""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

LIST = "css/site.css"
IMPORT = re.compile(
    r"""@import\s+url\(["'](?P<file>[^"':]+)["']\)\s*layer\((?P<layer>[\w-]+)\)\s*(?P<media>[^;]*);"""
)
ADDRESS = re.compile(r"""url\(["'](?P<address>[^"')]+)["']\)""")


class UnknownImport(Exception):
    """The list of stylesheets names a file that is not there, or in a way that is not understood."""


def inlined(name: str, sources: dict[str, str]) -> str:
    """The stylesheet `name` with the files it imports written into it.

    Args:
        sources: every stylesheet by its name below the static folder.

    Raises:
        UnknownImport
    """

    def written_out(found: re.Match[str]) -> str:
        file = posixpath.normpath(posixpath.join(posixpath.dirname(name), found["file"]))
        if file not in sources:
            sentence = f"{name} imports “{found['file']}”, which does not exist."
            raise UnknownImport(sentence)
        rules = _seen_from(name, file, sources[file]).strip()
        block = f"@layer {found['layer']} {{\n{rules}\n}}"
        media = found["media"].strip()
        return f"@media {media} {{\n{block}\n}}" if media else block

    whole = IMPORT.sub(written_out, sources[name])
    if "@import" in whole:
        sentence = f'{name}: write every import as @import url("file.css") layer(name);'
        raise UnknownImport(sentence)
    return whole


def _seen_from(name: str, file: str, rules: str) -> str:
    """The rules of a file with its relative addresses as they are from another file's folder."""

    def moved(found: re.Match[str]) -> str:
        address = found["address"]
        if address.startswith(("/", "#")) or ":" in address:
            return found[0]
        target = posixpath.normpath(posixpath.join(posixpath.dirname(file), address))
        return f'url("{posixpath.relpath(target, posixpath.dirname(name))}")'

    return ADDRESS.sub(moved, rules)


class OneStylesheet(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Whitenoise's storage, which hashes and compresses what was written into one file before."""

    # `js/site.js` brings the others by name; they have to be asked for by their hashed names.
    support_js_module_import_aggregation = True

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        if LIST in paths and not dry_run:
            whole = inlined(LIST, {file: _text(*paths[file]) for file in paths if _is_ours(file)})
            self.delete(LIST)
            self._save(LIST, ContentFile(whole.encode()))
            # From here on the copy is the source: Django reads the original otherwise.
            paths = {**paths, LIST: (self, LIST)}
        yield from super().post_process(paths, dry_run, **options)


def _is_ours(file: str) -> bool:
    return file.startswith("css/") and file.endswith(".css")


def _text(storage: Any, path: str) -> str:
    with storage.open(path) as file:
        return str(file.read().decode())
