"""The lines of a letter in plain text.

What the layout of every mail needs, and its rules written into its elements.

A note as the mail that goes out: plain text and HTML with the same words.
"""

import re
import textwrap
from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext

from iria.core.mail import ListEmail, default_sender, mail_domain, mailbox
from iria.core.text.language import direction_of, interface_language
from iria.core.text.validators import one_line
from iria.publication.mail.blocks import Block, Button, EmailContent, Heading, Paragraph, Quote
from iria.publication.mail.branding import logos_of, rules_of
from iria.publication.models import Publication

LINE_WIDTH: Final = 72
"""What a reader of plain text sees without a line breaking where it should not."""

RULE: Final = "–" * 24


def wrapped(text: str, *, first: str = "", rest: str = "") -> str:
    """A paragraph in lines of a letter; an address is never broken."""
    return textwrap.fill(
        " ".join(text.split()),
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
    """What the layout of every mail needs."""
    return {
        "publication": publication,
        "logos": logos_of(publication),
        "site_url": settings.SITE_URL,
        "language": language,
        "direction": direction,
    }


def inlined(html: str) -> str:
    """HTML with the rules of its `style` element written into the elements they meet."""
    inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
    written = inliner.inline(html)
    # The rules for dark and narrow screens come out first in the head, before the encoding is said.
    rules = RULES_FIRST.match(written)
    if rules is None:
        return written
    return written.replace(rules[2], "", 1).replace("</head>", f"{rules[2]}</head>", 1)


OURS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}
"""No program answers that somebody is on holiday (RFC 3834)."""


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
        headers={"Message-ID": f"<{uuid4()}@{mail_domain()}>", **OURS, **(headers or {})},
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
    foot = [
        *[f"{link.label}:\n{link.url}" for link in content.links],
        "\n".join([publication.name, f"{settings.SITE_URL}/"]),
        publication.postal_address.strip(),
    ]
    parts = [*map(_text, content.blocks), RULE, wrapped(content.reason), *foot]
    text = "\n\n".join(part for part in parts if part)
    return text.removeprefix(RULE).lstrip() + "\n"


def _text(block: Block) -> str:
    match block:
        case Paragraph(text):
            return wrapped(text)
        case Button(words, address):
            return address if words == address else f"{words}:\n{address}"
        case Heading(words, address):
            headed = f"{RULE}\n\n{wrapped(words)}"
            return f"{headed}\n{address}" if address else headed
        case Quote():
            return _quote(block)


def _quote(block: Quote) -> str:
    """A comment, quoted with “>”."""
    lines = [line for part in block.text.splitlines() for line in _lines(part)]
    quoted = "\n".join(f"> {line}".rstrip() for line in lines)
    head = gettext("%(name)s wrote on %(when)s") % {"name": block.name, "when": block.when}
    head = f"{head}, {block.context}" if block.context else head
    return f"{wrapped(head)}:\n\n{quoted}\n\n{block.link_label}:\n{block.url}"


def _lines(paragraph: str) -> list[str]:
    return wrapped(paragraph).splitlines() or [""]
