"""Undoing an import: what it made and nobody has changed since is deleted; the rest stays, with the reason.

In batches, each a transaction, so that a million items fit, and an undo that was interrupted is continued by
starting it again. See docs/decisions/imports.md.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched
from typing import Any, Final, cast

from django.db import models, transaction
from django.db.models import ProtectedError, Q, RestrictedError
from django.utils import timezone
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.comments.models import Comment
from articles.editorial import hooks as editorial_hooks
from articles.editorial import merging
from articles.editorial.models import Article, Category, Draft, Redirect, StateChange
from articles.images.library import editing
from articles.images.models import Collection, Image
from articles.pages import hooks as pages_hooks
from articles.pages.models import Page
from articles.public.front_page.models import Placement
from iria.publication import menus
from iria.transfer import runs
from iria.transfer.models import ImportedItem, ImportRun
from iria.transfer.records import Kind
from iria.transfer.report import Report
from iria.transfer.writer import comments, images, subscribers, texts
from iria.transfer.writer.items import digest_of_row, url_of
from newsletter.models import Subscriber

BATCH: Final = 100
REMOVED: Final = "removed"
STAYS: Final = "stays"
"""The outcomes of its report."""
CHANGED: Final = "Somebody has changed it since."
PUBLISHED: Final = "Somebody has published, unpublished or moved it since."
COMMENTED: Final = "It has comments that this import did not make, or that were changed since."
PLACED: Final = "It is used: {}."
ANSWERED: Final = "It has replies that stay."
WITH_ARTICLE: Final = "Its article stays."
IS_USED: Final = "It is used by something that stays."
USES_OF_ARTICLE: Final = {
    "articles.Placement.article": "on a front page",
    "articles.SeriesPart.article": "in a series",
    "articles.PinnedResult.article": "pinned in the search",
    "articles.Correction.article": "with a correction",
    "articles.RelatedPick.picked": "picked as related",
    "newsletter.IssueItem.article": "in a newsletter",
}
MENU_KINDS: Final[dict[type[models.Model], str]] = {
    Page: pages_hooks.NAME,
    Category: editorial_hooks.KIND,
}
"""What editors put into menus."""
REDIRECTS: Final = tuple(f"articles.Redirect.{name}" for name in ("category", "author", "tag"))


@dataclass(slots=True)
class Undo:
    run: ImportRun
    dry_run: bool = False
    progress: Callable[[int, int], None] = field(default=lambda _done, _total: None)
    report: Report = field(default_factory=lambda: Report("undo", dry_run=False))
    _done: int = 0
    _total: int = 0

    def start(self) -> None:
        """Deletes, or with `dry_run` only says what would be deleted."""
        self._total = self.run.items.count()
        if self.dry_run:
            with transaction.atomic():
                self._remove_all()
                transaction.set_rollback(True)
            return
        self._remove_all()
        counts = self.report.counts
        self.run.counts = {kind.value: dict(each) for kind, each in counts.items()}
        self.run.remark_counts, self.run.problems, self.run.error = {}, [], ""
        self.run.state, self.run.finished_at = ImportRun.State.UNDONE, timezone.now()
        with transaction.atomic():
            runs.store(self.run, self.report.sections())
            self.run.save()

    def _remove_all(self) -> None:
        self._in_batches(Kind.POSTS, self._remove_articles)
        # Newest first: a reply before what it replies to, whose id is lower.
        self._in_batches(Kind.COMMENTS, self._remove_comments)
        self._in_batches(
            Kind.PAGES, lambda items: self._remove_each(items, Page, texts.written_page)
        )
        self._in_batches(Kind.REDIRECTS, lambda items: self._remove_each(items, Redirect, None))
        self._in_batches(Kind.IMAGES, lambda items: self._remove_each(items, Image, images.written))
        self._in_batches(
            Kind.SUBSCRIBERS,
            lambda items: self._remove_each(items, Subscriber, subscribers.written),
        )
        self._in_batches(Kind.TAGS, lambda items: self._remove_each(items, Tag, _name))
        self._in_batches(Kind.AUTHORS, lambda items: self._remove_each(items, AuthorProfile, _name))
        self._in_batches(Kind.CATEGORIES, lambda items: self._remove_each(items, Category, _name))

    def _in_batches(self, kind: Kind, remove: Callable[[list[ImportedItem]], None]) -> None:
        """Newest first."""
        items = self.run.items.filter(kind=kind.value).order_by("-object_id", "-pk")
        below = items
        while batch := list(below[:BATCH]):
            last = batch[-1]
            below = items.filter(
                Q(object_id__lt=last.object_id) | Q(object_id=last.object_id, pk__lt=last.pk)
            )
            with transaction.atomic():
                remove(batch)
            self._done += len(batch)
            self.progress(self._done, self._total)

    def _remove_articles(self, items: list[ImportedItem]) -> None:
        """Removes articles with their comments."""
        ids = [item.object_id for item in items]
        articles = Article.objects.locked(to_delete=True).filter(pk__in=ids).order_by("pk")
        rows = {row.pk: row for row in articles}
        reasons = self._reasons_of_articles(items, rows)
        going = [pk for pk in rows if pk not in reasons]
        with_them = list(
            self.run.items.filter(
                kind=Kind.COMMENTS.value,
                object_id__in=Comment.objects.filter(article__in=going).values("pk"),
            )
        )
        Article.objects.filter(pk__in=going).delete()
        self._note_all(items, rows, reasons)
        self._note_all(with_them, {}, {})

    def _reasons_of_articles(
        self, items: list[ImportedItem], rows: dict[int, Article]
    ) -> dict[int, str]:
        """Article → why it stays."""
        by_row = {item.object_id: item for item in items if item.object_id in rows}
        drafts = set(Draft.objects.filter(article__in=rows).values_list("article", flat=True))
        now = timezone.now()
        reasons = {
            pk: CHANGED
            for pk, item in by_row.items()
            if item.written != texts.written_article(rows[pk].version, has_draft=pk in drafts)
        }
        changes = StateChange.objects.filter(article__in=rows, created_by__isnull=False)
        for pk, moment in changes.order_by().values_list("article", "created_at"):
            if moment > by_row[pk].imported_at:
                reasons.setdefault(pk, PUBLISHED)
        for relation in merging.references_to(Article):
            field = relation.field.name
            if use := USES_OF_ARTICLE.get(f"{relation.related_model._meta.label}.{field}"):
                using: Any = relation.related_model._default_manager
                if relation.related_model is Placement:
                    # Not those that the import made.
                    using = using.exclude(
                        placed_by=self.run.created_by, placed_at__lte=self.run.finished_at or now
                    )
                using_ids = using.filter(**{f"{field}__in": rows}).values_list(field, flat=True)
                for pk in using_ids:
                    reasons.setdefault(pk, PLACED.format(use))
        for pk in self._with_other_comments(rows):
            reasons.setdefault(pk, COMMENTED)
        return reasons

    def _with_other_comments(self, articles: Iterable[int]) -> Iterator[int]:
        found = Comment.objects.filter(article__in=list(articles))
        found = found.only("pk", "article_id", "name", "text", "state")
        for batch in batched(found.iterator(1000), 1000):
            written = dict(
                self.run.items.filter(
                    kind=Kind.COMMENTS.value, object_id__in=[each.pk for each in batch]
                ).values_list("object_id", "written")
            )
            for each in batch:
                if written.get(each.pk) != comments.written(each):
                    yield each.article_id

    def _remove_comments(self, items: list[ImportedItem]) -> None:
        """Those on articles that the import did not make; the others stay with their article."""
        rows = Comment.objects.select_for_update(of=("self",)).in_bulk(
            [item.object_id for item in items]
        )
        of_run = set(
            self.run.items.filter(
                kind=Kind.POSTS.value, object_id__in={row.article_id for row in rows.values()}
            ).values_list("object_id", flat=True)
        )
        replies: defaultdict[int | None, set[int]] = defaultdict(set)
        for parent, reply in Comment.objects.filter(parent__in=rows).values_list("parent", "pk"):
            replies[parent].add(reply)
        going: set[int] = set()
        reasons = {}
        for item in items:
            row = rows.get(item.object_id)
            if row is None:
                continue
            if row.article_id in of_run:
                reasons[row.pk] = WITH_ARTICLE
            elif item.written != comments.written(row):
                reasons[row.pk] = CHANGED
            elif replies[row.pk] - going:
                reasons[row.pk] = ANSWERED
            else:
                going.add(row.pk)
        Comment.objects.filter(pk__in=going).delete()
        self._note_all(items, rows, reasons)

    def _remove_each[M: models.Model](
        self, items: list[ImportedItem], model: type[M], written: Callable[[M], str] | None
    ) -> None:
        rows = model._default_manager.in_bulk([item.object_id for item in items])
        existing = [(item, row) for item in items if (row := rows.get(item.object_id)) is not None]
        reasons = {
            row.pk: CHANGED
            for item, row in existing
            if (written and item.written != written(row))
            or (isinstance(row, AuthorProfile) and row.user_id is not None)
        }
        if name := MENU_KINDS.get(model):
            listed = menus.listed_keys(name)
            for _, row in existing:
                if str(row.pk) in listed:
                    reasons.setdefault(row.pk, PLACED.format("in a menu"))
        # Each once: several items may have become one row.
        going = {row.pk: row for _, row in existing if row.pk not in reasons}
        self._note_all(items, rows, reasons | _delete(list(going.values())))

    def _note_all(
        self, items: list[ImportedItem], rows: Mapping[int, models.Model], reasons: dict[int, str]
    ) -> None:
        """Records which rows of these items stay, and why; the other items are forgotten."""
        for item in items:
            kind, reason = Kind(item.kind), reasons.get(item.object_id, "")
            url = url_of(rows[item.object_id]) if reason else ""
            self.report.add(kind, item.source_id, STAYS if reason else REMOVED, reason, url)
        gone = [item.pk for item in items if item.object_id not in reasons]
        ImportedItem.objects.filter(pk__in=gone).delete()


def _name(row: Any) -> str:
    return digest_of_row(row.name)


def _delete(rows: Sequence[models.Model]) -> dict[int, str]:
    """Deletes rows of one model: together if possible, otherwise in halves; id → why that row stays."""
    if not rows:
        return {}
    if isinstance(rows[0], Image):
        return {row.pk: reason for row in rows if (reason := _delete_image(cast("Image", row)))}
    reason = ""
    if isinstance(rows[0], Tag | AuthorProfile | Category):
        uses = merging.preview(rows, rows[0], excluding=REDIRECTS)
        reason = PLACED.format(", ".join(map(str, uses))) if uses else ""
    if not reason:
        try:
            with transaction.atomic():
                type(rows[0])._default_manager.filter(pk__in=[row.pk for row in rows]).delete()
        except (ProtectedError, RestrictedError):
            reason = IS_USED
    if not reason:
        return {}
    if len(rows) == 1:
        return {rows[0].pk: reason}
    middle = len(rows) // 2
    # The newer ones first: a category is used by those below it.
    return _delete(rows[:middle]) | _delete(rows[middle:])


def _delete_image(image: Image) -> str:
    if Collection.objects.filter(pictures=image).exists():
        return PLACED.format("in a collection")
    try:
        editing.delete(image)
    except editing.StillUsed as error:
        return str(error)
    return ""
