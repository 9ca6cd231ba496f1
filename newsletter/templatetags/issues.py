"""Template tags for newsletters and past issues."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from newsletter.email import editor_html
from newsletter.models import Newsletter

register = template.Library()


@register.simple_tag
def default_newsletter() -> Newsletter | None:
    """The one that a form without a choice subscribes to."""
    return Newsletter.objects.offered().first()


@register.filter
def editors_words(html: str) -> SafeString:
    """Sanitises the introduction or closing of an issue for output."""
    return mark_safe(editor_html.safe(html))  # noqa: S308
