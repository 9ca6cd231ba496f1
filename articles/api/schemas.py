"""The shape of every answer; the OpenAPI document is made from it.

Only `id` is sure to be there, since a request may name the fields it wants.
"""

from datetime import datetime
from typing import Annotated, Required, TypedDict

from pydantic import Field

Id = Annotated[int, Field(description="Its number, which never changes.")]
Address = Annotated[
    str, Field(description="Where people read it.", json_schema_extra={"format": "uri"})
]
PlainText = Annotated[str, Field(description="Plain text.")]
Html = Annotated[str, Field(description="Clean HTML; every address in it is absolute.")]


class CategoryRef(TypedDict):
    id: int
    name: str
    path: str
    url: Address


class NamedRef(TypedDict):
    id: int
    name: str
    slug: str
    url: Address


class KindRef(TypedDict):
    name: str
    slug: str


class PictureFile(TypedDict):
    """One size of a picture in one format."""

    url: Address
    media_type: str
    width: int
    height: int
    bytes: int


class Picture(TypedDict, total=False):
    """A picture of the library that stands in a published article or beside an author."""

    id: Required[Id]
    alt_text: Annotated[
        str, Field(description="What it shows, for whoever cannot see it; empty for decoration.")
    ]
    decorative: bool
    description: Annotated[str, Field(description="At length, as of a chart; plain text.")]
    credit: Annotated[str, Field(description="To be named wherever it is shown.")]
    credit_url: str
    creator: str
    copyright_notice: str
    licence: Annotated[str, Field(description="Address of its licence; empty where none is known.")]
    licensor: Annotated[str, Field(description="From whom a licence can be had.")]
    made_with_ai: Annotated[
        bool, Field(description="Whether a machine made it, or parts of it; to be said beside it.")
    ]
    digital_source_type: Annotated[
        str, Field(description="How it came to be: an address of the IPTC’s vocabulary, or empty.")
    ]
    width: Annotated[int, Field(description="Of the original, in pixels.")]
    height: int
    files: Annotated[list[PictureFile], Field(description="The narrowest first in each format.")]


class Figure(TypedDict):
    """One use of a picture: the caption belongs to the use, the credit to the picture."""

    place: Annotated[str, Field(description="`lead` or `inline`.")]
    width: Annotated[str, Field(description="`normal`, `wide` or `full`.")]
    gallery: Annotated[
        int,
        Field(description="Which gallery of the text it is part of, from 1; 0: it stands alone."),
    ]
    url: Annotated[Address, Field(description="Where it is seen large.")]
    caption_html: Html
    caption_text: PlainText
    picture: Picture


class Correction(TypedDict):
    text: PlainText
    made_at: datetime


class ArticleRef(TypedDict):
    id: Id
    url: Address
    headline: str
    language: str


class Series(TypedDict):
    """A series and its parts in their order, as far as they are published."""

    name: str
    parts: list[ArticleRef]


class Article(TypedDict, total=False):
    id: Required[Id]
    url: Address
    canonical_url: Annotated[
        str,
        Field(description="Where the original stands: `url`, or an address on another site."),
    ]
    first_published_in: Annotated[str, Field(description="The publication it stood in first.")]
    licence: Annotated[
        str,
        Field(description="Address of the licence of the text; empty: all rights reserved."),
    ]
    headline: str
    standfirst: str
    kind: KindRef
    language: Annotated[str, Field(description="BCP 47, such as `en`.")]
    published_at: datetime
    changed_at: Annotated[
        datetime, Field(description="When its text last changed; not before publication.")
    ]
    categories: Annotated[list[CategoryRef], Field(description="The first is its home.")]
    tags: list[NamedRef]
    authors: Annotated[list[NamedRef], Field(description="In the order in which they sign.")]
    figures: Annotated[
        list[Figure], Field(description="The lead picture first, then as in the text.")
    ]
    corrections: list[Correction]
    translations: Annotated[list[ArticleRef], Field(description="The same in other languages.")]
    series: Annotated[
        Series | None, Field(description="The series it is a part of, itself among the parts.")
    ]
    comments_open: bool
    comments_url: Annotated[str, Field(description="Its comments in this API.")]
    html: Html
    text: PlainText


class Category(TypedDict, total=False):
    id: Required[Id]
    url: Address
    name: str
    path: str
    parent: Annotated[int | None, Field(description="Number of the category above.")]
    introduction: PlainText
    articles_url: str


class Tag(TypedDict, total=False):
    id: Required[Id]
    url: Address
    name: str
    slug: str
    articles_url: str


class Link(TypedDict):
    """Where somebody or something is found elsewhere."""

    name: str
    address: str


class Author(TypedDict, total=False):
    """Somebody who signed at least one published article."""

    id: Required[Id]
    url: Address
    name: str
    slug: str
    role: str
    biography: PlainText
    links: list[Link]
    website: Annotated[str, Field(description="The address of the first link, if there is one.")]
    portrait: Picture | None
    articles_url: str


class Comment(TypedDict, total=False):
    """A comment that readers can see."""

    id: Required[Id]
    url: Address
    article: Annotated[int, Field(description="Number of its article.")]
    in_reply_to: Annotated[
        int | None, Field(description="Number of the comment it answers, if that can be seen.")
    ]
    name: str
    by_staff: bool
    written_at: datetime
    html: Html
    text: PlainText


Next = Annotated[
    str | None,
    Field(
        description="Address of the next page; null on the last.",
        json_schema_extra={"format": "uri"},
    ),
]


class Articles(TypedDict):
    items: list[Article]
    next: Next


class FoundArticles(Articles, total=False):
    total: Annotated[int, Field(description="How many were found; only for a search.")]


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
