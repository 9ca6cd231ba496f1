"""The theme whose templates are used, and parts of pages that are rendered once for the values they show.

The publication (`iria.publication`, which this package does not import) says which theme a request or an e-mail uses.
It is asked only when a template is looked up.

A card, a figure or a comment looks the same on every page, so its HTML is cached in the process. The key is everything
the template can read: the values themselves. A changed headline, a renamed category or another credit is a different key,
so nothing has to be invalidated (docs/decisions/appearance.md).
"""

import sys
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cache, partial
from typing import Any, Final

from django.conf import settings
from django.core.signals import setting_changed
from django.db import DatabaseError
from django.template import Engine
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

ThemeChoice = tuple[str, datetime | None]
"""A key of `settings.THEMES`, empty for the first; and when its files were last applied."""
BUILT_IN: Final = "built-in"
"""In place of a theme that cannot be used: no template and no stylesheet of a theme."""
cleared_with_themes: Final[list[Callable[[], None]]] = []
"""Called when this process discards what it has read of the themes, to read it again."""
_read_at = timezone.now()
"""Files of themes that were applied until then have been read by this process, or will be."""
_choose: ContextVar[Callable[[], str] | None] = ContextVar("theme", default=None)


def active_theme() -> str:
    """A key of `settings.THEMES`: the chosen theme, or the first if none was chosen or it is not in the
    setting; `BUILT_IN` if its folder is gone.
    """
    choose = _choose.get()
    default = next(iter(settings.THEMES))
    if choose is None:
        return default
    try:
        return choose()
    except DatabaseError:
        # The page about the outage of the database is rendered too.
        return default


@contextmanager
def theme_from(choose: Callable[[], ThemeChoice]) -> Iterator[None]:
    """Uses the theme that `choose` returns, which is asked once."""
    token = _choose.set(cache(partial(_usable, choose)))
    try:
        yield
    finally:
        _choose.reset(token)


def _usable(choose: Callable[[], ThemeChoice]) -> str:
    name, applied_at = choose()
    if name == BUILT_IN:
        return name
    read_applied_files(applied_at)
    if name not in settings.THEMES:
        name = next(iter(settings.THEMES))
    # `Theme.is_there`. Some of its templates may still be in memory; a page that mixes both looks like neither.
    return name if (settings.THEMES[name] / "theme.toml").is_file() else BUILT_IN


def files_read_at() -> datetime:
    """Files of themes that were applied until then are those that this process uses."""
    return _read_at


def read_applied_files(applied_at: datetime | None) -> None:
    """Discards the themes if their files were applied after this process has read them."""
    global _read_at
    if applied_at is not None and applied_at > _read_at:
        _read_at = applied_at
        discard_themes()


def discard_themes() -> None:
    """Templates, stylesheets and `theme.toml` are read again."""
    for loader in Engine.get_default().template_loaders:
        loader.reset()
    clear_fragments()
    for clear in cleared_with_themes:
        clear()


MAX_BYTES: Final = 8_000_000
"""The size of all fragments cached in a process, with their keys; a card takes about 4 kB."""


class _Generations:
    """Fragments in two halves. When the newer half is full, the older one is dropped, without those that were
    used meanwhile. Unlike a list in the order of use, it hashes a key, which takes time, only once.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self._newer: dict[Hashable, SafeString] = {}
        self._older: dict[Hashable, SafeString] = {}
        self._bytes = 0

    def get(self, key: Hashable) -> SafeString | None:
        html = self._newer.get(key)
        if html is None and (html := self._older.get(key)) is not None:
            self.put(key, html)
        return html

    def put(self, key: Hashable, html: SafeString) -> None:
        # The values in its key are about as long.
        self._bytes += 2 * sys.getsizeof(html)
        if self._bytes > MAX_BYTES / 2:
            self._older, self._newer, self._bytes = self._newer, {}, 2 * sys.getsizeof(html)
        self._newer[key] = html


_cached: Final = _Generations()


def render_fragment(template_name: str, **values: Hashable) -> SafeString:
    """The rendered template. Its context contains only these values, not even the request.

    With DEBUG nothing is cached, so that an edited template shows at once.
    """
    if settings.DEBUG:
        return _render(template_name, values)
    key = (template_name, active_theme(), get_language(), tuple(values.items()))
    html = _cached.get(key)
    if html is None:
        html = _render(template_name, values)
        _cached.put(key, html)
    return html


def _render(template_name: str, values: dict[str, Any]) -> SafeString:
    html: str = get_template(template_name).render(values)
    return SafeString(html.strip())


def clear_fragments(*, setting: str = "", **_signal: Any) -> None:
    """Clears the cache, for example when a test changes a setting."""
    if setting in {"", "TEMPLATES", "DEBUG", "LANGUAGE_CODE"}:
        _cached.clear()


setting_changed.connect(clear_fragments)
