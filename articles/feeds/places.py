"""What there is to be found, for the sitemap: pages, topics, authors, articles."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.text import Truncator
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.body.words import caption_text
from articles.editorial.models import (
    Article,
    ArticleCategory,
    ArticleTag,
    Byline,
    Category,
    Figure,
)
from articles.editorial.querysets import ArticleQuerySet
from articles.images.crediting import credit_words, licence_address
from articles.images.models.licensed import DECIDING
from articles.images.showing import plain_rendition
from articles.pages.models import Page
from iria.kit.addresses import address_of
from iria.kit.speaking import speaking
from iria.publication.models import Publication

LONGEST_CAPTION: Final = 400
"""Characters of caption and credit together; the credit is never cut."""

PICTURES = 50
"""Of one article; further ones are left to whoever reads it."""

ADDRESS: Final = ("year", "month", "slug")
OF_ARTICLE: Final = ("published_at", "updated_at", "translation_group", "language", "state")
OF_FIGURE: Final = (
    *("article_id", "caption", "position", "image__sizes", "image__digital_source_type"),
    *("image__licence_url", "image__usage_terms"),
    *(f"image__{field}" for field in DECIDING),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a page: its file, its caption with the credit, the address of its licence."""

    path: str
    words: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """One page: where it is, when it changed, which pictures it shows."""

    path: str
    changed: datetime | None = None
    pictures: list[Picture] = field(default_factory=list)
    languages: list[tuple[str, str]] = field(default_factory=list)
    """The same in other languages, the page itself among them: code and path."""


@dataclass(frozen=True, slots=True)
class Sort:
    """Places of one sort: how many there are, and those from one number up to another."""

    size: Callable[[], int]
    cut: Callable[[int, int], list[Place]]


def sorts(publication: Publication) -> dict[str, Sort]:
    """Everything there is, by what it is. Nothing is asked before it is counted or cut."""
    languages = publication.language_codes
    readable = Article.objects.published().values("pk")
    tags = Tag.objects.filter(articles_articletag_items__content_object__in=readable)
    tags = tags.order_by("pk").distinct()
    signing = AuthorProfile.objects.filter(bylines__article__in=readable)
    authors = signing.order_by("pk").distinct()
    articles = Article.objects.published().to_be_found().order_by("pk")
    return {
        "pages": _listed(lambda: _pages(languages)),
        "topics": Sort(
            tags.count,
            lambda start, end: [Place(address_of("tag", tag.slug)) for tag in tags[start:end]],
        ),
        "authors": Sort(
            authors.count,
            lambda start, end: [Place(each.get_absolute_url()) for each in authors[start:end]],
        ),
        **_in_other_languages(languages[1:]),
        "articles": Sort(
            articles.count, lambda start, end: _articles(articles[start:end], publication)
        ),
    }


def _in_other_languages(languages: list[str]) -> dict[str, Sort]:
    """What of a topic or an author there is in a language besides the first has a page of its own."""
    readable = Article.objects.published().filter(language__in=languages)
    topics = ArticleTag.objects.filter(content_object__in=readable)
    bylines = Byline.objects.filter(article__in=readable)
    return {
        "topics-by-language": _pairs("tag", topics, "content_object__language", "tag__slug"),
        "authors-by-language": _pairs("author", bylines, "article__language", "author__slug"),
    }


def _pairs(page: str, rows: QuerySet[Any], language: str, slug: str) -> Sort:
    found = rows.order_by(language, slug).values_list(language, slug).distinct()
    return Sort(
        found.count,
        lambda start, end: [
            Place(address_of(f"language_{page}", code, each)) for code, each in found[start:end]
        ],
    )


def _listed(make: Callable[[], list[Place]]) -> Sort:
    made: list[Place] = []

    def places() -> list[Place]:
        if not made:
            made.extend(make())
        return made

    return Sort(lambda: len(places()), lambda start, end: places()[start:end])


def _pages(languages: list[str]) -> list[Place]:
    """Front pages, what editors wrote beside articles, sections, indexes, years and months."""
    newest = Article.objects.published().newest().values_list("published_at", flat=True).first()
    others = [(code, address_of("language", code)) for code in languages[1:]]
    fronts = [(languages[0], "/"), *others] if others else []
    indexes = ("archive", "tags", "authors", "corrections")
    return [
        Place("/", newest, languages=fronts),
        *(Place(path, languages=fronts) for _, path in fronts[1:]),
        *(Place(page.get_absolute_url()) for page in Page.objects.published().order_by("path")),
        *(Place(each.get_absolute_url()) for each in Category.objects.in_order()),
        *(Place(address_of(name)) for name in indexes),
        *_times(languages),
        *_sections(languages[1:]),
    ]


def _times(languages: list[str]) -> list[Place]:
    """Years and months with something to read, and where there are several languages, of each."""
    found = Article.objects.published().values_list("language", "year", "month").distinct()
    rows = found.order_by("-year", "-month", "language")
    every = {("", year, month): None for _code, year, month in rows}
    if len(languages) > 1:
        every |= {row: None for row in rows if row[0] in languages}
    places: dict[str, None] = {}
    for code in languages if len(languages) > 1 else []:
        places |= dict.fromkeys(address_of(f"language_{name}", code) for name in OF_LANGUAGE)
    for code, year, month in every:
        own, prefix = ((code,), "language_") if code else ((), "")
        places[address_of(f"{prefix}year", *own, year)] = None
        places[address_of(f"{prefix}month", *own, year, month)] = None
    return [Place(path) for path in places]


OF_LANGUAGE: Final = ("articles", "archive")


def _sections(languages: list[str]) -> list[Place]:
    """Sections with what is in a language besides the first, and those above them."""
    if not languages:
        return []
    readable = Article.objects.published().filter(language__in=languages)
    filed = ArticleCategory.objects.filter(article__in=readable)
    rows = filed.values_list("article__language", "category__path").distinct()
    places: dict[str, None] = {}
    for code, path in sorted(rows):
        parts = path.split("/")
        for length in range(1, len(parts) + 1):
            section = "/".join(parts[:length])
            places[address_of("language_category", code, section)] = None
    return [Place(path) for path in places]


def _articles(articles: ArticleQuerySet, publication: Publication) -> list[Place]:
    """Articles with their pictures and translations: three queries for all of them."""
    chosen = list(articles.only(*ADDRESS, *OF_ARTICLE))
    languages = _translations({article.translation_group_id for article in chosen})
    figures = Figure.objects.filter(article__in=[article.pk for article in chosen])
    rows = figures.order_by("article", "position").select_related("image").only(*OF_FIGURE)
    used: dict[int, list[Figure]] = {}
    for row in rows:
        used.setdefault(row.article_id, []).append(row)
    return [
        Place(
            article.get_absolute_url(),
            article.last_change,
            _pictures(article, used.get(article.pk, ()), publication),
            languages.get(article.translation_group_id, []),
        )
        for article in chosen
    ]


def _pictures(
    article: Article, figures: Iterable[Figure], publication: Publication
) -> list[Picture]:
    """What readers see beside the article, each picture once, with caption and credit."""
    found: dict[int, Picture] = {}
    with speaking(article.language):
        for each in figures:
            file = plain_rendition(each.image) if article.shows(each.image) else None
            if file is not None and each.image_id not in found:
                words = (caption_text(each.caption or ""), credit_words(each.image, publication))
                found[each.image_id] = Picture(
                    file.get_absolute_url(),
                    _short(words[0], LONGEST_CAPTION - len(words[1])) + words[1],
                    licence_address(each.image),
                )
    return list(found.values())[:PICTURES]


def _short(caption: str, room: int) -> str:
    """The caption and a space after it, cut to the room that the credit leaves."""
    return f"{Truncator(caption).chars(max(room, 1))} " if caption else ""


def _translations(groups: set[int | None]) -> dict[int | None, list[tuple[str, str]]]:
    """Group of translations → language and path of each article that can be read."""
    found: dict[int | None, list[tuple[str, str]]] = {}
    readable = Article.objects.published().to_be_found()
    together = readable.filter(translation_group__in=groups - {None})
    rows = together.order_by("language").only(*ADDRESS, "language", "translation_group")
    for row in rows:
        place = (row.language, row.get_absolute_url())
        found.setdefault(row.translation_group_id, []).append(place)
    return {group: places for group, places in found.items() if len(places) > 1}
