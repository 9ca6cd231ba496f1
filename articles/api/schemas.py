"""The types of all responses; the OpenAPI document is generated from them.

Only `id` is always present, because a request can name the fields it wants. The values come from
`articles.FIELDS` and `resources`.
"""

from datetime import datetime
from typing import Annotated, Final, Required, TypedDict

from pydantic import Field

from articles.editorial.models.article import ARTICLE_FIELDS

Id = Annotated[int, Field(description="Permanent ID.")]
Url = Annotated[
    str, Field(description="URL of the page for readers.", json_schema_extra={"format": "uri"})
]
PlainText = Annotated[str, Field(description="Plain text.")]
Html = Annotated[str, Field(description="Sanitised HTML with absolute URLs.")]


class CategoryRef(TypedDict):
    id: int
    name: str
    path: str
    url: Url


class NamedRef(TypedDict):
    id: int
    name: str
    slug: str
    url: Url


class KindRef(TypedDict):
    name: str
    slug: str


class PictureFile(TypedDict):
    """One size of an image in one format."""

    url: Url
    media_type: str
    width: int
    height: int
    bytes: int


class Picture(TypedDict, total=False):
    """An image of a published article, or the portrait of an author."""

    id: Required[Id]
    alt_text: Annotated[str, Field(description="Alt text; empty for a decorative image.")]
    decorative: bool
    description: Annotated[
        str, Field(description="Extended description, for example of a chart; plain text.")
    ]
    credit: Annotated[str, Field(description="Must be shown with the image.")]
    credit_url: str
    creator: str
    copyright_notice: str
    licence: Annotated[str, Field(description="URL of the licence; empty if none is known.")]
    licensor: Annotated[str, Field(description="Where to obtain a licence.")]
    made_with_ai: Annotated[
        bool,
        Field(
            description="Whether the image was created or edited with AI. This must be disclosed beside it."
        ),
    ]
    digital_source_type: Annotated[
        str, Field(description="Digital source type: a URL of the IPTC vocabulary, or empty.")
    ]
    width: Annotated[int, Field(description="Of the original image, in pixels.")]
    height: int
    files: Annotated[list[PictureFile], Field(description="In each format, the smallest first.")]


class Figure(TypedDict):
    """An image as used in an article: caption and alt text belong to the use, the credit to the image."""

    place: Annotated[str, Field(description="`lead` or `inline`.")]
    width: Annotated[str, Field(description="`normal`, `wide` or `full`.")]
    gallery: Annotated[
        int,
        Field(
            description="Number of the gallery in the text, from 1; 0 if the image is not in a gallery."
        ),
    ]
    url: Annotated[Url, Field(description="URL of the full-size view.")]
    caption_html: Html
    caption_text: PlainText
    alt_text: Annotated[
        str, Field(description="Alt text of this use; empty if the image is decorative here.")
    ]
    picture: Picture


class Correction(TypedDict):
    text: PlainText
    made_at: datetime


class ArticleRef(TypedDict):
    id: Id
    url: Url
    headline: str
    language: str


class Series(TypedDict):
    """A series and its published parts, in order."""

    name: str
    parts: list[ArticleRef]


DECLARED: Final = {each.name: each.api for each in ARTICLE_FIELDS if each.api}
"""Further texts of articles, with their descriptions, where the model declares them."""


class _Article(TypedDict, total=False):
    id: Required[Id]
    url: Url
    canonical_url: Annotated[
        str,
        Field(description="Canonical URL: `url`, or a URL on another site."),
    ]
    first_published_in: Annotated[
        str, Field(description="Name of the publication that first published it.")
    ]
    licence: Annotated[
        str,
        Field(description="URL of the licence of the text; empty means all rights reserved."),
    ]
    headline: str
    standfirst: str
    kind: KindRef
    language: Annotated[str, Field(description="BCP 47 language tag, such as `en`.")]
    published_at: datetime
    changed_at: Annotated[
        datetime, Field(description="When the text last changed; not earlier than publication.")
    ]
    categories: Annotated[
        list[CategoryRef], Field(description="The first is the primary category.")
    ]
    tags: list[NamedRef]
    authors: Annotated[list[NamedRef], Field(description="In byline order.")]
    figures: Annotated[
        list[Figure], Field(description="The lead image first, then in the order of the text.")
    ]
    corrections: list[Correction]
    translations: Annotated[list[ArticleRef], Field(description="Translations of the article.")]
    series: Annotated[
        Series | None, Field(description="The series it belongs to, including the article itself.")
    ]
    comments_open: bool
    comments_url: Annotated[str, Field(description="URL of its comments in this API.")]
    html: Html
    text: PlainText


Article = TypedDict(
    "Article",
    {
        # mypy knows no fields from a table.
        **_Article.__annotations__,  # type: ignore[misc]
        **{name: Annotated[str, Field(description=text)] for name, text in DECLARED.items()},
    },
    total=False,
)


class Category(TypedDict, total=False):
    id: Required[Id]
    url: Url
    name: str
    path: str
    parent: Annotated[int | None, Field(description="ID of the parent category.")]
    introduction: PlainText
    articles_url: str


class Tag(TypedDict, total=False):
    id: Required[Id]
    url: Url
    name: str
    slug: str
    articles_url: str


class Link(TypedDict):
    """A link to another site, such as a profile."""

    name: str
    address: str


class Author(TypedDict, total=False):
    """An author of at least one published article."""

    id: Required[Id]
    url: Url
    name: str
    slug: str
    role: str
    biography: PlainText
    links: list[Link]
    website: Annotated[str, Field(description="URL of the first link, if any.")]
    portrait: Picture | None
    articles_url: str


class Comment(TypedDict, total=False):
    """A comment that readers can see."""

    id: Required[Id]
    url: Url
    article: Annotated[int, Field(description="ID of the article.")]
    in_reply_to: Annotated[
        int | None, Field(description="ID of the comment it replies to, if that comment is public.")
    ]
    name: str
    by_staff: bool
    written_at: datetime
    html: Html
    text: PlainText


Next = Annotated[
    str | None,
    Field(
        description="URL of the next page; null on the last page.",
        json_schema_extra={"format": "uri"},
    ),
]


class Articles(TypedDict):
    items: list[Article]
    next: Next


class FoundArticles(Articles, total=False):
    total: Annotated[int, Field(description="Number of results; only for a search.")]


class Categories(TypedDict):
    items: list[Category]
    next: Next


class Tags(TypedDict):
    items: list[Tag]
    next: Next


class Authors(TypedDict):
    items: list[Author]
    next: Next


class Pictures(TypedDict):
    items: list[Picture]
    next: Next


class Comments(TypedDict):
    items: list[Comment]
    next: Next
