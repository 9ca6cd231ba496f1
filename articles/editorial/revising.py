"""Saving the words of an article: cleaned, recorded, with its pictures known."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from articles.body.cleaning import clean, clean_caption
from articles.body.figures import figures_in
from articles.editorial import signals
from articles.editorial.models import Article, Figure, Redirect, Revision
from articles.editorial.publishing import free_slug
from articles.images.models import Image
from iria.kit.slugs import slug_from


def save(article: Article, *, by: User | None) -> Revision:
    """Saves the article with a revision that says who wrote what.

    The text is cleaned, the figure rows follow from it, a changed slug of an article that has an
    address leaves a redirect. Categories and bylines are saved by whoever calls, before or after.
    """
    with transaction.atomic():
        article.body = clean(article.body)
        article.lead_caption = clean_caption(article.lead_caption)
        _keep_address(article)
        article.version = (article.version or 0) + 1
        if article.is_published:
            article.updated_at = timezone.now()
        article.save()
        record_figures(article)
        revision = _record(article, by)
        if article.is_published:
            transaction.on_commit(
                lambda: signals.changed.send(sender=Article, article_id=article.pk)
            )
    return revision


def record_figures(article: Article) -> None:
    """Writes the figure rows anew from the text and the lead picture."""
    uses = figures_in(article.body)
    known = set(
        Image.objects.filter(pk__in=[use.image_id for use in uses]).values_list("pk", flat=True)
    )
    rows = []
    if article.lead_picture_id is not None:
        rows.append(
            Figure(
                article=article,
                image_id=article.lead_picture_id,
                place=Figure.Place.LEAD,
                position=0,
                caption=article.lead_caption,
            )
        )
    rows += [
        Figure(
            article=article,
            image_id=use.image_id,
            place=Figure.Place.INLINE,
            position=position,
            caption=use.caption,
        )
        for position, use in enumerate(uses, start=1)
        if use.image_id in known
    ]
    article.figures.all().delete()
    Figure.objects.bulk_create(rows)


def _record(article: Article, by: User | None) -> Revision:
    latest = article.revisions.aggregate(latest=Max("number"))["latest"] or 0
    return Revision.objects.create(
        article=article,
        number=latest + 1,
        headline=article.headline,
        standfirst=article.standfirst,
        body=article.body,
        lead_picture_id=article.lead_picture_id,
        lead_caption=article.lead_caption,
        made_by=by,
    )


def _keep_address(article: Article) -> None:
    """A slug for an article that has an address, unique in its month, the old one kept."""
    if article.year is None:
        return
    before = Article.objects.filter(pk=article.pk).values_list("slug", flat=True).first()
    wish = article.slug or before or slug_from(article.headline, fallback="article")
    article.slug = wish if wish == before else free_slug(article, wish)
    if before and before != article.slug:
        old_path = f"/{article.year:04}/{article.month:02}/{before}/"
        Redirect.objects.filter(old_path=article.get_absolute_url()).delete()
        Redirect.objects.update_or_create(
            old_path=old_path,
            defaults={"article": article, "category": None, "author": None, "tag": None},
        )
        transaction.on_commit(lambda: signals.moved.send(sender=Article, article_id=article.pk))
