"""One stylesheet in production, made of many small files.

`css/site.css` is a list of `@import url("…") layer(…)`. A browser would fetch the list first and
then every file on it; collectstatic inlines the files instead, each in its layer.

Files of themes are in no manifest, since a theme may change while several processes run: each has a folder
named after its content, `themes/<name>/<digest>/`, made by collectstatic or by the first process that needs it.
"""

import gzip
import hashlib
import os
import posixpath
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from shutil import rmtree
from threading import get_ident
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.encoding import filepath_to_uri
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

from iria.core.rendering import cleared_with_themes

ENTRY_FILE = "css/site.css"
IMPORT = re.compile(
    r"""@import\s+url\(["'](?P<file>[^"':]+)["']\)\s*layer\((?P<layer>[\w-]+)\)\s*(?P<media>[^;]*);"""
)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
INDENT = re.compile(r"\n\s+")
LINE_END = re.compile(r"(?<=[{};,])\n")
THEME_FILE = re.compile(r"themes/(?P<key>[^/]+)/(?P<file>.+)")
THEME_URL = re.compile(r"themes/[^/]+/[0-9a-f]{12}/.+")
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
            raise UnknownImport(f"{name} imports “{match['file']}”, which does not exist.")
        rules = _with_relative_urls(name, file, sources[file]).strip()
        block = f"@layer {match['layer']} {{\n{rules}\n}}"
        media = match["media"].strip()
        return f"@media {media} {{\n{block}\n}}" if media else block

    stylesheet = IMPORT.sub(inline, sources[name])
    if "@import" in stylesheet:
        raise UnknownImport(f'{name}: write every import as @import url("file.css") layer(name);')
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
        url = self._known_urls.get(name)
        if url is None:
            theme = THEME_FILE.fullmatch(name)
            if theme and theme["key"] in settings.THEMES:
                folder = self.collect_theme(theme["key"])
                url = f"{self.base_url}{folder}/{filepath_to_uri(theme['file'])}"
            else:
                url = super().url(name, force)
            self._known_urls[name] = url
        return url

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
        if not dry_run:
            for key, folder in settings.THEMES.items():
                if (folder / "static").is_dir():
                    self.collect_theme(key)

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Once, and only those with a hash in their names: pages name no others."""
        hashed = set(self.hashed_files.values()).intersection(paths)
        yield from super().compress_files(each for each in hashed if not self._is_compressed(each))

    def _is_compressed(self, name: str) -> bool:
        """Whether an earlier run compressed it completely; the file for gzip is the last one."""
        with suppress(OSError, EOFError, zlib.error):
            compressed = Path(self.path(f"{name}.gz")).read_bytes()
            return gzip.decompress(compressed) == Path(self.path(name)).read_bytes()
        return False

    def collect_theme(self, key: str) -> str:
        """Copies the static files of a theme if they have changed; returns the name of their folder.

        Raises:
            OSError: they cannot be read, or not be copied.
        """
        source = settings.THEMES[key] / "static"
        target = Path(self.path(f"themes/{key}")) / _digest(source)
        if not target.is_dir():
            self._copy_theme(key, source, target)
        return f"themes/{key}/{target.name}"

    def _copy_theme(self, key: str, source: Path, target: Path) -> None:
        unfinished = f"themes/{key}/.{target.name}-{os.getpid()}-{get_ident()}"
        compressor = self.create_compressor(quiet=True)
        try:
            Path(self.path(unfinished)).mkdir(parents=True)
            for name, path in _files_below(source):
                copied = self.path(
                    self._save(f"{unfinished}/{name}", ContentFile(path.read_bytes()))
                )
                if compressor.should_compress(name):
                    compressor.compress(copied)
            Path(self.path(unfinished)).rename(target)
        except OSError:
            if not target.is_dir():  # Otherwise another process was faster.
                raise
        finally:
            rmtree(self.path(unfinished), ignore_errors=True)


def _is_ours(file: str) -> bool:
    return file.startswith("css/") and file.endswith(".css")


def _text(storage: Any, path: str) -> str:
    with storage.open(path) as file:
        return str(file.read().decode())


cleared_with_themes.append(lambda: getattr(staticfiles_storage, "_known_urls", {}).clear())


def _files_below(folder: Path) -> list[tuple[str, Path]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted((path.relative_to(folder).as_posix(), path) for path in files)


def _digest(folder: Path) -> str:
    """A hash of the names and contents of its files, as long as those in the names of other files."""
    digest = hashlib.blake2b(digest_size=6)
    for name, path in _files_below(folder):
        digest.update(f"{name}\0{hashlib.blake2b(path.read_bytes()).hexdigest()}".encode())
    return digest.hexdigest()


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Finds files of themes that were collected after the process started, too."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.directories.append((f"{self.static_root}{os.sep}", self.static_prefix))

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        url = request.path_info
        if (
            not self.autorefresh
            and url.startswith(f"{self.static_prefix}themes/")
            and url not in self.files
        ):
            file = self.find_file(url)
            if file is not None:
                self.files[url] = file
        response: HttpResponseBase = super().__call__(request)
        return response

    def immutable_file_test(self, path: str, url: str) -> bool:
        is_of_theme = THEME_URL.fullmatch(url.removeprefix(self.static_prefix))
        return bool(is_of_theme or super().immutable_file_test(path, url))
