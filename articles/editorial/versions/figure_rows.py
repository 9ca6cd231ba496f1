"""The figure rows of an article, derived from its text and lead image."""

from collections.abc import Iterator
from typing import Final

from django.db.models import F

from articles.body.figures import figures_in
from articles.editorial.checklist import NotReady, blockers_of_new_images
from articles.editorial.models import Article, Figure
from articles.images.models import Image
from articles.images.rights import usage_check

FIGURE_FIELDS: Final = (
    *("place", "position", "caption", "width", "gallery"),
    *("alt_text", "is_decorative"),
)
"""Fields of a figure that may change while its row stays."""

POSITION_OFFSET: Final = 16_000
"""Larger than every position in a text, and within the range of the column."""


def record_figures(*articles: Article) -> None:
    """Updates the figure rows of articles from their texts and lead images, one row for each use.

    The row of an existing use is kept, wherever it moved in the text: PostgreSQL checks the credit
    of new rows only.

    Raises:
        NotReady: see `save`.
    """
    rows_of = {article.pk: list(figures_of(article)) for article in articles}
    for article in articles:
        others = [row.image_id for row in rows_of[article.pk] if row.place != Figure.Place.LEAD]
        if found := blockers_of_new_images(article, article.lead_image_id, others):
            raise NotReady(found)
    shown = {row.image_id for rows in rows_of.values() for row in rows}
    known = set(Image.objects.filter(pk__in=shown).values_list("pk", flat=True))
    existing: dict[tuple[int, int], list[Figure]] = {}
    for row in Figure.objects.filter(article__in=articles).order_by("-position"):
        existing.setdefault((row.article_id, row.image_id), []).append(row)
    new, changed = [], []
    for row in (row for rows in rows_of.values() for row in rows if row.image_id in known):
        before = existing.get((row.article_id, row.image_id))
        if not before:
            new.append(row)
        elif _differs(kept := before.pop(), row):
            row.pk = kept.pk
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


def figures_of(article: Article) -> Iterator[Figure]:
    """What the text, the lead image and the social image say, without the database."""
    if article.lead_image_id is not None:
        yield Figure(
            article=article,
            image_id=article.lead_image_id,
            place=Figure.Place.LEAD,
            position=0,
            caption=article.lead_caption,
            alt_text=article.lead_alt.strip(),
            is_decorative=article.lead_decorative,
        )
    position = 0
    for position, use in enumerate(figures_in(article.body), start=1):
        yield Figure(
            article=article,
            image_id=use.image_id,
            place=Figure.Place.INLINE,
            position=position,
            caption=use.caption,
            width=use.width,
            gallery=use.gallery,
            alt_text=use.alt_text,
            is_decorative=use.is_decorative,
        )
    if article.social_image_id is not None:
        yield Figure(
            article=article,
            image_id=article.social_image_id,
            place=Figure.Place.SOCIAL,
            position=position + 1,
        )
