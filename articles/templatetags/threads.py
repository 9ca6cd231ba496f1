"""`{% load threads %}`: the comments below an article."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from articles.comments.threads.builder import Thread
from articles.comments.threads.html import answered_markup, comments_markup

register = template.Library()


@register.simple_tag(takes_context=True)
def comments_of(context: dict[str, Any], thread: Thread) -> SafeString:
    """`{% comments_of thread %}`; nothing where nobody has written yet."""
    return comments_markup(thread, context["publication"])


@register.simple_tag(takes_context=True)
def answered_by(context: dict[str, Any], thread: Thread) -> SafeString:
    """`{% answered_by thread %}`: the comment whose answers a page shows, below what it answers."""
    return answered_markup(thread, context["publication"])
