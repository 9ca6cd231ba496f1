"""Entries of feeds, before they become RSS, Atom or JSON."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils.text import Truncator

from articles.body.plain_text import caption_text, plain_text
from articles.editorial.full_text_html import full_text
from articles.editorial.models import Article, Figure
from articles.editorial.models.querysets import ArticleQuerySet
from articles.embeds.link_cards import titles_for
from articles.images.rights.credit_line import credit_text, licence_url
from articles.images.srcset import MEDIA_TYPES, plain_rendition
from articles.links.targets import urls_for
from iria.core.http.urls import absolute_url
from iria.core.text.language import use_language
from iria.publication.models import Publication

ILLEGAL: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 forbids; a single one makes a feed unreadable."""


def legal(text: str) -> str:
    """The text without the characters that XML 1.0 forbids."""
    return ILLEGAL.sub("", text)


def rfc3339(when: datetime) -> str:
    """RFC 3339, to the second."""
    return when.isoformat(timespec="seconds")


def tag_uri(moment: datetime, what: str) -> str:
    """A tag URI (RFC 4151), which stays the same when the URL changes."""
    return f"tag:{settings.SITE_HOST},{moment:%Y-%m-%d}:{what}"


LENGTH: Final = 20
"""Maximum number of articles in a feed."""
SUMMARY_LENGTH: Final = 400


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
    """In the publication's format, with the AI label."""
    copyright: str = ""
    licence: str = ""
    """URL of the licence of the image."""
    made_with_ai: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """Plain text except for `html`; URLs are absolute, times have a time zone.

    Feeds of summaries have no `html`.
    """

    id: str
    url: str
    title: str
    summary: str
    html: str
    language: str
    published: datetime
    updated: datetime
    authors: list[Person]
    topics: list[str]
    image: EntryImage | None = None
    comments: bool = False
    licence: str = ""
    """URL of the licence of the text."""

    @property
    def comments_feed(self) -> str:
        return f"{self.url}feed/"


def entries(
    articles: ArticleQuerySet, publication: Publication, *, with_full_text: bool = True
) -> list[Entry]:
    """The entries of the newest of these articles; the number of queries does not depend on theirs.

    Args:
        with_full_text: with full texts, or with summaries only.
    """
    newest = list(articles.newest().for_page()[:LENGTH])
    bodies = [article.body for article in newest] if with_full_text else []
    captions = [article.lead_caption for article in newest] if with_full_text else []
    urls, titles = urls_for(*bodies, *captions), titles_for(*bodies)
    return [
        _entry(
            article,
            publication,
            full_text(article, article.figures.all(), publication, urls, titles)
            if with_full_text
            else "",
        )
        for article in newest
    ]


def _entry(article: Article, publication: Publication, html: str) -> Entry:
    published = article.published_at
    if published is None:
        raise ValueError(article.pk)
    figures = list(article.figures.all())
    with use_language(article.language):
        image = _lead(article, figures, publication)
    categories = [placed.category.name for placed in article.article_categories.all()]
    return Entry(
        id=tag_uri(published, f"article/{article.pk}"),
        url=absolute_url(article.get_absolute_url()),
        title=legal(article.headline),
        summary=legal(article.description if html else _summary(article)),
        html=legal(html),
        language=article.language,
        published=published,
        updated=max(published, article.updated_at or published),
        authors=[
            Person(legal(byline.author.name), absolute_url(byline.author.get_absolute_url()))
            for byline in article.bylines.all()
        ],
        topics=[
            legal(name)
            for name in dict.fromkeys([*categories, *(tag.name for tag in article.tags.all())])
        ],
        image=image,
        comments=article.comments_open,
        licence=article.licence_url,
    )


def _summary(article: Article) -> str:
    """The standfirst, or the beginning of the text."""
    return article.description or Truncator(plain_text(article.body)).chars(SUMMARY_LENGTH)


def _lead(article: Article, figures: list[Figure], publication: Publication) -> EntryImage | None:
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
        alt=legal(lead.alt),
        caption=legal(caption_text(lead.caption)),
        credit=legal(credit_text(lead.image, publication)),
        copyright=legal(lead.image.copyright_notice),
        licence=licence_url(lead.image),
        made_with_ai=lead.image.is_ai_made,
    )
