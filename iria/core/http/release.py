"""An identifier of the release: pages of another release must not count as unchanged."""

import hashlib
import sysconfig
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import engines
from django.template.utils import get_app_template_dirs

CODE: Final = ("*.py", "*.mo")
OURS: Final = {"iria", "accounts", "articles", "newsletter"}
"""Two wheels of one version may differ, so their code counts too."""
SETTINGS: Final = (
    "SITE_URL",
    "STATIC_URL",
    "MEDIA_URL",
    "LANGUAGE_CODE",
    "LANGUAGES",
    "SECURE_CSP",
)
"""Settings that change every page."""


@cache
def release() -> str:
    """A digest of everything beside the database that determines pages.

    That is every template and static file in any location; our code and that of every app
    outside site-packages, with its translations; name and version of every
    package; and the settings that change every page. It uses the bytes and not a version number
    so that a change made in place counts, and two machines with the same files agree.
    """
    digest = hashlib.blake2b(digest_size=12)
    for name in SETTINGS:
        digest.update(repr(getattr(settings, name)).encode())
    digest.update(repr(sorted(_packages())).encode())
    for name, path in sorted({*_templates(), *_static_files(), *_code()}):
        digest.update(name.encode("utf-8", "surrogateescape"))
        digest.update(hashlib.blake2b(path.read_bytes()).digest())
    return digest.hexdigest()


def _templates() -> Iterator[tuple[str, Path]]:
    """Every file of every template folder, with the position of the folder, since the first one wins."""
    for engine in engines.all():
        folders: list[Any] = [*engine.template_dirs, *get_app_template_dirs("templates")]
        for index, folder in enumerate(folders):
            yield from _below(Path(folder), f"template {engine.name} {index}", ["*"])
    for index, (key, folder) in enumerate(settings.THEMES.items()):
        yield from _below(folder, f"theme {index} {key}", ["*"])


def _static_files() -> Iterator[tuple[str, Path]]:
    for index, finder in enumerate(finders.get_finders()):
        for name, storage in finder.list([]):
            # Several folders may contain a file of this name.
            path = Path(storage.path(name))
            yield f"static {index} {name}", path


def _code() -> Iterator[tuple[str, Path]]:
    site_packages = [Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib")]
    for app in apps.get_app_configs():
        folder = Path(app.path).resolve()
        ours = app.name.partition(".")[0] in OURS
        if ours or not any(folder.is_relative_to(each) for each in site_packages):
            yield from _below(folder, f"code {app.name}", CODE)
    for index, path in enumerate(settings.LOCALE_PATHS):
        yield from _below(Path(path), f"locale {index}", ["*.mo"])


def _packages() -> set[str]:
    return {f"{each.name}=={each.version}" for each in distributions()}


def _below(folder: Path, where: str, patterns: Iterable[str]) -> Iterator[tuple[str, Path]]:
    for pattern in patterns:
        for path in folder.rglob(pattern):
            if path.is_file():
                yield f"{where} {path.relative_to(folder)}", path
