"""What may stand in a body, and nothing else."""

import re
from typing import Final

import nh3

TAGS: Final = frozenset(
    {"p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "cite", "pre", "code", "hr", "br"}
    | {"strong", "em", "b", "i", "u", "s", "sub", "sup", "a", "span", "figure", "figcaption"}
    | {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"}
)
ATTRIBUTES: Final = {
    "a": {"href", "hreflang"},
    "figure": {"data-image", "data-width"},
    "span": {"data-footnote", "lang", "dir"},
    "ol": {"start"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
    "p": {"dir", "lang"},
    "blockquote": {"dir", "lang"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
}
CAPTION_TAGS: Final = frozenset({"em", "strong", "i", "b", "a", "sub", "sup"})
WIDTHS: Final = frozenset({"normal", "wide", "full"})
WHOLE_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}")


def _kept(tag: str, attribute: str, value: str) -> str | None:
    """The value to keep, or None to drop the attribute."""
    match tag, attribute:
        case "figure", "data-image":
            return value if WHOLE_NUMBER.fullmatch(value) else None
        case "figure", "data-width":
            return value if value in WIDTHS else None
        case _, "dir":
            return value if value in {"ltr", "rtl", "auto"} else None
        case "span", "data-footnote":
            return " ".join(value.split()) or None
        case _, "colspan" | "rowspan" | "start":
            return value if WHOLE_NUMBER.fullmatch(value) and int(value) <= 1000 else None
    return value


_body = nh3.Cleaner(
    tags=set(TAGS),
    attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
    attribute_filter=_kept,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
    strip_comments=True,
)
_caption = nh3.Cleaner(
    tags=set(CAPTION_TAGS),
    attributes={"a": {"href"}},
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
    strip_comments=True,
)


def clean(html: str) -> str:
    """The body with only what may stand in it; cleaning twice changes nothing."""
    return _body.clean(html).strip()


def clean_caption(html: str) -> str:
    """A caption: words, emphasis and links."""
    return " ".join(_caption.clean(html).split())
