"""`{% load threads %}`: the comments below an article."""

from datetime import datetime
from typing import Any

from django import template
from django.utils.safestring import SafeString

from articles.comments.threads import html
from articles.comments.threads.builder import Thread
from iria.core.text.dates import time_element

register = template.Library()


@register.filter
def date_and_time(local: datetime) -> SafeString:
    """Date and time, in the time zone of the value."""
    return time_element(local, clock=True)


@register.simple_tag
def comment_of(node: html.CommentNode) -> SafeString:
    return html.comment_html(node.comment)


@register.simple_tag(takes_context=True)
def comments_of(context: dict[str, Any], thread: Thread) -> SafeString:
    """`{% comments_of thread %}`; empty while there are no comments."""
    return html.comments_html(thread, context["publication"])


@register.simple_tag(takes_context=True)
def answered_by(context: dict[str, Any], thread: Thread) -> SafeString:
    """`{% answered_by thread %}`: the comment whose replies a page shows, below what it replies to."""
    return html.parent_comments_html(thread, context["publication"])
