"""Template filters for past issues."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from newsletter.email import editor_html

register = template.Library()


@register.filter
def editors_words(html: str) -> SafeString:
    """Sanitises the introduction or closing of an issue for output."""
    return mark_safe(editor_html.safe(html))  # noqa: S308
