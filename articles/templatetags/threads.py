"""`{% load threads %}`: the comments below an article, from templates/articles/comments/_comments.html and _comment.html.

A page may show hundreds of comments. Each one, and the list, is cached by the values it shows
(`iria.core.rendering`): a new comment renders only itself and the list.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template
from django.utils.safestring import SafeString

from articles.body.comment_markup import render_comment
from articles.comments.thread_queries import replies_url
from articles.comments.threads import Answered, Thread, ThreadComment
from articles.editorial.models import Article
from iria.core.http.urls import url_path
from iria.core.rendering import render_fragment
from iria.core.text.dates import time_element
from iria.core.text.typography import initials_of
from iria.publication.models import Publication


@dataclass(frozen=True, slots=True)
class CommentValues:
    """Everything `_comment.html` can show."""

    id: int
    anchor: str
    placeholder: str
    """The text shown instead of a removed comment; empty for a visible one."""
    name: str
    profile_url: str
    text: str
    written_at: datetime
    time_zone: str
    """Part of the cache key: equal times in two zones compare as equal, but look different."""
    by_author: bool
    by_staff: bool
    featured: bool
    recommendation_count: int
    edited: bool
    in_reply_to: Answered | None
    """The comment it replies to, if the two are shown side by side."""
    reply_url: str
    """Empty if comments are closed."""

    @property
    def html(self) -> SafeString:
        return SafeString(render_comment(self.text))

    @property
    def initials(self) -> str:
        return initials_of(self.name)


@dataclass(frozen=True, slots=True)
class CommentNode:
    """A comment with its replies."""

    comment: CommentValues
    replies: tuple["CommentNode", ...]
    reply_count: int
    """The number of visible comments below it, on all pages."""
    all_replies_url: str
    """The page of all replies, if this page does not show them all."""


def comments_html(thread: Thread, publication: Publication) -> SafeString:
    """Returns the comments of the page with their replies."""
    return _list(thread.comments, "thread-list", thread, publication)


def parent_comments_html(thread: Thread, publication: Publication) -> SafeString:
    """Returns, for a page of replies, the comments they reply to, the outermost first."""
    return _list(thread.above, "thread-above", thread, publication)


def comment_html(comment: CommentValues) -> SafeString:
    return render_fragment("articles/comments/_comment.html", comment=comment)


def _list(
    comments: Iterable[ThreadComment], list_class: str, thread: Thread, publication: Publication
) -> SafeString:
    nodes = _nodes(comments, thread, publication, first=list_class == "thread-list")
    if not nodes:
        return SafeString("")
    return render_fragment("articles/comments/_comments.html", nodes=nodes, list_class=list_class)


def _nodes(
    comments: Iterable[ThreadComment],
    thread: Thread,
    publication: Publication,
    *,
    first: bool = False,
) -> tuple[CommentNode, ...]:
    return tuple(
        CommentNode(
            comment=_values(comment, thread, publication),
            replies=_nodes(comment.replies, thread, publication),
            reply_count=comment.descendant_count,
            all_replies_url=replies_url(thread.base, comment.id)
            if first and comment.descendant_count > comment.readable_here
            else "",
        )
        for comment in comments
    )


def _values(comment: ThreadComment, thread: Thread, publication: Publication) -> CommentValues:
    return CommentValues(
        id=comment.id,
        anchor=comment.anchor,
        placeholder=str(comment.placeholder),
        name=comment.name,
        profile_url="" if comment.reader is None else url_path("reader", comment.reader),
        text=comment.text,
        written_at=publication.local(comment.written_at),
        time_zone=publication.time_zone,
        by_author=comment.by_author,
        by_staff=comment.by_staff,
        featured=comment.featured,
        recommendation_count=comment.recommendation_count,
        edited=comment.edited_at is not None,
        in_reply_to=comment.in_reply_to,
        reply_url=f"{thread.reply_url_prefix}{comment.id}" if thread.open else "",
    )


register = template.Library()


@register.filter
def date_and_time(local: datetime) -> SafeString:
    """Date and time, in the time zone of the value."""
    return time_element(local, clock=True)


@register.simple_tag
def comment_of(node: CommentNode) -> SafeString:
    return comment_html(node.comment)


@register.simple_tag(takes_context=True)
def comments_of(context: dict[str, Any], thread: Thread) -> SafeString:
    """`{% comments_of thread %}`; empty while there are no comments."""
    return comments_html(thread, context["publication"])


@register.simple_tag
def comment_form(article: Article, thread: Thread) -> SafeString:
    """The form below an article, for nobody in particular."""
    return render_fragment(
        "articles/comments/_form.html",
        article_id=article.pk,
        article_url=article.get_absolute_url(),
        moderation=thread.moderation,
        answers=thread.answered.id if thread.answered else "",
    )


@register.simple_tag(takes_context=True)
def answered_by(context: dict[str, Any], thread: Thread) -> SafeString:
    """`{% answered_by thread %}`: the comment whose replies a page shows, below what it replies to."""
    return parent_comments_html(thread, context["publication"])
