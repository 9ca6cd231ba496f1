"""Structured data (JSON-LD) of articles, lists and images, in the vocabulary of schema.org."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.templatetags.static import static

from accounts.models import AuthorProfile
from articles.body.tree import caption_text
from articles.comments.threads import Thread
from articles.editorial.models import Article, ArticleType, Correction, Figure
from articles.embeds.iframes import NO_FRAMES, Frames
from articles.images.credit_line import licence_url, licensor_url, plain_credit, source_type_url
from articles.images.models import Image
from articles.images.srcset import plain_rendition
from articles.public.article_page import NO_MEDIA, LeadMedia, media_objects
from iria.core.http.urls import absolute_url
from iria.publication.models import Publication


def image_object(image: Image, caption: str) -> dict[str, Any] | None:
    """An ImageObject; None while the image has no renditions.

    It has the properties that search engines need to show a credit: `contentUrl`, creator, credit
    line, licence and the page where a licence can be acquired.

    Args:
        caption: of this use, as HTML.
    """
    rendition = plain_rendition(image)
    if rendition is None:
        return None
    url = absolute_url(rendition.get_absolute_url())
    data: dict[str, Any] = {
        "@type": "ImageObject",
        "url": url,
        "contentUrl": url,
        "width": rendition.width,
        "height": rendition.height,
    }
    text = {
        "caption": caption_text(caption) if caption else "",
        "creditText": plain_credit(image),
        "copyrightNotice": image.copyright_notice,
        "license": licence_url(image),
        "acquireLicensePage": licensor_url(image),
        "digitalSourceType": source_type_url(image),
    }
    data.update({name: value for name, value in text.items() if value})
    if image.byline:
        data["creator"] = {"@type": "Person", "name": image.byline}
    return data


CONTEXT = "https://schema.org"
Template = ArticleType.Template
TYPES: Final = {
    Template.NEWS: "NewsArticle",
    Template.ANALYSIS: "AnalysisNewsArticle",
    Template.OPINION: "OpinionNewsArticle",
    Template.REPORT: "Report",
    Template.PODCAST: "NewsArticle",
    Template.VIDEO: "NewsArticle",
}
"""The template of an article type → its type of schema.org."""

NEWS_TYPES: Final = {
    "backgrounder": "BackgroundNewsArticle",
    "background": "BackgroundNewsArticle",
    "explainer": "BackgroundNewsArticle",
    "reportage": "ReportageNewsArticle",
    "review": "ReviewNewsArticle",
}
"""Slug of an article type → a narrower type of schema.org, if it looks like news or analysis."""

PROFILE: Final = re.compile(
    r"https?://(?:[^/]+/@|(?:[^/]+\.)?(?:"
    r"orcid\.org|isni\.org|viaf\.org|wikidata\.org|wikipedia\.org|linkedin\.com|bsky\.app|x\.com|twitter\.com|"
    r"facebook\.com|instagram\.com|threads\.net|youtube\.com|github\.com|researchgate\.net|scholar\.google\.[a-z.]+"
    r")/.)"
)
"""Pages that identify a person; a link of an author may also lead to a project or a text."""

ESCAPED = {">": "\\u003E", "<": "\\u003C", "&": "\\u0026"}


def as_script(data: Sequence[dict[str, Any]]) -> str:
    """The data as JSON in which no character could end or open an element."""
    script_data = data[0] if len(data) == 1 else list(data)
    text = json.dumps(script_data, ensure_ascii=False)
    # Three replacements take a tenth of the time of `str.translate`.
    for character, escape in ESCAPED.items():
        text = text.replace(character, escape)
    return text


def website(publication: Publication) -> dict[str, Any]:
    """The `WebSite`."""
    return {
        "@context": CONTEXT,
        "@type": "WebSite",
        "name": publication.name,
        "description": publication.tagline or publication.about,
        "url": f"{settings.SITE_URL}/",
        "inLanguage": publication.language_codes,
        "publisher": organization(publication),
    }


def organization(publication: Publication) -> dict[str, Any]:
    """The publisher."""
    data: dict[str, Any] = {
        "@type": "Organization",
        "name": publication.name,
        "legalName": publication.copyright_holder,
        "url": f"{settings.SITE_URL}/",
        "logo": _logo(publication),
    }
    if publication.postal_address:
        data["address"] = ", ".join(publication.postal_address.splitlines())
    if publication.contact_email:
        data["email"] = publication.contact_email
    if publication.social_links:
        data["sameAs"] = [link["address"] for link in publication.social_links]
    return data


def logo_of(publication: Publication) -> dict[str, Any]:
    """The logo of the publication: URL and size."""
    default = {"address": static("icons/icon-512.png"), "width": 512, "height": 512}
    brand_images: dict[str, Any] = publication.brand_images
    return brand_images.get("logo") or brand_images.get("icon_512") or default


def _logo(publication: Publication) -> dict[str, Any]:
    chosen = logo_of(publication)
    return {
        "@type": "ImageObject",
        "url": f"{settings.SITE_URL}{chosen['address']}",
        "width": chosen["width"],
        "height": chosen["height"],
    }


def periodical(publication: Publication) -> dict[str, Any]:
    """The periodical that articles are part of, with its ISSN."""
    return {
        "@type": "Periodical",
        "name": publication.name,
        "issn": publication.issn,
        "url": f"{settings.SITE_URL}/",
    }


def person(author: AuthorProfile, portrait: Image | None = None) -> dict[str, Any]:
    """An author on their own page, with biography and portrait."""
    data = author_reference(author)
    if portrait and portrait.may_be_shown and (shown := image_object(portrait, "")):
        data["image"] = shown
    if author.biography:
        data["description"] = author.biography
    return data


def author_reference(author: AuthorProfile) -> dict[str, Any]:
    """The authors of an article."""
    data: dict[str, Any] = {
        "@type": "Person",
        "name": author.name,
        "url": f"{settings.SITE_URL}{author.get_absolute_url()}",
    }
    if author.role:
        data["jobTitle"] = author.role
    if profiles := [url for link in author.links if PROFILE.match(url := link["address"])]:
        data["sameAs"] = profiles
    return data


def breadcrumbs(crumbs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The breadcrumbs of a page."""
    return {
        "@context": CONTEXT,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": url}
            for position, (name, url) in enumerate(crumbs, start=1)
        ],
    }


def news_article(
    article: Article,
    publication: Publication,
    thread: Thread,
    translations: Sequence[Article] = (),
    media: LeadMedia = NO_MEDIA,
    frames: Frames = NO_FRAMES,
) -> dict[str, Any]:
    """An article with its authors, categories and credited images.

    Comments are not repeated there: no search engine reads them, and they were a third of a page.

    An article with audio above its text is a `PodcastEpisode`; a video or a PDF there is described
    in its own object.
    """
    url = f"{settings.SITE_URL}{article.get_absolute_url()}"
    data = _identity(article, publication, url, _type_of(article, media))
    if publication.issn:
        data["isPartOf"] = periodical(publication)
    if article.description:
        data["description"] = article.description
    data.update(_dates(article, publication))
    if tags := [tag.name for tag in article.tags.all()]:
        data["keywords"] = tags
    data.update(_rights(article))
    if images := _image_objects(article):
        data["image"] = images
    data.update(media_objects(article, publication, media, frames))
    if corrections := list(article.corrections.all()):
        data["correction"] = [_correction(each, publication) for each in corrections]
    if not thread.off:
        data["commentCount"] = thread.count
        data["discussionUrl"] = f"{url}#comments"
    if translations:
        data["workTranslation"] = [_translation(each) for each in translations]
    return data


def _identity(
    article: Article, publication: Publication, url: str, object_type: str
) -> dict[str, Any]:
    """What every article has."""
    sections = [row.category.local_name for row in article.article_categories.all()]
    # An episode is no article, so it has no section.
    is_episode = object_type == PODCAST
    return {
        "@context": CONTEXT,
        "@type": object_type,
        "mainEntityOfPage": url,
        "url": url,
        "headline": article.headline,
        "inLanguage": article.language,
        "isAccessibleForFree": True,
        "publisher": organization(publication),
        "author": [author_reference(row.author) for row in article.bylines.all()]
        or [organization(publication)],
        "genre": article.kind.name,
        "copyrightHolder": {"@type": "Organization", "name": publication.copyright_holder},
        **({"name": article.headline} if is_episode else {"articleSection": sections}),
    }


def _translation(article: Article) -> dict[str, str]:
    return {
        "@type": "NewsArticle",
        "url": f"{settings.SITE_URL}{article.get_absolute_url()}",
        "inLanguage": article.language,
    }


PODCAST: Final = "PodcastEpisode"


def _type_of(article: Article, media: LeadMedia) -> str:
    if media.file is not None and media.file.is_audio:
        return PODCAST
    template = Template(article.kind.template)
    if template in {Template.NEWS, Template.ANALYSIS}:
        return NEWS_TYPES.get(article.kind.slug, TYPES[template])
    return TYPES[template]


def _dates(article: Article, publication: Publication) -> dict[str, Any]:
    published, updated = article.published_at, article.shown_update or article.published_at
    if published is None or updated is None:
        return {}
    return {
        "datePublished": publication.local(published).isoformat(timespec="seconds"),
        "dateModified": publication.local(updated).isoformat(timespec="seconds"),
        "copyrightYear": publication.local(published).year,
    }


def _rights(article: Article) -> dict[str, str]:
    """The licence of the text, and where it was first published."""
    rights = {
        "license": article.licence_url,
        "isBasedOn": article.canonical_url or article.first_published_url,
    }
    return {name: url for name, url in rights.items() if url}


def _correction(correction: Correction, publication: Publication) -> dict[str, Any]:
    return {
        "@type": "CorrectionComment",
        "text": correction.text,
        "datePublished": publication.local(correction.created_at).isoformat(timespec="seconds"),
    }


def comments_page(
    article: Article, publication: Publication, thread: Thread, url: str
) -> dict[str, Any]:
    """A page of comments on an article."""
    return {
        "@context": CONTEXT,
        "@type": "WebPage",
        "url": url,
        "inLanguage": article.language,
        "mainEntity": {
            "@type": "Article",
            "url": f"{settings.SITE_URL}{article.get_absolute_url()}",
            "headline": article.headline,
            "commentCount": thread.count,
        },
    }


def _image_objects(article: Article) -> list[dict[str, Any]]:
    figures: list[Figure] = list(article.figures.all())
    return [
        data
        for figure in figures
        if figure.is_on_page
        and article.shows(figure.image)
        and (data := image_object(figure.image, figure.caption))
    ]
