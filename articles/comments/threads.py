"""A thread as a page shows it: three levels, the rest flattened, and never a word that is hidden."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext

from accounts.models import User
from articles.comments.models import Comment
from articles.editorial.models import Article

LEVELS: Final = 3

GAPS: Final = {
    Comment.State.HELD: gettext_lazy("This comment is waiting for a moderator again."),
    Comment.State.REJECTED: gettext_lazy("A moderator removed this comment."),
    Comment.State.SPAM: gettext_lazy("A moderator removed this comment."),
    Comment.State.DELETED: gettext_lazy("The writer removed this comment."),
}
"""What stands where a comment was that others answered."""


@dataclass(slots=True)
class Shown:
    """One place in a thread: a comment, or the gap it left."""

    id: int
    written_at: datetime
    name: str = ""
    text: str = ""
    by_staff: bool = False
    gap: str = ""
    level: int = 1
    host: "Shown | None" = None
    in_reply_to: "Shown | None" = None
    replies: list["Shown"] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"comment-{self.id}"


@dataclass(frozen=True, slots=True)
class Thread:
    """The comments of an article, oldest first, and how many of them can be read."""

    comments: list[Shown]
    count: int
    open: bool
    reply_address: str = ""
    """Where an answer is written, up to the number of the comment it answers."""

    @property
    def words(self) -> str:
        """The count as readers say it: “No Comments”, “1 Comment”, “12 Comments”."""
        if self.count == 0:
            return gettext("No Comments")
        return ngettext("%(count)d Comment", "%(count)d Comments", self.count) % {
            "count": self.count
        }


def thread_of(article: Article) -> Thread:
    """The thread below an article, in one query however deep it is.

    Of a hidden comment neither words nor name are read from the database. It leaves a gap with a
    sentence where a visible comment answers it, and nothing otherwise.
    """
    rows = {row.pk: row for row in Comment.objects.for_thread(article)}
    top: list[Shown] = []
    shown: dict[int, Shown] = {}
    # A reply is younger than what it answers by number, whatever the clock said.
    for pk in sorted(_visible_and_answered(rows)):
        place = shown[pk] = _place(rows[pk])
        parent = shown.get(rows[pk].parent_id or 0)
        _below(place, parent).append(place) if parent else top.append(place)
    for siblings in [top, *(place.replies for place in shown.values())]:
        siblings.sort(key=lambda place: (place.written_at, place.id))
    return Thread(
        comments=top,
        count=sum(not place.gap for place in shown.values()),
        open=article.comments_open and article.is_published,
        reply_address=f"{reverse('comment_new')}?article={article.pk}&parent=",
    )


def _visible_and_answered(rows: dict[int, Comment]) -> set[int]:
    """Visible comments and everything they answer, up to the top."""
    kept: set[int] = set()
    for pk, row in rows.items():
        above: int | None = pk if row.is_visible else None
        while above is not None and above not in kept:
            kept.add(above)
            above = rows[above].parent_id
    return kept


def _place(row: Comment) -> Shown:
    place = Shown(id=row.pk, written_at=row.created_at)
    if row.is_visible:
        place.name, place.by_staff = _writer(row)
        place.text = row.shown_text  # type: ignore[attr-defined]
    else:
        place.gap = str(GAPS[Comment.State(row.state)])
    return place


def _writer(row: Any) -> tuple[str, bool]:
    """The name readers see, an account's as it is today, and whether it is one of the house."""
    if row.user_id is None:
        return row.shown_name, False
    account = User(pk=row.user_id, display_name=row.writer_name)
    return account.public_name, row.writer_is_staff


def _below(place: Shown, parent: Shown) -> list[Shown]:
    """The replies among which the place stands: on the last level, beside what it answers."""
    if parent.level < LEVELS:
        place.level, place.host = parent.level + 1, parent
        return parent.replies
    place.level, place.host, place.in_reply_to = LEVELS, parent.host, parent
    assert parent.host is not None  # noqa: S101 - the last level hangs below another
    return parent.host.replies
