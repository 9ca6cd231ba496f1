"""A thread as displayed: three levels, the rest flattened, no hidden text."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.submission.comment_policy import ArticlePolicy, policy_of
from articles.comments.thread_queries import (
    TOP_LEVEL_PER_PAGE,
    Order,
    Row,
    replies_url,
    reply_rows,
    thread_rows,
    thread_url,
)
from articles.editorial.models import Article
from iria.publication.models import Publication, current_publication

PLACEHOLDERS: Final = {
    Comment.State.UNCONFIRMED: gettext_lazy("This comment is pending approval again."),
    Comment.State.PENDING: gettext_lazy("This comment is pending approval again."),
    Comment.State.REJECTED: gettext_lazy("A moderator removed this comment."),
    Comment.State.SPAM: gettext_lazy("A moderator removed this comment."),
    Comment.State.DELETED: gettext_lazy("The commenter deleted this comment."),
}
"""The text shown instead of a removed comment that has replies."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The comment that one of the last level replies to, since the two are shown side by side."""

    id: int
    name: str
    """Empty if the comment is not visible any more."""
    is_on_page: bool
    """Whether it is on the same page."""

    @property
    def url(self) -> str:
        return f"#comment-{self.id}" if self.is_on_page else reverse("comment", args=[self.id])


@dataclass(slots=True)
class ThreadComment:
    """A comment in a thread, or the placeholder of a removed one."""

    id: int
    written_at: datetime
    name: str = ""
    text: str = ""
    reader: int | None = None
    """The account whose public profile the name links to, if it has one."""
    by_staff: bool = False
    by_author: bool = False
    edited_at: datetime | None = None
    featured: bool = False
    recommendation_count: int = 0
    placeholder: str = ""
    level: int = 1
    descendant_count: int = 0
    """The number of visible comments below it, on all pages."""
    display_parent_id: int | None = None
    """The comment below which it is shown, if any."""
    in_reply_to: Answered | None = None
    replies: list["ThreadComment"] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"comment-{self.id}"

    @property
    def readable_here(self) -> int:
        """The number of visible comments below it on this page."""
        return sum((not reply.placeholder) + reply.readable_here for reply in self.replies)


SORT_KEYS: Final[dict[Order, Callable[[ThreadComment], Any]]] = {
    Order.OLDEST: lambda comment: (comment.written_at, comment.id),
    Order.NEWEST: lambda comment: (comment.written_at, comment.id),
    Order.DISCUSSED: lambda comment: (-comment.descendant_count, comment.written_at, comment.id),
}
"""The orders of the database queries; `NEWEST` has to be reversed."""


@dataclass(frozen=True, slots=True)
class Thread:
    """A page of the comments of an article, and the number of visible comments in all."""

    comments: list[ThreadComment]
    count: int
    policy: ArticlePolicy
    base: str
    """The URL of the article, with which the URLs of its thread begin."""
    reply_url_prefix: str = ""
    """The URL of the form for replies, without the id of the parent at its end."""
    above: list[ThreadComment] = field(default_factory=list)
    """On a page of replies: the comments they reply to, the outermost first."""
    order: Order = Order.OLDEST
    number: int = 1
    pages: int = 1

    @property
    def open(self) -> bool:
        return self.policy.is_open

    @property
    def moderation(self) -> str:
        """The notice about moderation for guests."""
        return self.policy.notice

    @property
    def off(self) -> bool:
        """Whether comments are neither accepted nor shown."""
        return self.policy.is_off

    @property
    def answered(self) -> "ThreadComment | None":
        """On a page of replies, the comment that the form replies to; None for a placeholder."""
        return self.above[-1] if self.above and not self.above[-1].placeholder else None

    @property
    def previous(self) -> str:
        return self._page(self.number - 1) if self.number > 1 else ""

    @property
    def next(self) -> str:
        return self._page(self.number + 1) if self.number < self.pages else ""

    @property
    def orders(self) -> list[tuple[str, str, bool]]:
        """Label and URL of each order, and whether it is current; empty if there is nothing to sort."""
        if self.above or (self.pages == 1 and len(self.comments) < 2):
            return []
        labels = {
            Order.OLDEST: gettext("Oldest first"),
            Order.NEWEST: gettext("Newest first"),
            Order.DISCUSSED: gettext("Most discussed"),
        }
        return [
            (labels[order], thread_url(self.base, order), order is self.order) for order in Order
        ]

    def _page(self, number: int) -> str:
        if self.above:
            return replies_url(self.base, self.above[-1].id, number)
        return thread_url(self.base, self.order, number)

    @property
    def words(self) -> str:
        """The count as text: “No Comments”, “1 Comment”, “12 Comments”."""
        if self.count == 0:
            return gettext("No Comments")
        return ngettext("%(count)d Comment", "%(count)d Comments", self.count) % {
            "count": self.count
        }

    @property
    def heading(self) -> str:
        """The count above the list; on a page of replies the count of these."""
        if not self.above:
            return self.words
        number = self.above[-1].descendant_count
        return ngettext("%(count)d reply", "%(count)d replies", number) % {"count": number}


def thread_of(
    article: Article,
    publication: Publication | None = None,
    order: Order = Order.OLDEST,
    number: int = 1,
) -> Thread:
    """Returns a page of the thread of an article, with one query for a thread of any length.

    Text and name of a hidden comment are not read from the database. It is shown as a placeholder
    if it has visible replies, and not at all otherwise.
    """
    policy = policy_of(article, publication or current_publication())
    rows = [] if policy.is_off else thread_rows(article, order, number)
    top_level = [comment for comment in _tree(rows).values() if comment.level == 1]
    top_level.sort(key=SORT_KEYS[order], reverse=order is Order.NEWEST)
    return _thread(article, policy, rows, order=order, number=number, comments=top_level)


def replies_to(
    article: Article, publication: Publication, comment: int, number: int = 1
) -> Thread | None:
    """Returns a page of the replies to a comment of the first or second level.

    None if there is no such comment, or it is not shown on any page.
    """
    policy = policy_of(article, publication)
    rows = [] if policy.is_off else reply_rows(article, comment, number)
    comments = _tree(rows)
    head = comments.get(comment)
    if head is None:
        return None
    above = [head] if head.display_parent_id is None else [comments[head.display_parent_id], head]
    replies, head.replies = sorted(head.replies, key=SORT_KEYS[Order.OLDEST]), []
    if head.display_parent_id is not None:
        comments[head.display_parent_id].replies = []
    return _thread(article, policy, rows, number=number, comments=replies, above=above)


def _thread(
    article: Article, policy: ArticlePolicy, rows: list[Row], *, number: int, **more: Any
) -> Thread:
    first = rows[0] if rows else None
    return Thread(
        count=first.readable or 0 if first else 0,
        policy=policy,
        base=article.get_absolute_url(),
        reply_url_prefix=f"{reverse('comment_new')}?article={article.pk}&parent=",
        number=number,
        pages=max(1, -(-(first.siblings or 0) // TOP_LEVEL_PER_PAGE)) if first else 1,
        **more,
    )


def _tree(rows: Iterable[Row]) -> dict[int, ThreadComment]:
    """Attaches each comment to its display parent, by time; the first level is not sorted yet."""
    rows = list(rows)
    comments = {row.id: _comment(row) for row in rows}
    for row in rows:
        comment = comments[row.id]
        if comment.display_parent_id is not None and comment.display_parent_id in comments:
            comments[comment.display_parent_id].replies.append(comment)
        if row.answered_state is not None and row.parent_id is not None:
            comment.in_reply_to = _answered(
                row, row.parent_id, is_on_page=row.parent_id in comments
            )
    for comment in comments.values():
        comment.replies.sort(key=SORT_KEYS[Order.OLDEST])
    return comments


def _comment(row: Row) -> ThreadComment:
    comment = ThreadComment(
        id=row.id,
        written_at=row.created_at,
        level=row.level,
        descendant_count=row.descendant_count,
        display_parent_id=row.display_parent_id,
    )
    if row.is_visible:
        comment.name = _name(row.shown_name, row.user_id, row.display_name)
        comment.reader = row.profile_id
        comment.by_staff, comment.by_author = bool(row.is_by_staff), row.is_by_author
        comment.text, comment.edited_at = row.shown_text or "", row.edited_at
        comment.featured = row.featured
        comment.recommendation_count = row.recommendation_count or 0
    else:
        comment.placeholder = str(PLACEHOLDERS[Comment.State(row.state)])
    return comment


def _name(written: str | None, user: int | None, display: str | None) -> str:
    """The current display name of an account, or the name a guest entered."""
    return written or "" if user is None else User(pk=user, display_name=display or "").public_name


def _answered(row: Row, parent: int, *, is_on_page: bool) -> Answered:
    hidden = row.answered_name is None
    name = "" if hidden else _name(row.answered_name, row.answered_user, row.answered_display_name)
    return Answered(parent, name, is_on_page)
