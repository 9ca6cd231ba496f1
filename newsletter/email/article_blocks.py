"""The articles of an issue as blocks of an e-mail: absolute URLs, one size of each image."""

from dataclasses import dataclass, replace
from typing import Final

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from articles.body.captions import safe_caption
from articles.body.tree import caption_text
from articles.editorial.models import Article
from articles.editorial.rendering import texts_with_urls
from articles.images.credit_line import credit_line, credit_text
from articles.images.models import Image
from articles.images.srcset import RenditionFile, plain_files
from iria.core.text.language import interface_language
from iria.core.text.typography import listed, typeset_html
from iria.publication.models import Publication
from newsletter.email.editor_html import with_absolute_urls
from newsletter.models import Issue

LEAD_WIDTH: Final = 600
BESIDE_WIDTH: Final = 184


@dataclass(frozen=True, slots=True)
class EmailImage:
    """An image with its texts; width and height as displayed, in CSS pixels."""

    address: str
    width: int
    height: int
    alt: str
    caption: SafeString
    credit: SafeString
    plain_text: str
    """Caption and credit as text, for the plain text part."""


@dataclass(frozen=True, slots=True)
class ArticleBlock:
    headline: str
    address: str
    standfirst: str
    kicker: str
    authors: str
    language: str
    direction: str
    image: EmailImage | None
    heading: str = ""
    """The heading of the section that starts with this article."""
    is_lead: bool = False
    level: int = 2
    """The heading level of the headline: below the subject, or below a section heading."""


def build_blocks(issue: Issue, publication: Publication) -> list[ArticleBlock]:
    """Returns the blocks of an issue that was fetched `with_articles`.

    The first has a large image, unless the issue has a lead image.
    """
    blocks, level = [], 2
    items = list(issue.items.all())
    captions = texts_with_urls(item.article.lead_caption for item in items)
    for index, (item, caption) in enumerate(zip(items, captions, strict=True)):
        level = 3 if item.heading else level
        is_lead = index == 0 and issue.image is None
        width = LEAD_WIDTH if is_lead else BESIDE_WIDTH
        block = _story(item.article, caption, publication, width=width)
        blocks.append(replace(block, heading=item.heading, is_lead=is_lead, level=level))
    return blocks


def issue_image(issue: Issue, publication: Publication) -> EmailImage | None:
    """Returns the lead image of an issue, if it has one."""
    if issue.image is None:
        return None
    language = issue.newsletter.language or publication.language_codes[0]
    return _image(
        issue.image,
        issue.image_caption,
        publication,
        alt=issue.image.alt,
        width=LEAD_WIDTH,
        language=language,
    )


def _story(article: Article, caption: str, publication: Publication, *, width: int) -> ArticleBlock:
    image = article.lead_image
    categories = [row.category.local_name for row in article.article_categories.all()]
    names = [byline.author.name for byline in article.bylines.all()]
    return ArticleBlock(
        headline=article.headline,
        address=f"{settings.SITE_URL}{article.get_absolute_url()}",
        standfirst=article.standfirst,
        kicker=_kicker(categories, article.kind.local_name),
        authors=gettext("By %(names)s")
        % {"names": listed(names, gettext("and"), interface_language())}
        if names
        else "",
        language=article.language,
        direction="rtl" if article.right_to_left else "ltr",
        image=_image(
            image,
            caption,
            publication,
            alt=article.lead_image_alt,
            width=width,
            language=article.language,
        )
        if image
        else None,
    )


def _kicker(categories: list[str], kind: str) -> str:
    """Returns the categories and the article type, unless a category has the same name."""
    names = {name.casefold() for name in categories}
    return " · ".join(
        filter(None, [", ".join(categories), "" if kind.casefold() in names else kind])
    )


def _image(
    image: Image, caption: str, publication: Publication, *, alt: str, width: int, language: str
) -> EmailImage | None:
    if not image.may_be_mailed:
        return None
    rendition = best_rendition(image, width=width)
    if rendition is None:
        return None
    shown_width = min(width, rendition.width)
    return EmailImage(
        address=f"{settings.SITE_URL}{rendition.get_absolute_url()}",
        width=shown_width,
        height=max(1, round(shown_width * rendition.height / rendition.width)),
        alt=alt,
        # Sanitised when saved, and again for output.
        caption=mark_safe(  # noqa: S308
            with_absolute_urls(typeset_html(safe_caption(caption), language), settings.SITE_URL)
        ),
        credit=credit_line(image, publication),
        plain_text=_describe(caption, alt, image, publication),
    )


def _describe(caption: str, alt: str, image: Image, publication: Publication) -> str:
    text = caption_text(caption) if caption else alt
    return " ".join(part for part in (text.strip(), credit_text(image, publication)) if part)


def best_rendition(image: Image, *, width: int) -> RenditionFile | None:
    """Returns the smallest rendition that is sharp on a high-density screen, or else the largest.

    The renditions are listed in the row of the image, so there is no query.
    """
    renditions = plain_files(image)
    sharp = [rendition for rendition in renditions if rendition.width >= 2 * width]
    if sharp:
        return sharp[0]
    return renditions[-1] if renditions else None
