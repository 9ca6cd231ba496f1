"""Saving an article: sanitised, with a revision and its figures; and corrections."""

from collections.abc import Iterator
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from articles.body.figures import figures_in
from articles.body.sanitiser import clean, clean_caption
from articles.editorial import article_urls, signals
from articles.editorial.checklist import NotReady, blockers_of_new_images
from articles.editorial.models import Article, Correction, Figure, Revision
from articles.editorial.models.article import (
    BOOKKEEPING_FIELDS,
    EDITABLE_FIELDS,
    PUBLICATION_FIELDS,
    REVISED_FIELDS,
)
from articles.embeds.autoembed import autoembed
from articles.images.models import Image
from articles.images.rights import usage_check

RECORDED: Final = tuple(
    field.attname for field in Article._meta.concrete_fields if field.name in REVISED_FIELDS
)
"""Columns of a revision, and of the article."""

SAVED: Final = (*EDITABLE_FIELDS, *BOOKKEEPING_FIELDS)


FIGURE_FIELDS: Final = ("place", "position", "caption", "width", "gallery")
"""Fields of a figure that may change while its row stays."""

POSITION_OFFSET: Final = 16_000
"""Larger than every position in a text, and within the range of the column."""


class EditConflict(Exception):
    """The article was saved since it was opened: its version now, and the newest revision."""

    def __init__(self, version: int, latest: Revision | None) -> None:
        super().__init__("The article was saved by someone else in the meantime.")
        self.version, self.latest = version, latest


def save(article: Article, *, by: User | None) -> Revision:
    """Saves the article, with a revision if its content changed.

    The text is sanitised, URLs alone on a line become embeds, figure rows are updated, and a changed
    slug of an article with a URL adds a redirect. The caller saves categories and authors.

    Raises:
        NotReady: the article is published and would get an image that may not be published.
    """
    with transaction.atomic():
        article.body = autoembed(clean(article.body))
        article.lead_caption = clean_caption(article.lead_caption)
        if article.slug in article_urls.RESERVED:
            article.slug = article_urls.wished_slug(article)
        if article._state.adding:
            article.version = 1
            article.save()
        else:
            _save_fields(article)
        record_figures(article)
        revision = _record(article, by)
        if article.is_published:
            transaction.on_commit(
                lambda: signals.changed.send(sender=Article, article_id=article.pk)
            )
    return revision


def lock(article: Article, *, opened_at: int) -> None:
    """Locks the article until the end of the transaction, for a user who opened this version.

    Raises:
        EditConflict: it was saved since.
    """
    version = (
        Article.objects.select_for_update(of=("self",))
        .filter(pk=article.pk)
        .values_list("version", flat=True)
        .first()
    )
    if version is not None and version != opened_at:
        raise EditConflict(version, article.revisions.select_related("created_by").first())


def _save_fields(article: Article) -> None:
    """Writes the editable fields over the current row, not the row that was read before."""
    current = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
    for name in PUBLICATION_FIELDS:
        setattr(article, name, getattr(current, name))
    article.version = current.version + 1
    article_urls.update_slug(article)
    changed = any(getattr(article, name) != getattr(current, name) for name in RECORDED)
    if article.is_published and changed:
        article.updated_at = timezone.now()
    article.save(update_fields=SAVED)


def record_figures(article: Article) -> None:
    """Updates the figure rows from the text and the lead image, one row for each use.

    The row of an existing use is kept, wherever it moved in the text: PostgreSQL checks the credit
    of new rows only.

    Raises:
        NotReady: see `save`.
    """
    rows = list(_figures(article))
    inline = [row.image_id for row in rows if row.place == Figure.Place.INLINE]
    if found := blockers_of_new_images(article, article.lead_image_id, inline):
        raise NotReady(found)
    shown = {row.image_id for row in rows}
    known = set(Image.objects.filter(pk__in=shown).values_list("pk", flat=True))
    existing: dict[int, list[Figure]] = {}
    for row in article.figures.order_by("-position"):
        existing.setdefault(row.image_id, []).append(row)
    new, changed = [], []
    for row in rows:
        if row.image_id not in known:
            continue
        if not existing.get(row.image_id):
            new.append(row)
        elif _differs(before := existing[row.image_id].pop(), row):
            row.pk = before.pk
            changed.append(row)
    deleted_ids = [row.pk for rest in existing.values() for row in rest]
    if new:
        usage_check.lock(known)
    _write(new, changed, deleted_ids)


def _differs(before: Figure, now: Figure) -> bool:
    return any(getattr(before, name) != getattr(now, name) for name in FIGURE_FIELDS)


def _write(new: list[Figure], changed: list[Figure], deleted_ids: list[int]) -> None:
    if deleted_ids:
        Figure.objects.filter(pk__in=deleted_ids).delete()
    if changed:
        # Move them away first: positions are unique at every moment.
        moving = Figure.objects.filter(pk__in=[row.pk for row in changed])
        moving.update(position=F("position") + POSITION_OFFSET)
        Figure.objects.bulk_update(changed, FIGURE_FIELDS)
    if new:
        Figure.objects.bulk_create(new)


def _figures(article: Article) -> Iterator[Figure]:
    if article.lead_image_id is not None:
        yield Figure(
            article=article,
            image_id=article.lead_image_id,
            place=Figure.Place.LEAD,
            position=0,
            caption=article.lead_caption,
        )
    for position, use in enumerate(figures_in(article.body), start=1):
        yield Figure(
            article=article,
            image_id=use.image_id,
            place=Figure.Place.INLINE,
            position=position,
            caption=use.caption,
            width=use.width,
            gallery=use.gallery,
        )


def _record(article: Article, by: User | None) -> Revision:
    """The revision of this content; the same content makes no new revision."""
    content = {name: getattr(article, name) for name in RECORDED}
    latest = article.revisions.first()
    if latest is not None and all(getattr(latest, name) == content[name] for name in RECORDED):
        return latest
    number = latest.number + 1 if latest is not None else 1
    return Revision.objects.create(article=article, number=number, created_by=by, **content)


def add_correction(correction: Correction, *, by: User | None) -> None:
    """Adds a correction to its article, with its author."""
    correction.created_by = by
    with transaction.atomic():
        correction.save()
        article_id = correction.article_id
        transaction.on_commit(lambda: signals.corrected.send(sender=Article, article_id=article_id))
