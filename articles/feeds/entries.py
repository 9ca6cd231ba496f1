"""Entries of feeds, before they become RSS, Atom or JSON."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.text import Truncator

from articles.body.references import Reference, references_in
from articles.body.rendering import plain_text
from articles.body.tree import caption_text
from articles.editorial.models import Article, Figure
from articles.editorial.models.querysets import ArticleQuerySet
from articles.editorial.rendering import full_text
from articles.embeds.link_cards import titles_of, urls_in
from articles.images.credit_line import credit_text, licence_url
from articles.images.srcset import MEDIA_TYPES, plain_rendition
from articles.links.targets import urls_of
from iria.core.http.urls import absolute_url
from iria.core.text.language import use_language
from iria.publication.models import Publication

ILLEGAL: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 forbids; a single one makes a feed unreadable."""


def xml_text(text: str) -> str:
    """The text without the characters that XML 1.0 forbids."""
    return ILLEGAL.sub("", text)


def rfc3339(moment: datetime) -> str:
    """RFC 3339, to the second."""
    return moment.isoformat(timespec="seconds")


def tag_uri(moment: datetime, name: str) -> str:
    """A tag URI (RFC 4151), which stays the same when the URL changes."""
    return f"tag:{settings.SITE_HOST},{moment:%Y-%m-%d}:{name}"


MAX_ENTRIES: Final = 20
"""Maximum number of articles in a feed."""
SUMMARY_LENGTH: Final = 400
"""Maximum characters of a summary that is taken from the text."""


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class EntryImage:
    """The lead image as one file, with its caption, credit and alt text."""

    url: str
    media_type: str
    bytes: int
    width: int
    height: int
    alt: str
    caption: str
    credit: str
    """The credit in the publication's format, with the AI label."""
    copyright: str = ""
    licence: str = ""
    """URL of the licence of the image."""
    made_with_ai: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """Plain text except for `html`; URLs are absolute, times have a time zone.

    Entries of feeds of summaries have no `html`.
    """

    id: str
    url: str
    title: str
    summary: str
    html: str
    language: str
    published: datetime
    updated: datetime
    authors: tuple[Person, ...]
    topics: tuple[str, ...]
    image: EntryImage | None = None
    comments: bool = False
    licence: str = ""
    """URL of the licence of the text."""

    @property
    def comments_feed(self) -> str:
        return f"{self.url}feed/"


@dataclass(frozen=True, slots=True)
class _BuiltEntry:
    """An entry, with what was looked up for it."""

    entry: Entry
    urls: dict[Reference, str | None]
    """URLs of the internal links in its texts; None where readers may not open the target."""
    titles: dict[str, str | None]
    """Titles of the pages that it embeds; None where none is known."""


@dataclass(frozen=True, slots=True)
class _CachedEntry:
    """An entry, with everything else that it was built from."""

    built: _BuiltEntry
    row_versions: str
    publication: tuple[str, ...]
    until: datetime
    """When the next image may be shown or no longer be shown."""


class EntryCache:
    """Entries in the memory of a process."""

    MAX_CACHED: Final = 500
    """The number of cached entries, with their full texts some ten megabytes."""

    def __init__(self) -> None:
        self._cached: dict[tuple[int, bool], _CachedEntry] = {}

    def clear(self) -> None:
        self._cached = {}

    def put(self, article_id: int, cached: _CachedEntry, *, with_full_text: bool) -> None:
        if len(self._cached) >= self.MAX_CACHED:
            self.clear()
        self._cached[article_id, with_full_text] = cached

    def current(
        self, versions: Mapping[int, str], publication: tuple[str, ...], *, with_full_text: bool
    ) -> dict[int, Entry]:
        """The entries of these articles that would still be built the same; one query if they have
        internal links, and one if they have embeds.
        """
        now = timezone.now()
        found = {
            pk: cached.built
            for pk, row_versions in versions.items()
            if (cached := self._cached.get((pk, with_full_text)))
            and cached.row_versions == row_versions
            and cached.publication == publication
            and now < cached.until
        }
        urls = urls_of({each for built in found.values() for each in built.urls})
        titles = titles_of({each for built in found.values() for each in built.titles})
        return {
            pk: built.entry
            for pk, built in found.items()
            if built.urls == {each: urls.get(each) for each in built.urls}
            and built.titles == {each: titles.get(each) for each in built.titles}
        }


_cache: Final = EntryCache()


def entries(
    articles: ArticleQuerySet,
    publication: Publication,
    *,
    with_full_text: bool = True,
    until: datetime | None = None,
) -> list[Entry]:
    """The entries of the newest of these articles, with a number of queries that does not depend on how many.

    Entries are cached, because most feeds have the same articles. An entry is built again as soon as
    one of the rows that it was built from has changed.

    Args:
        with_full_text: with full texts, or with summaries only.
        until: the next scheduled change (`request.until` of a public page). Without it nothing is cached.
    """
    newest = articles.newest()[:MAX_ENTRIES]
    if until is None or settings.DEBUG:
        built = _build_entries(newest, publication, with_full_text=with_full_text)
        return [each.entry for each in built.values()]
    versions = newest.row_versions()
    values = (absolute_url("/"), *publication_values(publication))
    found = _cache.current(versions, values, with_full_text=with_full_text)
    missing = versions.keys() - found.keys()
    if missing:
        rest = Article.objects.published().filter(pk__in=missing)
        for pk, each in _build_entries(rest, publication, with_full_text=with_full_text).items():
            found[pk] = each.entry
            cached = _CachedEntry(each, versions[pk], values, until)
            _cache.put(pk, cached, with_full_text=with_full_text)
    return [found[pk] for pk in versions if pk in found]


def _build_entries(
    articles: ArticleQuerySet, publication: Publication, *, with_full_text: bool
) -> dict[int, _BuiltEntry]:
    """The entries by article, in the order of the articles."""
    loaded = list(articles.for_page())
    texts = {each.pk: (each.body, each.lead_caption) if with_full_text else () for each in loaded}
    references = {pk: references_in(*each) for pk, each in texts.items()}
    embeds = {pk: urls_in(each[:1]) for pk, each in texts.items()}
    urls = urls_of({each for found in references.values() for each in found})
    titles = titles_of({each for found in embeds.values() for each in found})
    return {
        article.pk: _BuiltEntry(
            _entry(
                article,
                publication,
                full_text(article, article.figures.all(), publication, urls, titles)
                if with_full_text
                else "",
            ),
            {each: urls.get(each) for each in references[article.pk]},
            {each: titles.get(each) for each in embeds[article.pk]},
        )
        for article in loaded
    }


def publication_values(publication: Publication) -> tuple[str, ...]:
    """Everything that a text can show of the publication."""
    return tuple(str(getattr(publication, field.attname)) for field in publication._meta.fields)


def _entry(article: Article, publication: Publication, html: str) -> Entry:
    published = article.published_at
    if published is None:
        raise ValueError(article.pk)
    figures = list(article.figures.all())
    with use_language(article.language):
        image = _lead_image(article, figures, publication)
    categories = [placed.category.name for placed in article.article_categories.all()]
    return Entry(
        id=tag_uri(published, f"article/{article.pk}"),
        url=absolute_url(article.get_absolute_url()),
        title=xml_text(article.headline),
        summary=xml_text(article.description if html else _summary(article)),
        html=xml_text(html),
        language=article.language,
        published=published,
        updated=max(published, article.updated_at or published),
        authors=tuple(
            Person(xml_text(byline.author.name), absolute_url(byline.author.get_absolute_url()))
            for byline in article.bylines.all()
        ),
        topics=tuple(
            xml_text(name)
            for name in dict.fromkeys([*categories, *(tag.name for tag in article.tags.all())])
        ),
        image=image,
        comments=article.comments_open,
        licence=article.licence_url,
    )


def _summary(article: Article) -> str:
    """The standfirst, or the beginning of the text."""
    return article.description or Truncator(plain_text(article.body)).chars(SUMMARY_LENGTH)


def _lead_image(
    article: Article, figures: list[Figure], publication: Publication
) -> EntryImage | None:
    """The lead image; None if it may not be shown or has no rendition."""
    lead = next((figure for figure in figures if figure.place == Figure.Place.LEAD), None)
    rendition = plain_rendition(lead.image) if lead and article.shows(lead.image) else None
    if lead is None or rendition is None:
        return None
    return EntryImage(
        url=absolute_url(rendition.get_absolute_url()),
        media_type=MEDIA_TYPES[rendition.format],
        bytes=rendition.bytes,
        width=rendition.width,
        height=rendition.height,
        alt=xml_text(lead.alt),
        caption=xml_text(caption_text(lead.caption)),
        credit=xml_text(credit_text(lead.image, publication)),
        copyright=xml_text(lead.image.copyright_notice),
        licence=licence_url(lead.image),
        made_with_ai=lead.image.is_ai_made,
    )
