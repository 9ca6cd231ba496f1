"""Saves drafts of issues."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from articles.editorial.models import Article
from articles.links.saving import record_links
from iria.core.text.names import slug_from
from newsletter.email import editor_html
from newsletter.models import Issue, IssueItem

EDITABLE = (
    "newsletter", "subject", "preheader", "slug", "image", "image_caption", "greeting",
    "fallback_greeting", "introduction", "closing", "is_automatic", "needs_approval", "modified_at",
)  # fmt: skip

RESERVED = frozenset({"feed"})
"""Slugs that would collide with other URLs."""
NOT_COPIED = frozenset({"slug", "is_automatic", "needs_approval", "modified_at"})


class IssueArticle(NamedTuple):
    """An article of an issue, with an optional section heading."""

    article: Article
    heading: str = ""


class NotADraft(Exception):
    """The issue was scheduled or sent while it was edited. The message is shown to the user."""


def save(issue: Issue, articles: Sequence[IssueArticle] | None, *, by: User | None) -> None:
    """Saves a draft; `articles` are the chosen ones in order, or None to leave them unchanged.

    Raises:
        NotADraft: the issue was scheduled or sent, so its text can no longer change.
    """
    texts = editor_html.stored_texts(issue)
    for name, text in texts.items():
        setattr(issue, name, text)
    issue.slug = free_slug(issue)
    issue.is_automatic = issue.is_automatic and by is None
    # An edited digest must be sent by an editor.
    issue.needs_approval = issue.needs_approval or by is not None
    with transaction.atomic():
        if issue.pk is None:
            issue.created_by = by
            issue.save()
        else:
            lock_draft(issue)
            issue.save(update_fields=EDITABLE)
        record_links(issue, *texts.values())
        if articles is not None:
            set_articles(issue, articles)


def set_articles(issue: Issue, articles: Sequence[IssueArticle]) -> None:
    """Sets the articles of the issue, in this order and without duplicates."""
    issue.items.all().delete()
    unique = {item.article.pk: item for item in reversed(articles)}
    IssueItem.objects.bulk_create(
        IssueItem(issue=issue, article=item.article, heading=item.heading, position=position)
        for position, item in enumerate(reversed(unique.values()), start=1)
    )


def duplicate(issue: Issue, *, by: User) -> Issue:
    """Creates a draft with the texts and articles of an issue."""
    values = {name: getattr(issue, name) for name in EDITABLE if name not in NOT_COPIED}
    items = issue.items.select_related("article").order_by("position", "pk")
    copy = Issue(**values, language=issue.language)
    save(copy, [IssueArticle(item.article, item.heading) for item in items], by=by)
    return copy


def find_same_draft(issue: Issue, articles: Sequence[IssueArticle], *, by: User) -> Issue | None:
    """Returns an identical recent draft, if any: a form submitted twice creates one draft."""
    values = {name: getattr(issue, name) for name in EDITABLE if name not in NOT_COPIED}
    chosen = [(item.article.pk, item.heading) for item in articles]
    candidates = Issue.objects.filter(
        **{**values, **editor_html.stored_texts(issue)},
        created_by=by,
        state=Issue.State.DRAFT,
        created_at__gt=timezone.now() - timedelta(minutes=1),
    )
    for draft in candidates.order_by("pk"):
        items = draft.items.order_by("position", "pk")
        if list(items.values_list("article", "heading")) == chosen:
            return draft
    return None


def free_slug(issue: Issue) -> str:
    """Returns the chosen slug, or one made from the subject; with a number if it is taken."""
    base = slug_from(issue.slug or issue.subject, fallback="issue", length=74)
    taken = set(
        Issue.objects.filter(slug__startswith=base)
        .exclude(pk=issue.pk)
        .values_list("slug", flat=True)
    )
    slug, number = base, 2
    while slug in taken or slug in RESERVED:
        slug, number = f"{base}-{number}", number + 1
    return slug


def lock_draft(issue: Issue) -> None:
    """Locks a draft so that it cannot be sent until the transaction ends.

    Raises:
        NotADraft: it was scheduled or sent since it was opened.
    """
    current = Issue.objects.select_for_update(of=("self",)).filter(pk=issue.pk).first()
    if current is None:
        raise NotADraft("This issue was deleted. Copy your text into a new one.")
    if current.state == Issue.State.SCHEDULED:
        raise NotADraft("This issue is scheduled. Unschedule it to make changes, then save again.")
    if not current.is_draft:
        raise NotADraft("This issue was already sent and can no longer be changed.")
