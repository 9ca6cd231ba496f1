"""Tags for the pages of past issues."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from newsletter.letter import words

register = template.Library()


@register.filter
def editors_words(html: str) -> SafeString:
    """What an editor wrote before or after the articles, cleaned once more where it is shown."""
    return mark_safe(words.clean(html))  # noqa: S308
