"""A thread as displayed: three levels, the rest flattened, no hidden text."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.submission.comment_policy import CommentSettings, settings_of
from articles.comments.threads.permalinks import replies_url, thread_url
from articles.comments.threads.queries import TOPS, Order, Row, rows_of_answers, rows_of_thread
from articles.editorial.models import Article
from iria.publication.models import Publication, current_publication

PLACEHOLDERS: Final = {
    Comment.State.UNCONFIRMED: gettext_lazy("This comment is pending approval again."),
    Comment.State.PENDING: gettext_lazy("This comment is pending approval again."),
    Comment.State.REJECTED: gettext_lazy("A moderator removed this comment."),
    Comment.State.SPAM: gettext_lazy("A moderator removed this comment."),
    Comment.State.DELETED: gettext_lazy("The commenter deleted this comment."),
}
"""What stands where a comment was that others answered."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Whom a comment of the last level answers, since it stands beside it."""

    id: int
    name: str
    """Empty where it cannot be read any more."""
    here: bool
    """Whether it stands on the same page."""

    @property
    def url(self) -> str:
        return f"#comment-{self.id}" if self.here else reverse("comment", args=[self.id])


@dataclass(slots=True)
class ThreadComment:
    """One place in a thread: a comment, or the gap it left."""

    id: int
    written_at: datetime
    name: str = ""
    text: str = ""
    reader: int | None = None
    """The account whose page the name leads to, if it chose to have one."""
    by_staff: bool = False
    by_author: bool = False
    edited_at: datetime | None = None
    featured: bool = False
    placeholder: str = ""
    level: int = 1
    descendant_count: int = 0
    """How many comments can be read below it, on this page or not."""
    display_parent_id: int | None = None
    """The comment below which it stands, if any."""
    in_reply_to: Answered | None = None
    replies: list["ThreadComment"] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"comment-{self.id}"

    @property
    def readable_here(self) -> int:
        """How many of those below it stand on this page."""
        return sum((not place.placeholder) + place.readable_here for place in self.replies)


IN_ORDER: Final[dict[Order, Callable[[ThreadComment], Any]]] = {
    Order.OLDEST: lambda place: (place.written_at, place.id),
    Order.NEWEST: lambda place: (place.written_at, place.id),
    Order.DISCUSSED: lambda place: (-place.descendant_count, place.written_at, place.id),
}
"""As the database orders them, but for the direction of the newest."""


@dataclass(frozen=True, slots=True)
class Thread:
    """A page of the comments of an article, and how many of them can be read in all."""

    comments: list[ThreadComment]
    count: int
    settings: CommentSettings
    base: str
    """The address of the article, below which those of its thread stand."""
    reply_address: str = ""
    """Where an answer is written, up to the number of the comment it answers."""
    above: list[ThreadComment] = field(default_factory=list)
    """On a page of answers: what is answered, the outermost first."""
    order: Order = Order.OLDEST
    number: int = 1
    pages: int = 1

    @property
    def open(self) -> bool:
        return self.settings.is_open

    @property
    def moderation(self) -> str:
        """Who reads a guest's comment before it appears."""
        return self.settings.notice

    @property
    def off(self) -> bool:
        """Whether there is no conversation here at all."""
        return self.settings.is_off

    @property
    def answered(self) -> "ThreadComment | None":
        """On a page of answers, the comment that the form below them answers; None where it left a gap."""
        return self.above[-1] if self.above and not self.above[-1].placeholder else None

    @property
    def previous(self) -> str:
        return self._page(self.number - 1) if self.number > 1 else ""

    @property
    def next(self) -> str:
        return self._page(self.number + 1) if self.number < self.pages else ""

    @property
    def orders(self) -> list[tuple[str, str, bool]]:
        """Words and address of each order, and whether it is this one; none where all fits on a page."""
        if self.above or (self.pages == 1 and len(self.comments) < 2):
            return []
        words = {
            Order.OLDEST: gettext("Oldest first"),
            Order.NEWEST: gettext("Newest first"),
            Order.DISCUSSED: gettext("Most discussed"),
        }
        return [
            (words[order], thread_url(self.base, order), order is self.order) for order in Order
        ]

    def _page(self, number: int) -> str:
        if self.above:
            return replies_url(self.base, self.above[-1].id, number)
        return thread_url(self.base, self.order, number)

    @property
    def words(self) -> str:
        """The count as readers say it: “No Comments”, “1 Comment”, “12 Comments”."""
        if self.count == 0:
            return gettext("No Comments")
        return ngettext("%(count)d Comment", "%(count)d Comments", self.count) % {
            "count": self.count
        }

    @property
    def heading(self) -> str:
        """The count above the list; on a page of answers that of these."""
        if not self.above:
            return self.words
        number = self.above[-1].descendant_count
        return ngettext("%(count)d reply", "%(count)d replies", number) % {"count": number}

    @property
    def readable(self) -> Iterator[ThreadComment]:
        """The comments of this page that can be read, each before its answers."""
        return _readable([*self.above, *self.comments])


def thread_of(
    article: Article,
    publication: Publication | None = None,
    order: Order = Order.OLDEST,
    number: int = 1,
) -> Thread:
    """A page of the thread below an article, in one query however long it is.

    Of a hidden comment neither words nor name are read from the database. It leaves a gap with a
    sentence where a visible comment answers it, and nothing otherwise.
    """
    settings = settings_of(article, publication or current_publication())
    rows = [] if settings.is_off else rows_of_thread(article, order, number)
    tops = [place for place in _laid(rows).values() if place.level == 1]
    tops.sort(key=IN_ORDER[order], reverse=order is Order.NEWEST)
    return _thread(article, settings, rows, order=order, number=number, comments=tops)


def answers_to(
    article: Article, publication: Publication, comment: int, number: int = 1
) -> Thread | None:
    """A page of what stands below one comment of the first or second level.

    None where there is no such comment, or it has no place on any page.
    """
    settings = settings_of(article, publication)
    rows = [] if settings.is_off else rows_of_answers(article, comment, number)
    places = _laid(rows)
    head = places.get(comment)
    if head is None:
        return None
    above = [head] if head.display_parent_id is None else [places[head.display_parent_id], head]
    below, head.replies = sorted(head.replies, key=IN_ORDER[Order.OLDEST]), []
    if head.display_parent_id is not None:
        places[head.display_parent_id].replies = []
    return _thread(article, settings, rows, number=number, comments=below, above=above)


def _thread(
    article: Article, settings: CommentSettings, rows: list[Row], *, number: int, **more: Any
) -> Thread:
    first = rows[0] if rows else None
    return Thread(
        count=first.readable or 0 if first else 0,
        settings=settings,
        base=article.get_absolute_url(),
        reply_address=f"{reverse('comment_new')}?article={article.pk}&parent=",
        number=number,
        pages=max(1, -(-(first.siblings or 0) // TOPS)) if first else 1,
        **more,
    )


def _laid(rows: Iterable[Row]) -> dict[int, ThreadComment]:
    """Each below its host, in the order of time; the first level in none yet."""
    rows = list(rows)
    places = {row.id: _place(row) for row in rows}
    for row in rows:
        place = places[row.id]
        if place.display_parent_id is not None and place.display_parent_id in places:
            places[place.display_parent_id].replies.append(place)
        if row.answered_state is not None and row.parent_id is not None:
            place.in_reply_to = _answered(row, row.parent_id, here=row.parent_id in places)
    for place in places.values():
        place.replies.sort(key=IN_ORDER[Order.OLDEST])
    return places


def _place(row: Row) -> ThreadComment:
    place = ThreadComment(
        id=row.id,
        written_at=row.created_at,
        level=row.level,
        descendant_count=row.descendant_count,
        display_parent_id=row.display_parent_id,
    )
    if row.is_visible:
        place.name = _name(row.shown_name, row.user_id, row.writer_name)
        place.reader = row.writer_with_page
        place.by_staff, place.by_author = bool(row.writer_is_staff), row.writer_is_author
        place.text, place.edited_at = row.shown_text or "", row.edited_at
        place.featured = row.featured
    else:
        place.placeholder = str(PLACEHOLDERS[Comment.State(row.state)])
    return place


def _name(written: str | None, user: int | None, display: str | None) -> str:
    """The name readers see: an account's as it is today."""
    return written or "" if user is None else User(pk=user, display_name=display or "").public_name


def _answered(row: Row, parent: int, *, here: bool) -> Answered:
    hidden = row.answered_name is None
    name = "" if hidden else _name(row.answered_name, row.answered_user, row.answered_writer)
    return Answered(parent, name, here)


def _readable(places: Iterable[ThreadComment]) -> Iterator[ThreadComment]:
    for place in places:
        if not place.placeholder:
            yield place
        yield from _readable(place.replies)
