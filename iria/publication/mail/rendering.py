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
    note: EmailContent,
    publication: Publication,
    *,
    to: str,
    headers: Mapping[str, str] | None = None,
) -> ListEmail:
    """The note to one address, in the language that the interface speaks at this moment."""
    message = ListEmail(
        subject=one_line(note.subject),
        body=as_text(note, publication),
        from_email=mailbox(publication.name, default_sender()),
        to=[to],
        reply_to=[publication.contact_email] if publication.contact_email else [],
        headers={"Message-ID": f"<{uuid4()}@{mail_domain()}>", **OURS, **(headers or {})},
    )
    message.attach_alternative(as_html(note, publication), "text/html")
    return message


def as_html(note: EmailContent, publication: Publication) -> str:
    language = interface_language()
    context = {
        **surroundings(publication, language, direction_of(language)),
        "subject": one_line(note.subject),
        "headline": one_line(note.subject).removesuffix(f" – {publication.name}"),
        "stylesheet": rules_of(publication),
        "note": note,
        "drawn": _drawn(note),
    }
    return inlined(render_to_string("iria/mail/note.html", context))


def _drawn(note: EmailContent) -> list[tuple[Block, bool]]:
    """Each block, and whether it is drawn as one that goes on: below its heading, or after the button."""
    buttons = [block for block in note.blocks if isinstance(block, Button)]
    before = [None, *note.blocks]
    return [
        (block, isinstance(above, Heading) or block in buttons[1:])
        for above, block in zip(before, note.blocks, strict=False)
    ]


def as_text(note: EmailContent, publication: Publication) -> str:
    foot = [
        *[f"{link.label}:\n{link.url}" for link in note.links],
        "\n".join([publication.name, f"{settings.SITE_URL}/"]),
        publication.postal_address.strip(),
    ]
    parts = [*map(_text, note.blocks), RULE, wrapped(note.reason), *foot]
    letter = "\n\n".join(part for part in parts if part)
    return letter.removeprefix(RULE).lstrip() + "\n"


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
            return _said(block)


def _said(block: Quote) -> str:
    """Somebody's words, quoted as mail programs quote."""
    lines = [line for part in block.text.splitlines() for line in _lines(part)]
    quoted = "\n".join(f"> {line}".rstrip() for line in lines)
    head = gettext("%(name)s wrote on %(when)s") % {"name": block.name, "when": block.when}
    head = f"{head}, {block.context}" if block.context else head
    return f"{wrapped(head)}:\n\n{quoted}\n\n{block.link_label}:\n{block.url}"


def _lines(paragraph: str) -> list[str]:
    return wrapped(paragraph).splitlines() or [""]
