"""Parts of the article page: translations, series, share links and reading time."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from django.db.models import FETCH_RAISE, Prefetch, prefetch_related_objects
from django.utils import timezone

from accounts.models import AuthorProfile
from articles.body.blocks.embeds import EmbedUse, embeds_in
from articles.editorial.aggregated_rows import is_replaced
from articles.editorial.models import Article, ArticleType, Category, Portrait
from articles.embeds.iframes import Frames
from articles.files.models import File
from articles.images.srcset import plain_rendition
from iria.core.http.urls import absolute_url, safe_link
from iria.publication.models import Publication

TRANSLATION_FIELDS: Final = (
    *("headline", "language", "state", "year", "month", "slug", "published_at"),
    *("translation_group", "noindex", "canonical_url"),
)


def translations_of(article: Article) -> list[Article]:
    """The published translations; no query for an article without any."""
    if article.translation_group_id is None:
        return []
    others = Article.objects.published().filter(translation_group=article.translation_group_id)
    others = others.exclude(pk=article.pk).order_by("language").only(*TRANSLATION_FIELDS)
    return list(others.fetch_mode(FETCH_RAISE))


def authors_with_portraits(article: Article) -> list[AuthorProfile]:
    """The authors in byline order; their portraits came with the article (`for_page()`), but for those of a draft."""
    authors = [row.author for row in article.bylines.all()]
    if is_replaced(article, "bylines"):
        portraits = Portrait.objects.select_related("image").defer("image__metadata")
        prefetch_related_objects(authors, Prefetch("portrait", portraits))
        return authors
    found = {each.author_id: each for each in article.__dict__["gathered_rows"]["portraits"]}
    relation = AuthorProfile._meta.get_field("portrait")
    for author in authors:
        # Also None, so that nobody without a portrait costs a query.
        relation.set_cached_value(author, found.get(author.pk))
    return authors


def kicker_section(article: Article) -> Category | None:
    """The deepest category, the first one of several; one that repeats the article type only if
    there is no other."""
    sections = [row.category for row in article.article_categories.all()]
    kind = article.kind.local_name.casefold()
    distinct = [each for each in sections if each.local_name.casefold() != kind] or sections
    return max(distinct, key=lambda each: each.depth, default=None)


PART_FIELDS: Final = ("headline", "language", "state", "year", "month", "slug", "published_at")


MAX_PARTS: Final = 9
"""A longer series shows the parts around the current one."""


@dataclass(frozen=True, slots=True)
class SeriesPosition:
    """The position of an article among the published parts of its series."""

    name: str
    index: int
    parts: list[Article]

    @property
    def first_shown(self) -> int:
        """The number of the first part in the list, from 1."""
        last_start = max(0, len(self.parts) - MAX_PARTS)
        return min(max(0, self.index - MAX_PARTS // 2), last_start) + 1

    @property
    def shown(self) -> list[Article]:
        return self.parts[self.first_shown - 1 :][:MAX_PARTS]

    @property
    def position(self) -> int:
        return self.index + 1

    @property
    def count(self) -> int:
        return len(self.parts)

    @property
    def earlier(self) -> Article | None:
        return self.parts[self.index - 1] if self.index else None

    @property
    def later(self) -> Article | None:
        return next(iter(self.parts[self.index + 1 :]), None)


def series_position(article: Article) -> SeriesPosition | None:
    """The position among the published parts; no query for an article without a series.

    A draft takes the place that it will have.
    """
    part = getattr(article, "series_part", None)
    if part is None:
        return None
    others = (
        Article.objects.published()
        .filter(series_part__series=part.series_id)
        .exclude(pk=article.pk)
        .select_related("series_part")
        .only(*PART_FIELDS, "series_part__position")
        .fetch_mode(FETCH_RAISE)
    )
    parts = sorted([*others, article], key=_place_in_series)
    if len(parts) < 2:
        return None
    return SeriesPosition(part.series.name, parts.index(article), parts)


def _place_in_series(article: Article) -> tuple[bool, int, datetime, int]:
    """Parts without a position follow, by date."""
    position = article.series_part.position
    return position is None, position or 0, article.published_at or timezone.now(), article.pk


class NavLink(NamedTuple):
    """A link with its label."""

    name: str
    url: str


def mail_link(article: Article) -> str:
    """A link that starts an e-mail with the headline and the URL."""
    url = absolute_url(article.get_absolute_url())
    return f"mailto:?subject={quote(article.sharing_title)}&body={quote(url)}"


def share_links(article: Article, publication: Publication) -> tuple[NavLink, ...]:
    """Links to the services that the publication has chosen."""
    url, headline = absolute_url(article.get_absolute_url()), article.sharing_title
    return tuple(
        NavLink(link["name"], safe_link(_fill_pattern(link["address"], url, headline)))
        for link in publication.share_links
    )


def _fill_pattern(pattern: str, url: str, headline: str) -> str:
    """The URL pattern with its two placeholders replaced, URL-encoded."""
    parts = pattern.replace("{headline}", "\x00").split("{address}")
    return quote(url, safe="").join(parts).replace("\x00", quote(headline, safe=""))


WORDS_A_MINUTE: Final = 230
CHARACTERS_A_MINUTE: Final = 450

MARKUP = re.compile(r"<[^>]*>")
CJK_CHARACTER = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]")
WORD = re.compile(r"\w+(?:['’]\w+)?")


def minutes_to_read(body: str) -> int:
    """Minutes for a stored body, at least one; Chinese, Japanese and Korean by character."""
    text, characters = MARKUP.sub(" ", body), 0
    if CJK_CHARACTER.search(text):
        text, characters = CJK_CHARACTER.subn(" ", text)
    word_count = len(WORD.findall(text))
    return max(1, round(word_count / WORDS_A_MINUTE + characters / CHARACTERS_A_MINUTE))


Template = ArticleType.Template

FILES: Final = {Template.REPORT: File.Kind.PDF, Template.PODCAST: File.Kind.AUDIO}
"""The template of an article type → the kind of file that it shows."""


@dataclass(frozen=True, slots=True)
class LeadMedia:
    """A file or an embed; both are empty for an article that has none, and for the other types."""

    file: File | None = None
    embed: EmbedUse | None = None


NO_MEDIA: Final = LeadMedia()


def lead_media(article: Article, frames: Frames) -> LeadMedia:
    """The first file of the kind, or the first embed with a frame, in the order of the text."""
    template = Template(article.kind.template)
    if template == Template.VIDEO:
        embeds = (use for use in embeds_in(article.body) if use.url in frames)
        return LeadMedia(embed=next(embeds, None))
    kind = FILES.get(template)
    files = (each.file for each in article.attachments.all()) if kind else ()
    return LeadMedia(
        file=next((file for file in files if file.kind == kind and file.may_be_shown), None)
    )


def media_objects(
    article: Article, publication: Publication, media: LeadMedia, frames: Frames
) -> dict[str, Any]:
    """The file or the video above the text; a video only with the image that search engines need."""
    if media.file is not None:
        return _file_object(media.file)
    image = article.visible_lead_image
    rendition = plain_rendition(image) if image else None
    if media.embed is None or rendition is None or article.published_at is None:
        return {}
    video = {
        "@type": "VideoObject",
        "name": media.embed.title or article.headline,
        "description": article.description or article.headline,
        "thumbnailUrl": absolute_url(rendition.get_absolute_url()),
        "uploadDate": publication.local(article.published_at).isoformat(timespec="seconds"),
        "embedUrl": frames[media.embed.url].url,
        "url": media.embed.url,
    }
    return {"video": video}


def _file_object(file: File) -> dict[str, Any]:
    data: dict[str, Any] = {
        "@type": "AudioObject" if file.is_audio else "MediaObject",
        "name": file.title,
        "contentUrl": absolute_url(file.get_absolute_url()),
        "encodingFormat": file.media_type,
        "contentSize": str(file.bytes),
        "creditText": file.credit,
    }
    if file.is_audio:
        data["duration"] = f"PT{file.duration}S"
        return {"associatedMedia": data, "timeRequired": data["duration"]}
    return {"encoding": data}
