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
from html import unescape
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string, select_template
from django.utils.safestring import SafeString, mark_safe

from iria.core.mail import ListEmail, default_sender, mail_domain, mailbox
from iria.core.rendering import theme_from
from iria.core.text.language import direction_of, interface_language
from iria.publication import colours
from iria.publication.models import Publication, current_publication

BREAKING_SPACE: Final = re.compile(r"[ \t\r\n]+")
EMPTY_LINES: Final = re.compile(r"\n{3,}")
NOT_ON_A_LINE: Final = re.compile(r"(?:[^\S\u00a0\u202f]|[\x00-\x1f\x7f-\x9f])+")
"""White space and control characters, apart from the no-break spaces of French."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of an e-mail, or with a URL the label of a link."""

    text: str
    url: str = ""
    is_button: bool = False


def blocks_of(text: str) -> list[Block]:
    """The lines of a text as paragraphs and links, the first link as a button.

    A line that is a URL is a link. The line before it is its label, if it ends with a colon.
    """
    blocks: list[Block] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if not line.startswith(("http://", "https://")):
            blocks.append(Block(line))
            continue
        has_label = blocks and blocks[-1].text.endswith(":")
        label = blocks.pop().text[:-1].strip() if has_label else ""
        blocks.append(Block(label, line, is_button=not any(block.url for block in blocks)))
    return blocks


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


def on_one_line(text: str) -> str:
    return NOT_ON_A_LINE.sub(" ", text).strip()


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


def send(template: str, to: str, context: Mapping[str, Any], **options: Any) -> None:
    """Sends an e-mail, see `compose`."""
    compose(template, to, context, **options).send(using="default")


def compose(
    template: str,
    to: str,
    context: Mapping[str, Any],
    *,
    headers: Mapping[str, str] | None = None,
    from_email: str = "",
    reply_to: list[str] | None = None,
) -> ListEmail:
    """The e-mail to one recipient, in the current language of the interface.

    `{template}.txt` is its text. Its partials are the subject and the footer: why somebody receives it, and
    links. The HTML is made of the same text (`blocks_of`), unless there is a `{template}.html`. Each text of
    the context is put on one line, so that none that somebody entered can look like a link of ours.
    """
    publication, language = current_publication(), interface_language()
    values = {
        name: on_one_line(value) if isinstance(value, str) else value
        for name, value in context.items()
    } | surroundings(publication, language, direction_of(language))
    with theme_from(lambda: publication.theme_choice):
        # Escaped like every other template, although it is no HTML.
        text, subject, footer = (
            unescape(render_to_string(f"{template}.txt{partial}", values))
            for partial in ("", "#subject", "#footer")
        )
        subject = on_one_line(subject)
        html = _html(template, values, subject, blocks_of(text), blocks_of(footer))
    site = f"{publication.name}\n{settings.SITE_URL}/"
    parts = (_wrapped_lines(text), RULE, _wrapped_lines(footer), site, publication.postal_address)
    message = ListEmail(
        subject=subject,
        body="\n\n".join(filter(None, map(str.strip, parts))) + "\n",
        from_email=from_email or mailbox(publication.name, default_sender()),
        to=[to],
        reply_to=reply_to or list(filter(None, [publication.contact_email])),
        headers={
            "Message-ID": f"<{uuid4()}@{mail_domain()}>",
            **DEFAULT_HEADERS,
            **(headers or {}),
        },
    )
    message.attach_alternative(html, "text/html")
    return message


def _html(
    template: str, values: Mapping[str, Any], subject: str, blocks: list[Block], footer: list[Block]
) -> str:
    publication: Publication = values["publication"]
    context = {
        **values,
        "subject": subject,
        "headline": subject.removesuffix(f" – {publication.name}"),
        "stylesheet": rules_of(publication),
        "blocks": blocks,
        "reasons": [block for block in footer if not block.url],
        "links": [block for block in footer if block.url],
    }
    return inlined(select_template([f"{template}.html", "iria/mail/note.html"]).render(context))


def _wrapped_lines(text: str) -> str:
    """The text with at most one empty line in a row; quotes are wrapped already."""
    lines = (line.rstrip() if line.startswith(">") else wrapped(line) for line in text.splitlines())
    return EMPTY_LINES.sub("\n\n", "\n".join(lines))


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
