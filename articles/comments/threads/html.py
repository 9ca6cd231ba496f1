"""The comments of a thread as HTML: templates/articles/comments/_comments.html and _comment.html.

A page may show hundreds of them. Each is rendered once for the values it shows, and so is the list
(`iria.core.fragments`): after a new comment the list is rendered anew, and no other comment.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from articles.body.comment_markup import render_comment
from articles.comments.threads.builder import Answered, Thread, ThreadComment
from articles.comments.threads.permalinks import replies_url
from iria.core.fragments import render_fragment
from iria.core.http.urls import url_path
from iria.publication.models import Publication


@dataclass(frozen=True, slots=True)
class CommentValues:
    """Everything `_comment.html` can show."""

    id: int
    anchor: str
    placeholder: str
    """What is shown instead of a comment that was removed; empty for one that can be read."""
    name: str
    profile_url: str
    text: str
    written_at: datetime
    time_zone: str
    """Two moments are equal in any zone; the hour they show is not."""
    by_author: bool
    by_staff: bool
    featured: bool
    edited: bool
    in_reply_to: Answered | None
    """Whom it answers, where replies are beside what they answer."""
    reply_url: str
    """Empty where nobody can reply any more."""

    @property
    def html(self) -> SafeString:
        return SafeString(render_comment(self.text))


@dataclass(frozen=True, slots=True)
class CommentNode:
    """A comment with its replies."""

    comment: CommentValues
    replies: tuple["CommentNode", ...]
    reply_count: int
    """Of all that can be read below it, on this page or not."""
    all_replies_url: str
    """Where the others are, if not all of them are on this page."""


def comments_html(thread: Thread, publication: Publication) -> SafeString:
    """Every comment of the page, each with its replies below it."""
    return _list(thread.comments, "thread-list", thread, publication)


def parent_comments_html(thread: Thread, publication: Publication) -> SafeString:
    """On a page of replies: what they reply to, the outermost first."""
    return _list(thread.above, "thread-above", thread, publication)


def comment_html(comment: CommentValues) -> SafeString:
    return render_fragment("articles/comments/_comment.html", comment=comment)


def _list(
    places: Iterable[ThreadComment], list_class: str, thread: Thread, publication: Publication
) -> SafeString:
    nodes = _nodes(places, thread, publication, first=list_class == "thread-list")
    if not nodes:
        return SafeString("")
    return render_fragment("articles/comments/_comments.html", nodes=nodes, list_class=list_class)


def _nodes(
    places: Iterable[ThreadComment],
    thread: Thread,
    publication: Publication,
    *,
    first: bool = False,
) -> tuple[CommentNode, ...]:
    return tuple(
        CommentNode(
            comment=_values(place, thread, publication),
            replies=_nodes(place.replies, thread, publication),
            reply_count=place.descendant_count,
            all_replies_url=replies_url(thread.base, place.id)
            if first and place.descendant_count > place.readable_here
            else "",
        )
        for place in places
    )


def _values(place: ThreadComment, thread: Thread, publication: Publication) -> CommentValues:
    return CommentValues(
        id=place.id,
        anchor=place.anchor,
        placeholder=str(place.placeholder),
        name=place.name,
        profile_url="" if place.reader is None else url_path("reader", place.reader),
        text=place.text,
        written_at=publication.local(place.written_at),
        time_zone=publication.time_zone,
        by_author=place.by_author,
        by_staff=place.by_staff,
        featured=place.featured,
        edited=place.edited_at is not None,
        in_reply_to=place.in_reply_to,
        reply_url=f"{thread.reply_address}{place.id}" if thread.open else "",
    )
