"""Saving the words of an article: cleaned, recorded, with its pictures known.

Telling readers what was wrong.
"""

from collections.abc import Iterator
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from articles.body.figures import figures_in
from articles.body.sanitiser import clean, clean_caption
from articles.editorial import article_urls, signals
from articles.editorial.checklist import NotReady, obstacles_to_new_uses
from articles.editorial.models import Article, Correction, Figure, Revision, mixins
from articles.embeds.autoembed import place
from articles.images.models import Image
from articles.images.rights import usage_check

RECORDED: Final = ("headline", "standfirst", "body", "lead_picture_id", "lead_caption")
"""What a revision holds."""

WRITTEN: Final = (
    *("headline", "slug", "standfirst", "body", "kind", "language", "search_description"),
    *("canonical_address", "noindex", "first_published_in", "first_published_address", "licence"),
    *("lead_picture", "lead_caption", "version", "updated_at", "changed_at"),
    *mixins.COLUMNS,
)
"""The columns that saving the words may change. State and time of publication are not among them,
so an article that went out while somebody wrote on it is not called back by their saving."""


OF_A_USE: Final = ("place", "position", "caption", "width", "gallery")
"""What may change of a use while its row stays."""

OUT_OF_THE_WAY: Final = 16_000
"""Beyond every position of a text, and within what the column holds."""


class EditConflict(Exception):
    """The article was saved since it was opened: its version now, and the newest revision."""

    def __init__(self, version: int, latest: Revision | None) -> None:
        super().__init__("The article was saved by somebody else in the meantime.")
        self.version, self.latest = version, latest


def save(article: Article, *, by: User | None) -> Revision:
    """Saves the article, with a revision that says who wrote what where its words changed.

    The text is cleaned, addresses that stand alone become embeds, the figure rows follow from it, a changed slug of an article that has an
    address leaves a redirect. Categories and bylines are saved by whoever calls, before or after.

    Raises:
        NotReady: the article is published and would carry a picture that may not go out.
    """
    with transaction.atomic():
        article.body = place(clean(article.body))
        article.lead_caption = clean_caption(article.lead_caption)
        if article.slug in article_urls.RESERVED:
            article.slug = article_urls.wished_slug(article)
        if article._state.adding:
            article.version = 1
            article.save()
        else:
            _save_words(article)
        record_figures(article)
        revision = _record(article, by)
        if article.is_published:
            transaction.on_commit(
                lambda: signals.changed.send(sender=Article, article_id=article.pk)
            )
    return revision


def lock(article: Article, *, opened_at: int) -> None:
    """Holds the article until the end of the transaction, for somebody who opened it at a version.

    Raises:
        Stale: it was saved since.
    """
    version = (
        Article.objects.select_for_update(of=("self",))
        .filter(pk=article.pk)
        .values_list("version", flat=True)
        .first()
    )
    if version is not None and version != opened_at:
        raise EditConflict(version, article.revisions.select_related("made_by").first())


def _save_words(article: Article) -> None:
    """Saves the words over the row as it is now, not as it was when the article was read."""
    current = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
    for name in ("state", "publish_at", "published_at", "withdrawn_at", "year", "month"):
        setattr(article, name, getattr(current, name))
    article.version = current.version + 1
    article_urls.update_slug(article)
    changed = any(getattr(article, name) != getattr(current, name) for name in RECORDED)
    if article.is_published and changed:
        article.updated_at = timezone.now()
    article.save(update_fields=WRITTEN)


def record_figures(article: Article) -> None:
    """Brings the figure rows to what the text and the lead picture show; one a use.

    The row of a use that was there before stays, wherever it went in the text: PostgreSQL judges the
    credit of new ones.

    Raises:
        NotReady: see `save`.
    """
    rows = list(_figures(article))
    inline = [row.image_id for row in rows if row.place == Figure.Place.INLINE]
    if found := obstacles_to_new_uses(article, article.lead_picture_id, inline):
        raise NotReady(found)
    shown = {row.image_id for row in rows}
    known = set(Image.objects.filter(pk__in=shown).values_list("pk", flat=True))
    there: dict[int, list[Figure]] = {}
    for row in article.figures.order_by("-position"):
        there.setdefault(row.image_id, []).append(row)
    new, changed = [], []
    for row in rows:
        if row.image_id not in known:
            continue
        if not there.get(row.image_id):
            new.append(row)
        elif _differs(before := there[row.image_id].pop(), row):
            row.pk = before.pk
            changed.append(row)
    gone = [row.pk for rest in there.values() for row in rest]
    if new:
        usage_check.hold(known)
    _write(new, changed, gone)


def _differs(before: Figure, now: Figure) -> bool:
    return any(getattr(before, name) != getattr(now, name) for name in OF_A_USE)


def _write(new: list[Figure], changed: list[Figure], gone: list[int]) -> None:
    if gone:
        Figure.objects.filter(pk__in=gone).delete()
    if changed:
        # Out of each other's way first: no two may have one position, not even for a moment.
        moving = Figure.objects.filter(pk__in=[row.pk for row in changed])
        moving.update(position=F("position") + OUT_OF_THE_WAY)
        Figure.objects.bulk_update(changed, OF_A_USE)
    if new:
        Figure.objects.bulk_create(new)


def _figures(article: Article) -> Iterator[Figure]:
    if article.lead_picture_id is not None:
        yield Figure(
            article=article,
            image_id=article.lead_picture_id,
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
    """The revision of these words; saving the same words again makes no other."""
    words = {name: getattr(article, name) for name in RECORDED}
    latest = article.revisions.first()
    if latest is not None and all(getattr(latest, name) == words[name] for name in RECORDED):
        return latest
    number = latest.number + 1 if latest is not None else 1
    return Revision.objects.create(article=article, number=number, made_by=by, **words)


def add_correction(correction: Correction, *, by: User | None) -> None:
    """Adds a correction to its article, with who made it."""
    correction.made_by = by
    with transaction.atomic():
        correction.save()
        article_id = correction.article_id
        transaction.on_commit(lambda: signals.corrected.send(sender=Article, article_id=article_id))
