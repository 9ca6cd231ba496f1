"""Captions: text, emphasis and links on one line."""

import re
from functools import lru_cache
from typing import Final

from articles.body.cleaning import cleaner, is_too_deep, linear, plain, stable, storable
from articles.body.references import NO_URLS, has_scheme, read, with_urls

TAGS: Final = frozenset({"em", "strong", "a", "sub", "sup"})
SPELLINGS: Final = (
    (re.compile(r"<(/?)b(?=[\s>])", re.IGNORECASE), r"<\1strong"),
    (re.compile(r"<(/?)i(?=[\s>])", re.IGNORECASE), r"<\1em"),
    (re.compile(r"</?(?:p|div|br|li|h[1-6])\b[^<>]*>", re.IGNORECASE), " "),
)


def link_or_none(href: str) -> str | None:
    """The target of a link; a reference must have its exact form."""
    return href if read(href) or not has_scheme(href) else None


_cleaner = cleaner(TAGS, {"a": {"href"}}, lambda tag, attribute, value: link_or_none(value))


def clean_caption(html: str) -> str:
    """A sanitised caption on one line: text, emphasis and links; idempotent."""
    text = storable(html)
    for pattern, instead in SPELLINGS:
        text = pattern.sub(instead, text)
    return stable(text, lambda each: " ".join(linear(_cleaner, each).split()), plain)


@lru_cache(maxsize=2048)
def safe_caption(stored: str) -> str:
    """A stored caption that is safe to show, see `safe_body`; a reference in it becomes text."""
    stored = with_urls(stored, NO_URLS)
    is_safe = not is_too_deep(stored) and linear(_cleaner, stored) == stored
    return stored if is_safe else clean_caption(stored)
