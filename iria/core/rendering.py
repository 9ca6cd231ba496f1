"""The theme whose templates are used, and parts of pages that are rendered once for the values they show.

The publication (`iria.publication`, which this package does not import) says which theme a request or an e-mail uses.
It is asked only when a template is looked up.

A card, a figure or a comment looks the same on every page, so its HTML is cached in the process. The key is everything
the template can read: the values themselves. A changed headline, a renamed category or another credit is a different key,
so nothing has to be invalidated (docs/decisions/html-fragments.md).
"""

import sys
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from django.conf import settings
from django.core.signals import setting_changed
from django.db import DatabaseError
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

_choose: ContextVar[Callable[[], str] | None] = ContextVar("theme", default=None)


def active_theme() -> str:
    """A key of `settings.THEMES`: the chosen theme, or the first if none was chosen or it is gone."""
    choose = _choose.get()
    default = next(iter(settings.THEMES))
    if choose is None:
        return default
    try:
        name = choose()
    except DatabaseError:
        # The page about the outage of the database is rendered too.
        return default
    return name if name in settings.THEMES else default


@contextmanager
def theme_from(choose: Callable[[], str]) -> Iterator[None]:
    """Uses the theme with the name that `choose` returns."""
    token = _choose.set(choose)
    try:
        yield
    finally:
        _choose.reset(token)


MAX_BYTES: Final = 8_000_000
"""Of the fragments cached in a process, with their keys; a card takes about 4 kB."""


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
