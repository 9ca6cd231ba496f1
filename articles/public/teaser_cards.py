"""The card of an article in a list: templates/articles/public/_card.html.

A front page shows seventy of them. Each is rendered once for the values it shows (`iria.core.rendering`).

A lead, a large card or a figure has its credit below it. The credits of smaller images and portraits
are listed once at the foot of the page (templates/articles/public/_image_credits.html), unless the
publication shows a credit below every image.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from accounts.models import AuthorProfile
from articles.editorial.aggregated_rows import PrefetchedRows, related_values
from articles.editorial.models import Article, ArticleType, Category
from articles.images.credit_line import short_credit
from articles.images.models import Image
from articles.images.srcset import ImageAttributes, image_attributes
from iria.core.http.urls import url_path
from iria.core.rendering import render_fragment
from iria.core.text.language import text_in
from iria.publication.models import Publication

MAX_SHORT_TITLE: Final = 80
"""Characters of a headline in the list."""


class ImageName(NamedTuple):
    """What an image is called in the list: the short title of its article, or whose portrait it is."""

    text: str
    language: str = ""
    """The language of the text; empty for that of the interface."""


class ImageCredits:
    """The credits of a page, each with its images, in the order in which they are shown."""

    def __init__(self) -> None:
        self._found: dict[str, dict[ImageName, None]] = {}

    def add(self, image: Image, name: ImageName) -> None:
        """Adds an image; one that needs no credit and has none is left out."""
        if credit := short_credit(image):
            self._found.setdefault(credit, {})[name] = None

    @property
    def groups(self) -> list[tuple[str, list[ImageName]]]:
        return [(credit, list(names)) for credit, names in self._found.items()]


def image_credits(request: HttpRequest) -> dict[str, object]:
    """Context processor: `image_credits`."""
    return {"image_credits": ImageCredits()}


def name_of_image(of: Article | AuthorProfile) -> ImageName:
    """What the image of an article or of an author is called."""
    if isinstance(of, AuthorProfile):
        return portrait_name(of.name)
    return ImageName(short_title(of.headline), of.language)


def portrait_name(author: str) -> ImageName:
    return ImageName(gettext("portrait of %(name)s") % {"name": author})


def short_title(headline: str) -> str:
    """The headline up to its colon, cut after a word if it is still long."""
    title = headline.partition(": ")[0].strip()
    if len(title) <= MAX_SHORT_TITLE:
        return title
    cut, _, _ = title[:MAX_SHORT_TITLE].rpartition(" ")
    return f"{cut or title[:MAX_SHORT_TITLE]} …"


TEMPLATE: Final = "articles/public/_card.html"


class Rank(NamedTuple):
    """What the cards of a rank show, from the lead of a page to a line."""

    use: str = ""
    """How the image is used (`images.srcset.USES`); empty without one."""
    standfirst: bool = False
    large: bool = False
    """Whether the credit is below the image and an opinion has its image, not a portrait."""


RANKS: Final = {
    "lead": Rank("card lead", standfirst=True, large=True),
    "major": Rank("card major", standfirst=True, large=True),
    "minor": Rank("card minor"),
    "thumb": Rank("card thumb"),
    "line": Rank(),
    "opinion": Rank("card portrait", standfirst=True),
    "cover": Rank("card minor"),
    "entry": Rank("card", standfirst=True),
}


class Author(NamedTuple):
    """An author in a byline."""

    name: str
    url: str = ""
    """Empty in a card, which has one link only."""


class Translation(NamedTuple):
    """The same article in another language."""

    language: str
    url: str


@dataclass(frozen=True, slots=True)
class CardPage:
    """What a card needs from its page."""

    publication: Publication
    language: str
    """The language of the page; text in another language is marked."""
    category: Category | None = None
    """The category of the page or of its part, which the card does not repeat."""
    image_credits: ImageCredits | None = None
    """Collects the credits that are not below their images."""


@dataclass(frozen=True, slots=True)
class Card:
    """Everything `_card.html` can show; two equal cards have the same HTML."""

    rank: str
    level: str
    """The element of the headline, such as h3."""
    look: str
    """opinion, report or empty."""
    url: str
    headline: str
    standfirst: str
    language: str
    page_language: str
    article_type: str
    section: str
    """Empty if the article type has the same name."""
    authors: tuple[Author, ...]
    published_at: datetime | None
    time_zone: str
    """Part of the key: equal times can be different dates in two time zones."""
    image: ImageAttributes | None
    has_portrait: bool
    """Whether the image is the portrait of an author."""
    credit: str
    """The text below the image; empty if it is at the foot of the page."""
    translations: tuple[Translation, ...]
    article_id: int
    """For themes that need more of the article than a card shows."""


def card_html(
    article: Article, page: CardPage, *, rank: str = "entry", level: str = "h3", use: str = ""
) -> SafeString:
    """The same as HTML."""
    return render_fragment(TEMPLATE, card=card_of(article, page, rank=rank, level=level, use=use))


def card_of(
    article: Article, page: CardPage, *, rank: str = "entry", level: str = "h3", use: str = ""
) -> Card:
    """The card of an article fetched by `for_cards()`.

    Args:
        rank: a key of `RANKS`.
        level: the element of its headline.
        use: how its image is used, if not as usual for the rank.
    """
    rank_shows, look = RANKS[rank], look_of(article)
    image, name = _image_of(article, rank_shows, look)
    is_portrait = image is not None and image is not article.lead_image
    credit = short_credit(image) if image else ""
    if image and not (rank_shows.large or page.publication.credit_below_every_image):
        credit = ""
        if page.image_credits is not None:
            page.image_credits.add(image, name)
    article_type, section = article.kind.local_name, _section_of(article, page.category)
    image_use = "card portrait" if is_portrait else use or rank_shows.use
    return Card(
        rank=rank,
        level=level,
        look=look,
        url=article.get_absolute_url(),
        headline=article.headline,
        standfirst=article.standfirst if rank_shows.standfirst else "",
        language=article.language,
        page_language=page.language,
        article_type=article_type,
        section="" if section.casefold() == article_type.casefold() else section,
        authors=_plain_authors(article),
        published_at=page.publication.local(article.published_at) if article.published_at else None,
        time_zone=page.publication.time_zone,
        image=image_attributes(image, image_use) if image else None,
        has_portrait=is_portrait,
        credit=credit,
        translations=_translations(article),
        article_id=article.pk,
    )


def look_of(article: Article) -> str:
    """How the cards of its type differ from others: opinion, report or empty."""
    templates = {ArticleType.Template.OPINION, ArticleType.Template.REPORT}
    return article.kind.template if article.kind.template in templates else ""


def _image_of(article: Article, rank: Rank, look: str) -> tuple[Image | None, ImageName]:
    """The image of a card, and what it is called in the credits of the page."""
    if not rank.use:
        return None, name_of_image(article)
    if look == "opinion" and not rank.large:
        portrait, author = portrait_of(article)
        if portrait is not None:
            return portrait, portrait_name(author)
    return article.visible_lead_image, name_of_image(article)


def portrait_of(article: Article) -> tuple[Image | None, str]:
    """The first portrait among the authors of an opinion that may be shown, and whose it is."""
    gathered: PrefetchedRows | None = getattr(article, "gathered_rows", None)
    if gathered is None or "portraits" not in gathered.rows:
        return None, ""
    names = {row.author_id: row.author.name for row in article.bylines.all()}
    for portrait in gathered["portraits"]:
        if portrait.image.may_be_shown:
            return portrait.image, names[portrait.author_id]
    return None, ""


def _translations(article: Article) -> tuple[Translation, ...]:
    gathered: PrefetchedRows | None = getattr(article, "gathered_rows", None)
    if gathered is None or not gathered.values_of.get("translations"):
        return ()
    names = [field.name for field in gathered.rows["translations"].fields]
    rows = [dict(zip(names, row, strict=True)) for row in gathered.values_of["translations"]]
    return tuple(
        Translation(row["language"], url_path("article", row["year"], row["month"], row["slug"]))
        for row in rows
    )


def _section_of(article: Article, shown: Category | None) -> str:
    """The name of its deepest category; below the shown one, if there is one."""
    rows = related_values(article, "article_categories", "path", "name", "translations")
    if shown is not None:
        rows = [row for row in rows if row[0].startswith(f"{shown.path}/")]
    if not rows:
        return ""
    _path, name, translations = max(rows, key=lambda row: row[0].count("/"))
    return str(text_in(translations, "name") or name)


def authors_of(article: Article, scope: str = "") -> tuple[Author, ...]:
    """The authors in byline order.

    Args:
        scope: the language whose lists the names lead to; empty for everything they wrote.
    """
    return _authors(related_values(article, "bylines", "name", "slug"), scope)


def _authors(rows: Iterable[tuple[Any, ...]], scope: str) -> tuple[Author, ...]:
    return tuple(Author(name, _list_url("author", slug, scope)) for name, slug in rows)


def byline_html(article: Article, scope: str = "") -> SafeString:
    """The authors as links: “A, B and C”."""
    return render_fragment("articles/public/_names.html", authors=authors_of(article, scope))


def plain_byline_html(article: Article) -> SafeString:
    """The same as words."""
    return render_fragment("articles/public/_names.html", authors=_plain_authors(article))


def _plain_authors(article: Article) -> tuple[Author, ...]:
    return tuple(Author(name) for (name,) in related_values(article, "bylines", "name"))


def _list_url(page: str, part: str, scope: str) -> str:
    return url_path(f"language_{page}", scope, part) if scope else url_path(page, part)
