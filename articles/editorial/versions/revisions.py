"""Revisions of an article: saving what readers see, recording it, and thinning the history."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts.models import User
from articles.editorial import article_urls, signals
from articles.editorial.models import Article, Correction, Draft, Revision
from articles.editorial.models.article import (
    BOOKKEEPING_FIELDS,
    EDITABLE_FIELDS,
    PUBLICATION_FIELDS,
)
from articles.editorial.versions.content import (
    BLANK,
    COLUMNS,
    REVISION_COLUMNS,
    Content,
    columns_of,
    content_of_revision,
    contents_of,
    fields_of,
    sanitised_all,
)
from articles.editorial.versions.content import apply as apply_content
from articles.editorial.versions.related_rows import record_attachments, record_figures
from articles.links.saving import record_all_links
from iria.core.db.bulk import update_rows
from iria.core.jobs import job
from iria.publication.models import current_publication

Reason = Revision.Reason

SAVED: Final = (*EDITABLE_FIELDS, *BOOKKEEPING_FIELDS)

FOLD_WITHIN: Final = timedelta(minutes=10)
"""Autosaves of one user within this time become one revision."""


class EditConflict(Exception):
    """The article was saved since it was opened: its version now, and the newest revision."""

    def __init__(self, version: int, latest: Revision | None) -> None:
        super().__init__("The article was saved by someone else in the meantime.")
        self.version, self.latest = version, latest


def save(article: Article, *, by: User | None) -> Revision:
    """Saves the fields of the article, and records a revision; readers see it if it is published.

    For programs that load or change articles. Editors save through `articles.editorial.versions.drafts`,
    which leaves a published article as it is. The caller saves categories and authors.

    Raises:
        NotReady: the article is published and would get an image that may not be published.
    """
    with transaction.atomic():
        write_all([article])
        revision = record(article, by=by)
        if article.is_published:
            transaction.on_commit(
                lambda: signals.changed.send(sender=Article, article_id=article.pk)
            )
    return revision


def write_all(articles: Sequence[Article]) -> None:
    """Writes the fields of articles, and what follows from their texts, without revisions.

    For imports: the caller writes categories, tags and authors, and then calls `record_all`.

    Raises:
        NotReady: see `save`.
    """
    contents = sanitised_all([{**BLANK, **fields_of(article)} for article in articles])
    for article, content in zip(articles, contents, strict=True):
        apply_content(article, content)
        if article.slug in article_urls.RESERVED:
            article.slug = article_urls.proposed_slug(article)
    new = [article for article in articles if article._state.adding]
    existing = [article for article in articles if not article._state.adding]
    with transaction.atomic():
        for article in new:
            article.version = 1
        Article.objects.bulk_create(new)
        if existing:
            write_fields(*existing)
        record_figures(*articles)
        record_attachments(*articles)
        record_all_links({each: (each.body, each.lead_caption) for each in articles})


def lock(article: Article, *, opened_at: int) -> None:
    """Locks the article until the end of the transaction, for a user who opened this version.

    Raises:
        EditConflict: it was saved since.
    """
    version = (
        Article.objects.locked().filter(pk=article.pk).values_list("version", flat=True).first()
    )
    if version is not None and version != opened_at:
        raise EditConflict(version, article.revisions.select_related("created_by").first())


def write_fields(*articles: Article) -> None:
    """Writes the editable fields over the current rows, not the rows that were read before.

    A changed slug of an article with a URL adds a redirect.
    """
    rows = Article.objects.locked().filter(pk__in=[each.pk for each in articles])
    locked = {row.pk: row for row in rows.order_by("pk")}
    changed: set[str] = set()
    for article in articles:
        current = locked[article.pk]
        for name in PUBLICATION_FIELDS:
            setattr(article, name, getattr(current, name))
        article.version = current.version + 1
        article.modified_at = timezone.now()
        article_urls.change_slug(article, current.slug)
        texts = (getattr(article, name) != getattr(current, name) for name in REVISION_COLUMNS)
        if article.is_published and any(texts):
            article.updated_at = article.modified_at
        changed.update(name for name in SAVED if _column(article, name) != _column(current, name))
    # Only what changed, since each update of a text is long.
    update_rows(articles, sorted(changed))


def _column(article: Article, name: str) -> Any:
    return getattr(article, COLUMNS.get(name, name))


def mark_published(article: Article, *, by: User | None) -> Revision:
    """Records what the rows hold now as what readers see.

    The latest revision is used if it has the same text: publication itself changes only the slug.
    """
    return mark_all_published([article], by=by)[0]


def mark_all_published(articles: Sequence[Article], *, by: User | None) -> list[Revision]:
    """`mark_published` for several articles."""
    contents = contents_of(articles)
    latest = _latest(articles)
    now = timezone.now()
    published_revisions: list[Revision] = []
    new: list[Revision] = []
    changed: list[Revision] = []
    for article in articles:
        content = contents[article.pk]
        revision = latest.get(article.pk)
        if revision is None or any(
            getattr(revision, name) != content[name] for name in REVISION_COLUMNS
        ):
            revision = _next(article, revision, content, by, Reason.SAVE)
        details = columns_of(content)["details"]
        if revision.pk is None:
            new.append(revision)
        elif revision.details != details:
            changed.append(revision)
        revision.details, revision.published_at = details, now
        published_revisions.append(revision)
    known = [each.pk for each in published_revisions if each.pk is not None]
    Revision.objects.bulk_create(new)
    update_rows(changed, ["details"])
    Revision.objects.filter(pk__in=known).update(published_at=now)
    return published_revisions


def record(article: Article, *, by: User | None, reason: Reason = Reason.SAVE) -> Revision:
    """Records what the rows of the article hold now; what was recorded before is not repeated."""
    return record_all([article], by=by, reason=reason)[0]


def record_all(
    articles: Sequence[Article], *, by: User | None, reason: Reason = Reason.SAVE
) -> list[Revision]:
    """`record` for several articles."""
    contents = contents_of(articles)
    latest = _latest(articles)
    recorded = [
        _next(each, latest.get(each.pk), contents[each.pk], by, reason) for each in articles
    ]
    now = timezone.now()
    unseen = [
        revision
        for article, revision in zip(articles, recorded, strict=True)
        if article.is_published and revision.published_at is None
    ]
    for revision in unseen:
        revision.published_at = now
    seen = [each.pk for each in unseen if each.pk is not None]
    if seen:
        Revision.objects.filter(pk__in=seen).update(published_at=now)
    Revision.objects.bulk_create(each for each in recorded if each.pk is None)
    return recorded


def add(
    article: Article,
    content: Content,
    *,
    by: User | None,
    reason: Reason,
    unchanged: bool = False,
    overrules: bool = False,
) -> Revision:
    """Adds a revision with this content, unless the latest one has the same.

    An autosave is continued for ten minutes by the next autosaves of the same user.

    Args:
        unchanged: the content was not changed; then one from a release with fewer fields is the same.
        overrules: the latest revision was written elsewhere, such as in another tab, and stays.
    """
    latest = article.revisions.first()
    revision = _next(article, latest, content, by, reason, unchanged=unchanged, overrules=overrules)
    if revision.pk is None:
        revision.save()
    return revision


def _latest(articles: Sequence[Article]) -> dict[int, Revision]:
    """By the id of the article."""
    rows = Revision.objects.filter(article__in=articles)
    newest = rows.order_by("article_id", "-number").distinct("article_id")
    return {each.article_id: each for each in newest}


def _next(
    article: Article,
    latest: Revision | None,
    content: Content,
    by: User | None,
    reason: Reason,
    *,
    unchanged: bool = False,
    overrules: bool = False,
) -> Revision:
    """The latest revision if it holds this content or is continued; otherwise one that is not saved yet."""
    if latest is not None and _is_same(latest, content, unchanged=unchanged):
        if (latest.reason, reason) == (Reason.AUTOSAVE, Reason.SAVE):
            latest.reason = reason
            latest.save(update_fields=["reason"])
        return latest
    values = columns_of(content)
    now = timezone.now()
    if latest is not None and not overrules and _may_fold(latest, by, reason, now):
        for name, value in values.items():
            setattr(latest, name, value)
        latest.saved_at = now
        latest.save(update_fields=[*values, "saved_at"])
        return latest
    return Revision(
        article=article,
        number=latest.number + 1 if latest is not None else 1,
        created_by=by,
        reason=reason,
        **values,
    )


def _is_same(revision: Revision, content: Content, *, unchanged: bool) -> bool:
    known = content_of_revision(revision)
    if unchanged and revision.details is not None:
        known = content | known
    return known == content


def _may_fold(latest: Revision, by: User | None, reason: Reason, now: datetime) -> bool:
    return (
        latest.reason == reason == Reason.AUTOSAVE
        and by is not None
        and latest.created_by_id == by.pk
        and latest.published_at is None
        and now - latest.created_at < FOLD_WITHIN
    )


def record_changed(article_ids: Collection[int], *, by: User | None) -> None:
    """Records a revision of each of these articles after something changed many of them."""
    for article in Article.objects.filter(pk__in=article_ids).order_by("pk"):
        record(article, by=by, reason=Reason.BULK)


KEEP_ALL_FOR: Final = timedelta(days=30)
"""Every revision of this time is kept."""


THINNING_BATCH: Final = 5_000


@job("editorial.thin_revisions", cron="40 3 * * *")
def thin() -> int:
    """Deletes old revisions that nobody needs; returns how many.

    Of the revisions older than thirty days, the last one of each day of the publication is kept, and
    every one that readers saw, that is a draft, that is the first one of its article, or that was
    restored or changed together with others.
    """
    day = TruncDate("created_at", tzinfo=current_publication().zone_info)
    later = Revision.objects.alias(day=day).filter(
        article=OuterRef("article"), number__gt=OuterRef("number"), day=OuterRef("day")
    )
    unneeded = (
        Revision.objects.alias(day=day)
        .filter(
            Exists(later),
            created_at__lt=timezone.now() - KEEP_ALL_FOR,
            published_at__isnull=True,
            number__gt=1,
            reason__in=[Reason.SAVE, Reason.AUTOSAVE],
        )
        .exclude(pk__in=Draft.objects.values("revision"))
    )
    total = 0
    while chunk := list(unneeded.order_by("pk").values_list("pk", flat=True)[:THINNING_BATCH]):
        total += Revision.objects.filter(pk__in=chunk).delete()[0]
    return total


def add_correction(correction: Correction, *, by: User | None) -> None:
    """Adds a correction to its article, with its author."""
    correction.created_by = by
    with transaction.atomic():
        correction.save()
        article_id = correction.article_id
        transaction.on_commit(lambda: signals.corrected.send(sender=Article, article_id=article_id))
