"""`{% load site %}`: parts that are the same on every page."""

import re
from typing import Any, Final

from django import template
from django.template.loader import get_template
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from iria.core.http.cache_versions import ProcessCache
from iria.core.rendering import active_theme, render_fragment
from iria.core.text import dates, typography
from iria.core.text.language import interface_language
from iria.core.text.validators import one_line
from iria.themes.chosen import stylesheet_urls

register = template.Library()

SHARED: Final = ("publication", "navigation", "site_url", "page_language", "listing_scope")
"""The context variables such a part may use; the cache key contains the language and the
listing scope of the page."""

register.filter("day_words", dates.day_words, expects_localtime=True)
register.filter("moment_words", dates.moment_words, expects_localtime=True)
register.filter("one_line", one_line)

MARKED_TWICE: Final = re.compile(r'(aria-current="page"[^>]*?)\s+aria-current="true"')

_parts: ProcessCache[str] = ProcessCache()


@register.simple_tag
def comma() -> str:
    """A comma and a space, in the language of the interface."""
    return typography.comma(interface_language())


@register.simple_tag
def colon() -> str:
    """A colon, in the language of the interface."""
    return typography.colon(interface_language())


@register.simple_tag
def fragment(name: str, **values: Any) -> SafeString:
    """`{% fragment "_actions.html" count=thread.count %}`: an include that sees these values only, and is
    rendered once for the same ones.
    """
    return render_fragment(name, **values)


@register.simple_tag(takes_context=True)
def standing(context: dict[str, Any], name: str) -> SafeString:
    """Renders a template that is the same on every page in one language, and caches it.

    Links to the current page get `aria-current`.
    """
    values: dict[str, Any] = {each: context[each] for each in SHARED if each in context}
    key = (
        name,
        active_theme(),
        get_language(),
        values.get("page_language"),
        values.get("listing_scope"),
    )
    request = context["request"]
    html = _parts.of(request, key, lambda: get_template(name).render(values))
    link = f'href="{escape(request.path)}"'
    marked = html.replace(link, f'{link} aria-current="page"')
    # The menu of languages marks the one of the page, which may also be the page itself.
    return SafeString(MARKED_TWICE.sub(r"\1", marked))


@register.simple_tag(takes_context=True)
def theme_stylesheets(context: dict[str, Any]) -> SafeString:
    """The links to the stylesheets of the theme, after the built-in one."""
    # A preview of colours that are not saved has a URL of its own.
    rules_url, *others = getattr(context["request"], "preview_stylesheets", ("",))
    urls = [*stylesheet_urls(context["publication"], rules_url), *others]
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', ((url,) for url in urls))
