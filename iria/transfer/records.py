"""The neutral form of what an import reads: every parser yields these, and the writer knows only these.

Plain Python. Texts are HTML as the parser converted it, with `data-image` naming the source id of an image
(`articles.body.blocks`); the writer replaces it by the id of the row. Dates have a zone.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final


class Unreadable(Exception):
    """The file cannot be read as what it should be; nothing was written.

    `line` is where, from 1; 0 if no line can be named.
    """

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(f"Line {line}: {reason}" if line else reason)
        self.reason, self.line = reason, line

    def named(self, file: str) -> "Unreadable":
        return Unreadable(f"{file}: {self.reason}", self.line)


class Kind(StrEnum):
    """What a report counts; the keys of its JSON."""

    POSTS = "posts"
    PAGES = "pages"
    COMMENTS = "comments"
    IMAGES = "images"
    AUTHORS = "authors"
    CATEGORIES = "categories"
    TAGS = "tags"
    REDIRECTS = "redirects"
    SUBSCRIBERS = "subscribers"


class State(StrEnum):
    """What becomes of a text."""

    PUBLISHED = "published"
    SCHEDULED = "scheduled"
    DRAFT = "draft"
    TRASH = "trash"


class CommentState(StrEnum):
    """The states of `articles.comments` that an import can give."""

    APPROVED = "approved"
    PENDING = "held"
    SPAM = "spam"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Remark:
    """What an editor should know about an item that was imported all the same."""

    code: str
    """Such as `unknown shortcode` or `undecided credit`."""
    text: str


NO_DATE = Remark("no date", "Published with the date of the import.")


@dataclass(frozen=True, slots=True)
class Site:
    """Where the file comes from."""

    system: str
    title: str = ""
    url: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Author:
    source_id: str
    """The name by which texts refer to it."""
    name: str
    email: str = ""
    slug: str = ""
    biography: str = ""
    remarks: tuple[Remark, ...] = ()
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A category or a tag. `parent` is the source id of the category above it."""

    source_id: str
    name: str
    kind: Kind = Kind.TAGS
    parent: str = ""
    description: str = ""
    skipped: str = ""


NO_TEXT: Final = "The comment has no text."


@dataclass(frozen=True, slots=True)
class Comment:
    source_id: str
    name: str
    text: str
    created_at: datetime | None
    state: CommentState
    email: str = ""
    parent: str = ""
    skipped: str = ""
    """Why it is not imported; empty if it is."""


@dataclass(frozen=True, slots=True)
class Image:
    """An attachment. `path` is below the folder of uploads, and also names the file in `--media`."""

    source_id: str
    url: str
    path: str
    title: str = ""
    caption: str = ""
    credit: str = ""
    alt: str = ""
    page_path: str = ""
    """The page that the old site had for it."""
    parent: str = ""
    remarks: tuple[Remark, ...] = ()
    skipped: str = ""


@dataclass(slots=True)
class Text:
    """A post or a page."""

    source_id: str
    kind: Kind
    title: str
    slug: str
    body: str
    state: State
    published_at: datetime | None = None
    modified_at: datetime | None = None
    standfirst: str = ""
    search_description: str = ""
    language: str = ""
    translation_key: str = ""
    """Texts with the same one translate each other."""
    path: str = ""
    """Where it was on the old site; empty if only a query named it."""
    old_paths: list[str] = field(default_factory=list)
    """Where else it was before, as `path`."""
    authors: list[str] = field(default_factory=list)
    categories: list[Term] = field(default_factory=list)
    tags: list[Term] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    comments_open: bool = True
    lead_image: str = ""
    lead_caption: str = ""
    lead_alt: str = ""
    social_title: str = ""
    is_sticky: bool = False
    """Whether it stood at the top of the front page."""
    noindex: bool = False
    canonical_url: str = ""
    remarks: list[Remark] = field(default_factory=list)
    credits: dict[str, str] = field(default_factory=dict)
    """Source id or URL of an image → the credit that its caption in this text had."""
    skipped: str = ""


class Consent(StrEnum):
    """What the source says about e-mails to somebody."""

    SUBSCRIBED = "subscribed"
    UNSUBSCRIBED = "unsubscribed"
    SUPPRESSED = "suppressed"
    """Mail to the address bounced, or was reported as spam."""
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True)
class Subscriber:
    source_id: str
    """Not the e-mail address: it outlives the person's data here."""
    email: str
    consent: Consent
    name: str = ""
    since: datetime | None = None
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Redirect:
    """A redirect that editors of the old site had set up, from one of its paths to another."""

    old_path: str
    new_path: str
    skipped: str = ""


Record = Site | Author | Term | Image | Text | Subscriber | Redirect
