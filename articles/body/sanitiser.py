"""Sanitising bodies and captions.

There are two passes. The first allows what people paste (`PASTED`), so that the normaliser between
them can interpret it; the second allows only what is stored.
"""

import re
from functools import lru_cache
from html import escape, unescape
from typing import Final

import nh3

from articles.body.cleaning import linear
from articles.body.normaliser import CALLOUT, PULL_QUOTE, normalise
from articles.body.references import NO_URLS, SCHEME, has_scheme, normalise_url, read, with_urls

TAGS: Final = frozenset(
    {"p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "pre", "hr", "br"}
    | {"strong", "em", "u", "s", "sub", "sup", "code", "cite", "a", "span"}
    | {"figure", "figcaption", "table", "thead", "tbody", "tr", "th", "td", "aside"}
)
ATTRIBUTES: Final = {
    "a": {"href"},
    "figure": {
        *("data-image", "data-alt", "data-decorative", "data-width"),
        *("data-embed", "data-gallery", "data-file"),
    },
    "aside": {CALLOUT, PULL_QUOTE, "dir", "lang"},
    "span": {"data-footnote", "lang", "dir"},
    "ol": {"start"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
    "p": {"dir", "lang"},
    "blockquote": {"dir", "lang"},
    "h2": {"id", "dir", "lang"},
    "h3": {"id", "dir", "lang"},
    "h4": {"id", "dir", "lang"},
}
PASTED: Final = frozenset(
    {"h1", "h5", "h6", "div", "section", "article", "header", "footer", "main", "center"}
    | {"address", "details", "summary", "dl", "dt", "dd", "tfoot", "caption", "b", "i", "del"}
    | {"strike", "font", "ins", "mark", "small", "big", "tt", "kbd", "samp", "dfn", "var", "q"}
)
SWALLOWED: Final = frozenset(
    {"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "select"}
    | {"textarea", "title", "xml", "canvas", "audio", "video", "applet", "noframes", "noembed"}
)
"""Removed together with their content, which is not meant to be read."""

CAPTION_TAGS: Final = frozenset({"em", "strong", "a", "sub", "sup"})
CAPTION_SPELLINGS: Final = (
    (re.compile(r"<(/?)b(?=[\s>])", re.IGNORECASE), r"<\1strong"),
    (re.compile(r"<(/?)i(?=[\s>])", re.IGNORECASE), r"<\1em"),
    (re.compile(r"</?(?:p|div|br|li|h[1-6])\b[^<>]*>", re.IGNORECASE), " "),
)
SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
WIDTHS: Final = frozenset({"normal", "wide", "full"})
ALT_MAX_LENGTH: Final = 1000
WHOLE_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}")
ANCHOR: Final = re.compile(r"[^\s\"'<>&]{1,80}")
LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
UNSTORABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
"""What neither PostgreSQL nor a page can contain: NUL, control characters, surrogates."""

TAG: Final = re.compile(r"<(?P<closing>/?)(?P<name>[a-zA-Z][^\s/>]*)[^>]*>?")
SELF_CLOSING: Final = frozenset(
    {"p", "li", "dt", "dd", "tr", "td", "th", "option", "br", "hr", "img", "input", "wbr", "col"}
    | {"meta", "link", "area", "source", "track", "embed", "o:p"}
)
MAX_SOURCE_DEPTH: Final = 2000
ROUNDS: Final = 6


def _allowed(tag: str, attribute: str, value: str) -> str | None:
    """The value to keep, or None to remove the attribute."""
    match tag, attribute:
        case "figure", _:
            return _allowed_in_figure(attribute, value)
        case "aside", ("data-callout" | "data-pull-quote"):
            return ""
        case _, "dir":
            return value if value in {"ltr", "rtl", "auto"} else None
        case _, "lang":
            return value if LANGUAGE.fullmatch(value) else None
        case _, "id":
            return value if ANCHOR.fullmatch(value) else None
        case "th", "scope":
            return value if value in {"col", "row"} else None
        case "a", "href":
            return value if read(value) or not has_scheme(value) else None
        case "span", "data-footnote":
            return " ".join(value.split()) or None
        case _, "colspan" | "rowspan" | "start":
            return value if WHOLE_NUMBER.fullmatch(value) and int(value) <= 1000 else None
    return value


def one_line_alt(text: str) -> str:
    """An alt text on one line, cut to what its column can hold."""
    return " ".join(UNSTORABLE.sub("", text).split())[:ALT_MAX_LENGTH].rstrip()


def _allowed_in_figure(attribute: str, value: str) -> str | None:
    match attribute:
        case "data-image" | "data-file":
            return value if WHOLE_NUMBER.fullmatch(value) else None
        case "data-embed":
            return normalise_url(value)
        case "data-width":
            return value if value in WIDTHS else None
        case "data-alt":
            return one_line_alt(value) or None
    # `data-gallery` and `data-decorative` have no value.
    return ""


_first = nh3.Cleaner(
    tags=set(TAGS | PASTED),
    clean_content_tags=set(SWALLOWED),
    attributes={
        **{tag: names | {"class", "style", "id"} for tag, names in ATTRIBUTES.items()},
        **{tag: {"class", "style", "id"} for tag in ("b", "i", "div", "font", "h1", "li")},
    },
    url_schemes={*SCHEMES, SCHEME},
    link_rel=None,
    strip_comments=True,
)
_last = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=set(SWALLOWED),
    attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
    attribute_filter=_allowed,
    url_schemes={*SCHEMES, SCHEME},
    link_rel=None,
    strip_comments=True,
)
_caption = nh3.Cleaner(
    tags=set(CAPTION_TAGS),
    clean_content_tags=set(SWALLOWED),
    attributes={"a": {"href"}},
    attribute_filter=_allowed,
    url_schemes={*SCHEMES, SCHEME},
    link_rel=None,
    strip_comments=True,
)
_text = nh3.Cleaner(tags=set())


def clean(html: str) -> str:
    """The sanitised body, one block per line; sanitising it again changes nothing.

    Never fails. It repeats until nothing changes, because a browser must parse the result exactly as
    it was sanitised; markup that never becomes stable is reduced to plain text.
    """
    text = UNSTORABLE.sub("", html)
    if _is_too_deep(text):
        text = TAG.sub(" ", text)
    for _ in range(ROUNDS):
        cleaned = UNSTORABLE.sub("", linear(_last, normalise(linear(_first, text))))
        if cleaned == text:
            return cleaned
        text = cleaned
    plain = _plain(text)
    return f"<p>{plain}</p>" if plain else ""


def clean_caption(html: str) -> str:
    """A sanitised caption on one line: text, emphasis and links; idempotent."""
    text = UNSTORABLE.sub("", html)
    if _is_too_deep(text):
        text = TAG.sub(" ", text)
    for pattern, instead in CAPTION_SPELLINGS:
        text = pattern.sub(instead, text)
    for _ in range(ROUNDS):
        cleaned = " ".join(UNSTORABLE.sub("", linear(_caption, text)).split())
        if cleaned == text:
            return cleaned
        text = cleaned
    return _plain(text)


@lru_cache(maxsize=256)
def safe_body(stored: str) -> str:
    """A stored body that is safe to show, however it was written to the database.

    A body that passes the second pass unchanged is returned as it is; anything else is sanitised now.
    The last bodies are cached.
    """
    if _is_too_deep(stored):
        return clean(stored)
    return stored if linear(_last, stored) == stored else clean(stored)


@lru_cache(maxsize=2048)
def safe_caption(stored: str) -> str:
    """A stored caption that is safe to show, see `safe_body`; a reference in it becomes text."""
    stored = with_urls(stored, NO_URLS)
    is_safe = not _is_too_deep(stored) and linear(_caption, stored) == stored
    return stored if is_safe else clean_caption(stored)


def _is_too_deep(html: str) -> bool:
    """Whether elements are nested unreasonably deep.

    An HTML5 parser checks all open elements at each new block, so a megabyte of unclosed `<div>`
    would take minutes. Elements with optional end tags do not count.
    """
    depth = 0
    for tag in TAG.finditer(html):
        if tag["name"].lower() not in SELF_CLOSING:
            depth = max(depth - 1, 0) if tag["closing"] else depth + 1
            if depth > MAX_SOURCE_DEPTH:
                return True
    return False


def _plain(html: str) -> str:
    """Only the text, on one line, as HTML."""
    return escape(" ".join(unescape(linear(_text, html)).split()), quote=False)
