"""Validators for text."""

import re
import unicodedata
from html import escape

from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from django.utils.translation import gettext

SURROGATE = re.compile("[\ud800-\udfff]")
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)


def validate_storable(text: str) -> None:
    """Rejects NUL and lone surrogates, which PostgreSQL cannot store.

    Raises:
        ValidationError: with a message for the person who sent the text.
    """
    if "\x00" in text:
        raise ValidationError(gettext("The text contains a NUL character. Remove it."), code="nul")
    if SURROGATE.search(text):
        raise ValidationError(
            gettext("The text contains an incomplete character. Enter it again."), code="surrogate"
        )


def storable(text: str) -> str:
    """Machine-generated text without characters that PostgreSQL cannot store."""
    return SURROGATE.sub("", text.replace("\x00", ""))


def validate_not_blank(text: str) -> None:
    """Rejects text that contains only spaces and invisible characters."""
    if not INVISIBLE.sub("", text).strip():
        message = gettext("Enter some visible text.")
        # Not "blank": Django would replace the message.
        raise ValidationError(message, code="unseen")


def one_line(text: str) -> str:
    """The text on one line: line breaks and runs of white space become one space."""
    visible = "".join(
        " " if unicodedata.category(character) == "Cc" else character for character in text
    )
    return " ".join(visible.split())


def paragraphs(text: str) -> SafeString:
    """Plain text as HTML: escaped, with paragraphs at empty lines and breaks at other line breaks.

    Equivalent to Django's `linebreaks` in a third of the time; a thread calls it for every comment.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    parts = [escape(part).replace("\n", "<br>") for part in re.split("\n{2,}", lines)]
    return SafeString("\n\n".join(f"<p>{part}</p>" for part in parts))
