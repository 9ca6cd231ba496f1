"""`{% load threads %}`: the comments below an article."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from articles.comments.markup import comments_markup
from articles.comments.threads import Thread

register = template.Library()


@register.simple_tag(takes_context=True)
def comments_of(context: dict[str, Any], thread: Thread) -> SafeString:
    """`{% comments_of thread %}`; nothing where nobody has written yet."""
    return comments_markup(thread, context["publication"])
