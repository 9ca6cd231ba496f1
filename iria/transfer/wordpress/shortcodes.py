"""Shortcodes in texts: those we know become HTML, the others stay visible and are reported."""

import re
from collections.abc import Iterator
from html import escape, unescape
from typing import Final

ATTRIBUTE: Final = re.compile(
    r"""(?P<name>[\w-]+)\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s\]"']+))"""
)
GIVEN: Final = r"""(?P<attributes>(?:=\s*+"[^"]*+"|=\s*+'[^']*+'|[^\[\]])*+)"""
"""The attributes; a bracket may be in a quoted one."""
CAPTION: Final = re.compile(
    rf"\[(?<!\[\[)(?P<name>caption|wp_caption)\b{GIVEN}\](?P<content>(?:(?!\[caption).)*?)\[/(?P=name)\]",
    re.DOTALL | re.IGNORECASE,
)
PICTURE: Final = re.compile(
    r"^\s*(?P<picture>(?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?)(?P<text>.*)$",
    re.DOTALL | re.IGNORECASE,
)
GALLERY: Final = re.compile(rf"\[(?<!\[\[)gallery\b{GIVEN}\]", re.IGNORECASE)
EMBED: Final = re.compile(
    r"\[(?<!\[\[)(?P<name>embed|youtube|vimeo)\b[^\]]*\]\s*(?P<url>https?://[^\s\[\]<>]+)\s*\[/(?P=name)\]",
    re.IGNORECASE,
)
MEDIA: Final = re.compile(
    rf"\[(?<!\[\[)(?P<name>audio|video)\b{GIVEN}\](?:\s*\[/(?P=name)\])?", re.IGNORECASE
)
NOTE: Final = re.compile(
    r"\[(?<!\[\[)(?P<name>footnote|efn_note|mfn|modern_footnote|ref)\](?P<text>[^\[]*)\[/(?P=name)\]",
    re.IGNORECASE,
)
"""Footnotes of the common plugins."""
LISTING: Final = re.compile(
    r"\[(?<!\[\[)(?P<name>sourcecode|source|code)\b[^\]]*\]\r?\n?(?P<text>(?:(?!\[(?P=name)\b).)*?)\[/(?P=name)\]",
    re.DOTALL | re.IGNORECASE,
)
"""Code, as hosted sites and plugins that colour it have it."""
CODE: Final = re.compile(
    r"(<(?P<code>pre|code)\b(?:(?!<(?P=code)\b).)*?</(?P=code)>)", re.DOTALL | re.IGNORECASE
)
ESCAPED: Final = re.compile(r"\[(\[[^\[\]]*\])\]")
LEFT: Final = re.compile(r"\[(?P<name>[a-zA-Z][\w-]{1,40})(?P<rest>\s+[^\[\]]*|\s*/)?\]")
ALONE: Final = re.compile(r"^\s*\[(?P<name>[a-z][a-z0-9]{2,40})\]\s*$", re.MULTILINE)
"""A bracket that has a line for itself."""
END: Final = re.compile(r"\[/([a-zA-Z][\w-]{1,40})\]")
MEDIA_SOURCES: Final = ("src", "mp3", "m4a", "ogg", "wav", "mp4", "m4v", "webm", "ogv", "flv")
DIGITS: Final = re.compile(r"\d{1,18}")


def expand(text: str, attached: str = "") -> str:
    """The text with figures, galleries and embeds in place of the shortcodes we know.

    Args:
        attached: the id of the post; a gallery without ids shows the images attached to it.
    """
    if "[" not in text:
        # Most texts; patterns without regard to case look at each letter.
        return text
    # Of three parts the second is code, and the third the name of its element.
    parts = CODE.split(text)
    return "".join(
        _expand(part, attached) if number % 3 == 0 else part
        for number, part in enumerate(parts)
        if number % 3 < 2
    )


def _expand(text: str, attached: str) -> str:
    text = CAPTION.sub(_caption, text)
    text = GALLERY.sub(lambda found: _gallery(found, attached), text)
    text = EMBED.sub(lambda found: _embed(found["url"]), text)
    text = NOTE.sub(_note, text)
    return MEDIA.sub(_media, text)


def listings(text: str) -> str:
    """Shortcodes for code as elements, before anything else in them is read as markup."""

    def listing(found: re.Match[str]) -> str:
        return f"\n\n<pre>{escape(unescape(found['text'].strip('\r\n')), quote=False)}</pre>\n\n"

    return LISTING.sub(listing, text) if "[" in text else text


def unknown(text: str) -> Iterator[str]:
    """The names of shortcodes that are left, each once.

    A bracket alone, as in “[sic]”, is an editor's; so one needs attributes, an end, an underscore or hyphen, or a
    line for itself.
    """
    if "[" not in text:
        return
    text = ESCAPED.sub("", text)
    seen = {found["name"] for found in ALONE.finditer(text)}
    ended = {name.lower() for name in END.findall(text)}
    for found in LEFT.finditer(text):
        name = found["name"].lower()
        has_value = "=" in (found["rest"] or "")
        if has_value or "_" in name or "-" in name or name in ended:
            seen.add(name)
    yield from sorted(seen)


def attributes(text: str) -> dict[str, str]:
    found = {}
    for each in ATTRIBUTE.finditer(text):
        value = each["double"] or each["single"] or each["bare"] or ""
        found[each["name"].lower()] = unescape(value)
    return found


def _caption(found: re.Match[str]) -> str:
    given = attributes(found["attributes"])
    parts = PICTURE.match(found["content"])
    if parts is None:
        return found["content"]
    # Before WordPress 3.4 the caption was an attribute.
    caption = parts["text"].strip() or escape(given.get("caption", ""), quote=False)
    number = DIGITS.search(given.get("id", ""))
    named = f' data-source-image="{number[0]}"' if number else ""
    return f"\n\n<figure{named}>{parts['picture']}<figcaption>{caption}</figcaption></figure>\n\n"


def _gallery(found: re.Match[str], attached: str) -> str:
    given = attributes(found["attributes"])
    ids = DIGITS.findall(given.get("ids", "") or given.get("include", ""))
    if not ids:
        parent = (DIGITS.findall(given.get("id", "")) or [attached])[0]
        return f'\n\n<figure data-gallery="" data-source-attached="{escape(parent)}"></figure>\n\n'
    images = "".join(f'<figure data-source-image="{each}"></figure>' for each in ids)
    return f'\n\n<figure data-gallery="">{images}</figure>\n\n'


def _embed(url: str) -> str:
    quoted = escape(unescape(url))
    return f'\n\n<figure data-embed="{quoted}"></figure>\n\n'


def _note(found: re.Match[str]) -> str:
    return f'<span data-footnote-html="{escape(found["text"])}"></span>'


def _media(found: re.Match[str]) -> str:
    given = attributes(found["attributes"])
    url = next((given[name] for name in MEDIA_SOURCES if given.get(name)), "")
    if not url:
        return found[0]
    return f'\n\n<p><a href="{escape(url)}">{escape(url.rsplit("/", 1)[-1])}</a></p>\n\n'
