"""The status of an article as its editors see it: what readers see, and what they do not see yet."""

from enum import Enum

from articles.editorial.models import Article, Draft


class Status(Enum):
    """A badge: its text, the end of its CSS class, and what readers do not see yet."""

    NEW = ("New draft", "draft", "")
    DRAFT = ("Draft", "draft", "")
    SCHEDULED = ("Scheduled", "scheduled", "")
    OVERDUE = ("Overdue", "overdue", "")
    LIVE = ("Live", "published", "")
    CHANGED = ("Live", "published", "changes not published")
    CHANGES_SCHEDULED = ("Changes scheduled", "scheduled", "")
    UNPUBLISHED = ("Unpublished", "withdrawn", "")
    TRASH = ("In trash", "trash", "")

    def __init__(self, label: str, style: str, detail: str) -> None:
        self.label, self.style, self.detail = label, style, detail


OF_STATE = {
    Article.State.DRAFT: Status.DRAFT,
    Article.State.SCHEDULED: Status.SCHEDULED,
    Article.State.PUBLISHED: Status.LIVE,
    Article.State.UNPUBLISHED: Status.UNPUBLISHED,
    Article.State.TRASH: Status.TRASH,
}


def status_of(article: Article, draft: Draft | None, *, is_overdue: bool) -> Status:
    """The status of a saved article; `is_overdue` as in `Article.objects.overdue()`."""
    if is_overdue:
        return Status.OVERDUE
    if draft is not None:
        return Status.CHANGED if draft.publish_at is None else Status.CHANGES_SCHEDULED
    return OF_STATE[Article.State(article.state)]
