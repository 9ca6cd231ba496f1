"""A button in a message, which works without JavaScript."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


def message_button(
    request: HttpRequest, label: str, url: str, name: str, values: Iterable[object]
) -> SafeString:
    """A form that posts these values of one field to the URL."""
    fields = [("csrfmiddlewaretoken", get_token(request)), *((name, value) for value in values)]
    hidden = format_html_join("", '<input type="hidden" name="{}" value="{}">', fields)
    return format_html(
        '<form method="post" action="{}">{}<button type="submit" class="button">{}</button></form>',
        url,
        hidden,
        label,
    )
