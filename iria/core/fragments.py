"""Parts of pages that are rendered once for the values they show.

A card, a figure or a comment looks the same on every page, so its HTML is cached in the process. The
key is everything the template can read: the values themselves. A changed headline, a renamed category
or another credit is a different key, so nothing has to be invalidated
(docs/decisions/html-fragments.md).
"""

from collections.abc import Hashable
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.core.signals import setting_changed
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from iria.core.active_theme import active_theme

MAX_FRAGMENTS: Final = 4096
"""Fragments cached in a process; a card takes about 2 kB."""


def render_fragment(template_name: str, **values: Hashable) -> SafeString:
    """The rendered template. Its context contains only these values, not even the request.

    With DEBUG nothing is cached, so that an edited template shows at once.
    """
    if settings.DEBUG:
        return _render(template_name, values)
    return _cached(template_name, active_theme(), get_language(), tuple(values.items()))


@lru_cache(maxsize=MAX_FRAGMENTS)
def _cached(
    template_name: str,
    _theme: str,
    _language: str | None,
    values: tuple[tuple[str, Hashable], ...],
) -> SafeString:
    return _render(template_name, dict(values))


def _render(template_name: str, values: dict[str, Any]) -> SafeString:
    html: str = get_template(template_name).render(values)
    return SafeString(html.strip())


def clear_fragments(*, setting: str = "", **_signal: Any) -> None:
    """Clears the cache, for example when a test changes a setting."""
    if setting in {"", "TEMPLATES", "DEBUG", "LANGUAGE_CODE"}:
        _cached.cache_clear()


setting_changed.connect(clear_fragments)
