"""Renders e-mails as plain text and HTML, with inlined CSS."""

import re
import textwrap
from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext

from iria.core.active_theme import theme_from
from iria.core.mail import ListEmail, default_sender, mail_domain, mailbox
from iria.core.text.language import direction_of, interface_language
from iria.core.text.typography import colon, comma
from iria.core.text.validators import one_line
from iria.publication.mail.blocks import (
    BREAKING_SPACE,
    Block,
    Button,
    EmailContent,
    Heading,
    Paragraph,
    Quote,
)
from iria.publication.mail.branding import logos_of, rules_of
from iria.publication.models import Publication

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
    inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
    written = inliner.inline(html)
    # css_inline puts the remaining rules first in the head, before the encoding.
    rules = RULES_FIRST.match(written)
    if rules is None:
        return written
    return written.replace(rules[2], "", 1).replace("</head>", f"{rules[2]}</head>", 1)


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
    with theme_from(lambda: publication.theme):
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
