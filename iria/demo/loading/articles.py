"""Loads articles with categories, tags and bylines, and publishes them at their dates."""

from functools import partial
from typing import Any

from django.db import transaction

from accounts.models import AuthorProfile, User
from articles.editorial import category_tree, publishing, translations
from articles.editorial.models import (
    Article,
    ArticleType,
    Byline,
    Category,
    Correction,
    RelatedPick,
    Series,
    SeriesPart,
)
from articles.editorial.versions import revisions
from iria.core.db.row_origins import RowOrigins
from iria.demo import content
from iria.demo.loading import images


def load(origins: RowOrigins, *, by: User) -> int:
    """Loads missing articles, then links the new ones with related articles and translations."""
    image_ids = images.ids(origins)
    urls = {story.slug: story.address for story in content.stories() if story.published}
    new = [
        story
        for story in content.stories()
        if origins.create_once(origin_key(story.slug), partial(_write, story, image_ids, urls, by))
    ]
    for story in new:
        _pick_related(story, origins)
        _link_translation(story, origins)
    for values in content.table("series")["series"]:
        origins.create_once(f"series:{values['name']}", partial(_series, values, origins))
    return len(new)


def origin_key(slug: str) -> str:
    return f"article:{slug}"


def _write(
    story: content.Story, image_ids: dict[str, int], urls: dict[str, str], by: User
) -> Article | None:
    """The article; None if another article has its URL."""
    if _is_taken(story):
        return None
    article = Article(
        headline=story.headline,
        slug=story.slug,
        standfirst=story.standfirst,
        body=story.body_with(image_ids, urls),
        kind=ArticleType.objects.get(slug=story.kind),
        language=story.language,
        licence=story.licence,
        search_description=story.description,
        lead_image_id=image_ids.get(story.lead),
        lead_caption=story.lead_caption if story.lead in image_ids else "",
        created_by=by,
    )
    with transaction.atomic():
        revisions.save(article, by=by)
        _add_metadata(article, story)
        if story.published is not None:
            publishing.publish(article, by=by, at=story.published)
        if story.correction is not None:
            Correction.objects.create(
                article=article,
                text=story.correction.text,
                created_at=story.correction.at,
                created_by=by,
            )
    return article


def _is_taken(story: content.Story) -> bool:
    if story.published is None:
        return Article.objects.filter(slug=story.slug).exists()
    day = story.published
    return Article.objects.filter(slug=story.slug, year=day.year, month=day.month).exists()


def _add_metadata(article: Article, story: content.Story) -> None:
    """Sets categories, tags and bylines."""
    by_path = Category.objects.in_bulk(story.categories, field_name="path")
    category_tree.set_categories(
        article, [by_path[path] for path in story.categories if path in by_path]
    )
    article.tags.set(story.tags)
    by_slug = AuthorProfile.objects.in_bulk(story.authors, field_name="slug")
    authors = [by_slug[slug] for slug in story.authors if slug in by_slug]
    Byline.objects.bulk_create(
        Byline(article=article, author=author, position=position)
        for position, author in enumerate(authors)
    )


def _series(values: dict[str, Any], origins: RowOrigins) -> Series | None:
    """The series with its existing parts; None if there is another series with the name."""
    parts = [row for slug in values["parts"] if (row := origins.row(origin_key(slug), Article))]
    if not parts or Series.objects.filter(name=values["name"]).exists():
        return None
    series = Series.objects.create(name=values["name"])
    SeriesPart.objects.bulk_create(
        SeriesPart(series=series, article=article, position=position)
        for position, article in enumerate(parts)
        if not SeriesPart.objects.filter(article=article).exists()
    )
    return series


def _link_translation(story: content.Story, origins: RowOrigins) -> None:
    article = origins.row(origin_key(story.slug), Article)
    other = origins.row(origin_key(story.translation_of), Article)
    if article is not None and other is not None:
        translations.link(article, other)


def _pick_related(story: content.Story, origins: RowOrigins) -> None:
    article = origins.row(origin_key(story.slug), Article)
    picked = [origins.row(origin_key(slug), Article) for slug in story.related]
    if article is not None:
        RelatedPick.objects.bulk_create(
            RelatedPick(article=article, picked=other, position=position)
            for position, other in enumerate(filter(None, picked))
        )
