"""Renders e-mails as plain text and HTML, with inlined CSS, in the branding of the publication.

Mail programs support neither CSS variables nor a second stylesheet, so the two colours are written into the
rules. The contrast of the accent with our backgrounds was checked in the admin
(`iria.publication.colours`), so links and buttons are readable.
"""

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Final
from uuid import uuid4

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from iria.core.mail import ListEmail, default_sender, mail_domain, mailbox
from iria.core.rendering import theme_from
from iria.core.text.language import direction_of, interface_language
from iria.core.text.typography import colon, comma
from iria.core.text.validators import one_line
from iria.publication import colours
from iria.publication.models import Publication

BREAKING_SPACE: Final = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True, slots=True)
class Paragraph:
    kind: ClassVar[str] = "paragraph"
    text: str


@dataclass(frozen=True, slots=True)
class Button:
    """A call to action."""

    kind: ClassVar[str] = "button"
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, optionally with a link."""

    kind: ClassVar[str] = "heading"
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """A comment, with a link to read and answer it."""

    kind: ClassVar[str] = "quote"
    name: str
    when: str
    text: str
    html: SafeString
    """The text as HTML, as on the page."""
    link_label: str
    url: str
    context: str = ""
    """Where it was written, for example the headline of the article."""


Block = Paragraph | Button | Heading | Quote


@dataclass(frozen=True, slots=True)
class FooterLink:
    """A link in the footer of an e-mail."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class EmailContent:
    """The content of an e-mail."""

    subject: str
    blocks: tuple[Block, ...]
    reason: str = ""
    """Why the recipient gets it."""
    links: tuple[FooterLink, ...] = ()


def blocks_of(text: str) -> tuple[Block, ...]:
    """A plain text as blocks: paragraphs, and buttons for URLs on separate lines.

    A line before the URL that ends with a colon is the label of the button.
    """
    blocks: list[Block] = []
    label = ""
    for part in text.strip().split("\n\n"):
        lines = [
            " ".join(BREAKING_SPACE.split(line.strip()))
            for line in part.splitlines()
            if line.strip()
        ]
        if len(lines) == 1 and lines[0].startswith(("http://", "https://")):
            blocks.append(Button(label or lines[0], lines[0]))
            label = ""
            continue
        if label:
            blocks.append(Paragraph(f"{label}:"))
        label = lines.pop().rstrip(": ") if lines and lines[-1].endswith(":") else ""
        if lines:
            blocks.append(Paragraph(" ".join(lines)))
    if label:
        blocks.append(Paragraph(f"{label}:"))
    return tuple(blocks)


LINE_WIDTH: Final = 72
"""The maximum line length of plain text e-mails."""

RULE: Final = "–" * 24


def wrapped(text: str, *, first: str = "", rest: str = "") -> str:
    """A wrapped paragraph; URLs are never broken, nor lines at no-break spaces."""
    return textwrap.fill(
        " ".join(BREAKING_SPACE.split(text.strip())),
        LINE_WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


RULES_FIRST: Final = re.compile(
    r"(<!DOCTYPE html><html[^>]*><head>)(<style>.*?</style>)", re.DOTALL
)


def surroundings(publication: Publication, language: str, direction: str) -> dict[str, Any]:
    """The context for the layout of every e-mail."""
    return {
        "publication": publication,
        "logos": logos_of(publication),
        "site_url": settings.SITE_URL,
        "language": language,
        "direction": direction,
    }


def inlined(html: str) -> str:
    """HTML with the rules of its `style` element inlined."""
    import css_inline  # docs/decisions/stored-pages.md

    inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
    inlined_html = inliner.inline(html)
    # css_inline puts the remaining rules first in the head, before the encoding.
    rules = RULES_FIRST.match(inlined_html)
    if rules is None:
        return inlined_html
    return inlined_html.replace(rules[2], "", 1).replace("</head>", f"{rules[2]}</head>", 1)


DEFAULT_HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}
"""Prevents automatic replies (RFC 3834)."""


def mail(
    content: EmailContent,
    publication: Publication,
    *,
    to: str,
    headers: Mapping[str, str] | None = None,
) -> ListEmail:
    """The e-mail to one recipient, in the current language of the interface."""
    message = ListEmail(
        subject=one_line(content.subject),
        body=as_text(content, publication),
        from_email=mailbox(publication.name, default_sender()),
        to=[to],
        reply_to=[publication.contact_email] if publication.contact_email else [],
        headers={
            "Message-ID": f"<{uuid4()}@{mail_domain()}>",
            **DEFAULT_HEADERS,
            **(headers or {}),
        },
    )
    message.attach_alternative(as_html(content, publication), "text/html")
    return message


def as_html(content: EmailContent, publication: Publication) -> str:
    language = interface_language()
    context = {
        **surroundings(publication, language, direction_of(language)),
        "subject": one_line(content.subject),
        "headline": one_line(content.subject).removesuffix(f" – {publication.name}"),
        "stylesheet": rules_of(publication),
        "note": content,
        "drawn": _with_position(content),
    }
    with theme_from(lambda: publication.theme_choice):
        return inlined(render_to_string("iria/mail/note.html", context))


def _with_position(content: EmailContent) -> list[tuple[Block, bool]]:
    """Each block, and whether it continues: below its heading, or after the first button."""
    buttons = [block for block in content.blocks if isinstance(block, Button)]
    before = [None, *content.blocks]
    return [
        (block, isinstance(above, Heading) or block in buttons[1:])
        for above, block in zip(before, content.blocks, strict=False)
    ]


def as_text(content: EmailContent, publication: Publication) -> str:
    footer = [
        *[_labelled(link.label, link.url) for link in content.links],
        "\n".join([publication.name, f"{settings.SITE_URL}/"]),
        publication.postal_address.strip(),
    ]
    parts = [*map(_text, content.blocks), RULE, wrapped(content.reason), *footer]
    text = "\n\n".join(part for part in parts if part)
    return text.removeprefix(RULE).lstrip() + "\n"


def _text(block: Block) -> str:
    match block:
        case Paragraph(text):
            return wrapped(text)
        case Button(label, url):
            return url if label == url else _labelled(label, url)
        case Heading(text, url):
            heading = f"{RULE}\n\n{wrapped(text)}"
            return f"{heading}\n{url}" if url else heading
        case Quote():
            return _quote(block)


def _quote(block: Quote) -> str:
    """A comment, quoted with “>”."""
    lines = [line for part in block.text.splitlines() for line in _lines(part)]
    quoted = "\n".join(f"> {line}".rstrip() for line in lines)
    head = gettext("%(name)s wrote on %(when)s") % {"name": block.name, "when": block.when}
    language = interface_language()
    head = f"{head}{comma(language)}{block.context}" if block.context else head
    link = _labelled(block.link_label, block.url)
    return f"{wrapped(head + colon(language))}\n\n{quoted}\n\n{link}"


def _labelled(label: str, url: str) -> str:
    return f"{label}{colon(interface_language())}\n{url}"


def _lines(paragraph: str) -> list[str]:
    return wrapped(paragraph).splitlines() or [""]


ACCENT: Final = "#005971"
ACCENT_DARK: Final = "#75c9da"
"""The values in static/css/mail/email.css, where no other colour has the same value."""

LOGO_HEIGHT: Final = 44
LOGO_WIDTH: Final = 280


@dataclass(frozen=True, slots=True)
class Logo:
    """The logo in an e-mail: absolute URL, size in pixels."""

    address: str
    width: int
    height: int


def logos_of(publication: Publication) -> dict[str, Logo]:
    """The logo as `logo`, and the logo for dark mode, if any, as `logo_dark`."""
    images: dict[str, dict[str, Any]] = publication.brand_images
    if "logo" not in images:
        return {}
    return {name: _fitted(images[name]) for name in ("logo", "logo_dark") if name in images}


def _fitted(image: dict[str, Any]) -> Logo:
    width, height = image["width"], image["height"]
    scale = min(1, LOGO_HEIGHT / height, LOGO_WIDTH / width)
    url = f"{settings.SITE_URL}{image['address']}"
    return Logo(url, max(1, round(width * scale)), max(1, round(height * scale)))


def rules_of(publication: Publication) -> SafeString:
    """The CSS of an e-mail, to be inlined."""
    return stylesheet(*colours_of(publication))


def colours_of(publication: Publication) -> tuple[str, str]:
    """The accent for light and dark mode."""
    light = publication.accent
    if not light:
        return ACCENT, ACCENT_DARK
    return light, publication.accent_dark or colours.for_dark(light)


@lru_cache(maxsize=8)
def stylesheet(light: str, dark: str) -> SafeString:
    """The CSS with these accents. It is a file of the project, so it needs no escaping in `style`."""
    path = finders.find("css/mail/email.css")
    assert isinstance(path, str)  # noqa: S101 - a file of this project
    rules = Path(path).read_text("utf-8")
    return mark_safe(rules.replace(ACCENT, light).replace(ACCENT_DARK, dark))  # noqa: S308
