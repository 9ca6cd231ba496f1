"""The articles: written, put in their sections, published on their day."""

from functools import partial
from typing import Any

from django.db import transaction

from accounts.models import AuthorProfile, User
from articles.editorial import category_tree, publishing, revisions, translations
from articles.editorial.models import (
    Article,
    ArticleType,
    Byline,
    Category,
    Correction,
    Series,
    SeriesPart,
)
from articles.related.models import RelatedPick
from iria.core.db.row_origins import RowOrigins
from iria.demo import content
from iria.demo.loading import images


def load(marks: RowOrigins, *, by: User) -> int:
    """Loads what was not loaded before, then the editor's picks between the new ones."""
    picture_ids = images.ids(marks)
    addresses = {story.slug: story.address for story in content.stories() if story.published}
    new = [
        story
        for story in content.stories()
        if marks.create_once(
            mark_of(story.slug), partial(_write, story, picture_ids, addresses, by)
        )
    ]
    for story in new:
        _pick_related(story, marks)
        _link_translation(story, marks)
    for words in content.table("series")["series"]:
        marks.create_once(f"series:{words['name']}", partial(_series, words, marks))
    return len(new)


def mark_of(slug: str) -> str:
    return f"article:{slug}"


def _write(
    story: content.Story, picture_ids: dict[str, int], addresses: dict[str, str], by: User
) -> Article | None:
    """The article; nothing where somebody's own stands at its address."""
    if _is_taken(story):
        return None
    article = Article(
        headline=story.headline,
        slug=story.slug,
        standfirst=story.standfirst,
        body=story.body_with(picture_ids, addresses),
        kind=ArticleType.objects.get(slug=story.kind),
        language=story.language,
        licence=story.licence,
        search_description=story.description,
        lead_image_id=picture_ids.get(story.lead),
        lead_caption=story.lead_caption if story.lead in picture_ids else "",
        created_by=by,
    )
    with transaction.atomic():
        revisions.save(article, by=by)
        _file(article, story)
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


def _file(article: Article, story: content.Story) -> None:
    """Its sections, its tags, and who signs it."""
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


def _series(words: dict[str, Any], marks: RowOrigins) -> Series | None:
    """The series with those of its parts that are there; nothing where an editor has one so called."""
    parts = [row for slug in words["parts"] if (row := marks.row(mark_of(slug), Article))]
    if not parts or Series.objects.filter(name=words["name"]).exists():
        return None
    series = Series.objects.create(name=words["name"])
    SeriesPart.objects.bulk_create(
        SeriesPart(series=series, article=article, position=position)
        for position, article in enumerate(parts)
        if not SeriesPart.objects.filter(article=article).exists()
    )
    return series


def _link_translation(story: content.Story, marks: RowOrigins) -> None:
    article = marks.row(mark_of(story.slug), Article)
    other = marks.row(mark_of(story.translation_of), Article)
    if article is not None and other is not None:
        translations.link(article, other)


def _pick_related(story: content.Story, marks: RowOrigins) -> None:
    article = marks.row(mark_of(story.slug), Article)
    picked = [marks.row(mark_of(slug), Article) for slug in story.related]
    if article is not None:
        RelatedPick.objects.bulk_create(
            RelatedPick(article=article, picked=other, position=position)
            for position, other in enumerate(filter(None, picked))
        )
