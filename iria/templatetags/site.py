"""`{% load site %}`: what stands on every page alike."""

from typing import Any, Final

from django import template
from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from iria.core.http.cache_versions import ProcessCache

register = template.Library()

SHARED: Final = ("publication", "navigation", "site_url", "page_language", "listing_scope")
"""All that such a part may depend on; the language is a part of what it is held under, and so are the
lists that a page belongs to."""

_parts: ProcessCache[str] = ProcessCache()


@register.simple_tag(takes_context=True)
def standing(context: dict[str, Any], name: str) -> SafeString:
    """A template that is the same on every page in one language, drawn once for all of them.

    Links to the page itself are marked as such.
    """
    values: dict[str, Any] = {each: context[each] for each in SHARED if each in context}
    key = (name, get_language(), values.get("page_language"), values.get("listing_scope"))
    request = context["request"]
    words = _parts.of(request, key, lambda: get_template(name).render(values))
    here = f'href="{escape(request.path)}"'
    return SafeString(words.replace(here, f'{here} aria-current="page"'))
