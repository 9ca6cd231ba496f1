"""Texts of WordPress, from the block editor or the classic one, as HTML (see `iria.transfer.bodies`).

Shortcodes that we know become HTML, the others stay visible and are reported, as are blocks that have no text of their
own (`<!-- wp:name {"attribute": 1} /-->`). What WordPress and its plugins write into texts is made plain.
"""

import json
import re
from collections.abc import Callable, Iterator
from html import escape, unescape
from typing import Final

from lxml import html as lxml_html
from lxml.html import HtmlElement

from articles.body.tree import UNREADABLE, drop, inner_html, replace, text_of, unwrap
from iria.transfer.bodies import (
    DIGITS,
    LINK,
    Action,
    Converted,
    apply,
    classes_of,
    convert_embeds,
    convert_galleries,
    convert_images,
    elements_of,
    first,
    footnote,
    images_within,
    last_tag,
    plain,
    replace_ended,
    select,
    without_comments,
    without_markup,
)
from iria.transfer.names import join, url_parts
from iria.transfer.records import Remark

BLOCK_ALONE: Final = re.compile(
    r"<!--\s*wp:(?P<name>[a-z][\w/-]*)\s*+(?:(?P<attributes>\{(?:(?!-->|<!--).)*?\})\s*+)?/-->",
    re.DOTALL,
)
WITHOUT_TEXT: Final = frozenset(
    {"footnotes", "spacer", "separator", "more", "nextpage", "post-title", "post-content"}
)
"""Blocks that nothing is lost without."""
REUSABLE: Final = "block"
MAX_REUSED: Final = 50
"""How many reusable blocks one text may contain, those within each other included."""
SHOWN: Final = 300
"""Characters of what a remark quotes."""

Find = Callable[[str], str]


def expand_blocks(text: str, find: Find) -> tuple[str, list[Remark]]:
    """The text with reusable blocks in place, and a remark for each block that is lost.

    Args:
        find: id of a reusable block → its text; empty if there is none.
    """
    remarks: list[Remark] = []
    reused = 0

    def instead(found: re.Match[str]) -> str:
        nonlocal reused
        name = found["name"].removeprefix("core/")
        given = _attributes(found["attributes"] or "")
        if name in WITHOUT_TEXT:
            return found[0]
        if name == REUSABLE:
            number = str(given.get("ref", ""))
            reused += 1
            if reused <= MAX_REUSED and (inner := find(number)):
                return BLOCK_ALONE.sub(instead, inner)
            name = f"{name} {number}"
        prose = " ".join(_prose(given))
        remarks.append(Remark("block without text", f"{name}: {prose}" if prose else name))
        return found[0]

    return BLOCK_ALONE.sub(instead, text), remarks


def _attributes(text: str) -> dict[str, object]:
    try:
        given = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return given if isinstance(given, dict) else {}


def _prose(given: object) -> Iterator[str]:
    """What people wrote into a block of a plugin, which its attributes hold: strings of several words."""
    waiting, length = [given], 0
    while waiting and length < SHOWN:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting += reversed(each.values())
        elif isinstance(each, list):
            waiting += reversed(each)
        elif isinstance(each, str) and " " in (text := " ".join(each.split())):
            yield text[: SHOWN - length]
            length += len(text)


ATTRIBUTE: Final = re.compile(
    r"""(?P<name>[\w-]+)\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s\]"']+))"""
)
GIVEN: Final = r"""(?P<attributes>(?:=\s*+"[^"]*+"|=\s*+'[^']*+'|[^\[\]=]++|=){0,200}+)"""
"""The attributes; a bracket may be in a quoted one. Limited, as others may begin in those."""
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
    r"\[(?<!\[\[)(?P<name>embed|youtube|vimeo)\b[^\]]{0,500}\]\s*(?P<url>https?://[^\s\[\]<>]+)\s*\[/(?P=name)\]",
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
    r"\[(?<!\[\[)(?P<name>sourcecode|source|code)\b[^\]]{0,500}\]\r?\n?(?P<text>(?:(?!\[(?P=name)\b).)*?)\[/(?P=name)\]",
    re.DOTALL | re.IGNORECASE,
)
"""Code, as hosted sites and plugins that colour it have it."""
CODE_ELEMENT: Final = re.compile(
    r"(<(?P<code>pre|code)\b(?:(?!<(?P=code)\b).)*?</(?P=code)>)", re.DOTALL | re.IGNORECASE
)
ESCAPED: Final = re.compile(r"\[(\[[^\[\]]*\])\]")
LEFT: Final = re.compile(r"\[(?P<name>[a-zA-Z][\w-]{1,40})(?P<rest>\s[^\[\]]*|/)?\]")
ALONE: Final = re.compile(r"^[^\S\n]*\[(?P<name>[a-z][a-z0-9]{2,40})\][^\S\n]*$", re.MULTILINE)
"""A bracket that has a line for itself."""
END: Final = re.compile(r"\[/([a-zA-Z][\w-]{1,40})\]")
MEDIA_SOURCES: Final = ("src", "mp3", "m4a", "ogg", "wav", "mp4", "m4v", "webm", "ogv", "flv")


def expand_shortcodes(text: str, attached: str = "") -> str:
    """The text with figures, galleries and embeds in place of the shortcodes we know.

    Args:
        attached: the id of the post; a gallery without ids shows the images attached to it.
    """
    if "[" not in text:
        # Most texts; patterns without regard to case look at each letter.
        return text
    # Of three parts the second is code, and the third the name of its element.
    parts = CODE_ELEMENT.split(text)
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


def unknown_shortcodes(text: str) -> Iterator[str]:
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
    values = {}
    for each in ATTRIBUTE.finditer(text):
        value = each["double"] or each["single"] or each["bare"] or ""
        values[each["name"].lower()] = unescape(value)
    return values


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


EMOJI: Final = re.compile(r"/images/core/emoji/|/wp-includes/images/smilies/")
EMOJI_CLASSES: Final = frozenset({"emoji", "wp-smiley"})
LAZY: Final = ("data-src", "data-lazy-src", "data-orig-src", "data-original", "data-orig-file")
"""Where plugins keep the URL of an image until it is in view."""
BACKGROUND: Final = re.compile(r"background(?:-image)?\s*:[^;]{0,500}?url\(\s*['\"]?([^'\")]+)")
WITH_SOURCE: Final = ("img", "audio", "video", "source", "iframe", "embed")
SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*:|#", re.IGNORECASE)
FUNCTIONS: Final = ("script", "form", "object", "embed", "canvas", "svg", "select", "textarea")
"""What the sanitiser removes, or keeps without its function."""
WIDGETS: Final = ("platform.twitter.com", "www.instagram.com", "www.tiktok.com", "embed.bsky.app")
"""Scripts that only decorate a quotation or link, which stays."""
TEX: Final = "application/x-tex"


def make_plain(tree: HtmlElement, site_url: str) -> list[Remark]:
    """Changes the tree; what is lost comes back as remarks."""
    remarks: list[Remark] = []
    _fallbacks(tree)
    no_images = []
    for image in tree.iter("img"):
        if EMOJI_CLASSES & classes_of(image) or EMOJI.search(image.get("src") or ""):
            image.text = image.get("alt") or ""
            no_images.append(image)
        elif not _find_source(image):
            size = len(image.get("src") or "")
            remarks.append(Remark("image not imported", f"inside the text, {size} characters"))
            no_images.append(image)
    unwrap(tree, no_images)
    _backgrounds(tree)
    _make_absolute(tree, site_url)
    return [*remarks, *apply(RULES, tree), *_linked_images(tree)]


def lost_functions(tree: HtmlElement) -> list[Remark]:
    """A remark for each kind of code that is still in the tree."""
    sources = []
    for each in tree.iter(*FUNCTIONS):
        source = each.get("src") or each.get("action") or each.get("data") or ""
        if not (each.tag == "script" and any(f"//{host}/" in source for host in WIDGETS)):
            sources.append(f"{each.tag!s} {source[:200]}".strip())
    return [Remark("code not imported", each) for each in dict.fromkeys(sources)]


def _fallbacks(tree: HtmlElement) -> None:
    """The image for readers without scripts stands beside the one that a script loads."""
    counts = images_within(tree)
    doubled, others = [], []
    for fallback in tree.iter("noscript"):
        parent, inside = fallback.getparent(), counts[fallback]
        if inside and parent is not None and counts[parent] > inside:
            for above in fallback.iterancestors():
                counts[above] -= inside
            doubled.append(fallback)
        else:
            others.append(fallback)
    drop(tree, doubled)
    unwrap(tree, others)


def _find_source(image: HtmlElement) -> str:
    """Sets the URL of an image that a plugin loads late; empty if its data is in the text itself."""
    source = (image.get("src") or "").strip()
    if not source or source.startswith("data:"):
        listed = (image.get("srcset") or image.get("data-srcset") or "").split(",")[0].split()
        named = [image.get(name) or "" for name in LAZY] + listed[:1]
        source = next((each for each in named if each and not each.startswith("data:")), "")
        if source:
            image.set("src", source)
    return source


def _backgrounds(tree: HtmlElement) -> None:
    """The image of a block that shows it as its background, as covers did at first."""
    for box in list(tree.iter("div", "section")):
        match = BACKGROUND.search(box.get("style") or "")
        is_block = any(each.startswith("wp-block-") for each in classes_of(box))
        if match and is_block and next(box.iter("img"), None) is None:
            image = lxml_html.Element("img")
            image.set("src", match[1])
            image.tail, box.text = box.text, None
            box.insert(0, image)


def _make_absolute(tree: HtmlElement, site_url: str) -> None:
    """URLs of files, which stay on the old site; links to its pages are found later."""
    for each in tree.iter(*WITH_SOURCE, "a"):
        name = "href" if each.tag == "a" else "src"
        url = (each.get(name) or "").strip()
        if url.startswith("//"):
            each.set(name, f"https:{url}")
        elif (
            site_url
            and url
            and not SCHEME.match(url)
            and (each.tag != "a" or "wp-content/" in url)
            and (absolute := join(f"{site_url}/", url))
        ):
            each.set(name, absolute)


def _captioned(box: HtmlElement) -> None:
    if first(box, "figure") is None:
        box.tag = "figure"


def _file(box: HtmlElement) -> None:
    """A file has its name as link, and a button and a preview for the same."""
    buttons = list(select(box, "a.wp-block-file__button"))
    has_name = len(list(box.iter("a"))) > len(buttons)
    drop(box, [*box.iter("object"), *(buttons if has_name else [])])


def _formula(formula: HtmlElement) -> None:
    """The source of a formula, since its drawing is not kept."""
    sources = [each for each in formula.iter("annotation") if each.get("encoding") == TEX]
    code = lxml_html.Element("code")
    code.text = text_of((sources or [formula])[0])
    replace(formula, code)


RULES: Final[dict[str, Action]] = {
    "div.wp-caption": _captioned,
    "div.wp-block-file": _file,
    "math": _formula,
}


def _linked_images(tree: HtmlElement) -> list[Remark]:
    """Images have no links here. One to the file itself or to the page of the image is no loss."""
    urls = []
    for link in tree.iter("a"):
        href = (link.get("href") or "").strip()
        if (
            next(link.iter("img"), None) is not None
            and href.startswith(("http://", "https://"))
            and "attachment" not in (link.get("rel") or "")
            and "attachment_id=" not in href
            and not _is_file(href)
        ):
            urls.append(href)
    return [Remark("linked image", each) for each in dict.fromkeys(urls)]


def _is_file(url: str) -> bool:
    path = url_parts(url).path
    return "/wp-content/uploads/" in path or "." in path.rsplit("/", 1)[-1]


BLOCK: Final = re.compile(r"<!--\s*/?wp:[a-z]")
CODE: Final = ("pre", "code")
PREFORMATTED: Final = re.compile(
    r"(<(?:pre|script|style)\b(?:(?!<(?:pre|script|style)\b).)*?</(?:pre|script|style)>)",
    re.DOTALL | re.IGNORECASE,
)
INLINE: Final = "a|em|strong|i|b|u|s|span|sub|sup|code|cite"
LINE_END: Final = re.compile(
    rf"(</(?:{INLINE})>|[^\n>\s])[ \t]*\n(?=[ \t]*(?:[^\s<\[]|<(?:{INLINE})\b))", re.IGNORECASE
)
"""A line break within a paragraph; between blocks it means nothing."""
NOTE_LINK: Final = re.compile(
    r"""<a\b[^>]*?\bhref\s*=\s*["'](?P<href>[^"']*)["'][^>]*>(?P<text>.*)""",
    re.IGNORECASE | re.DOTALL,
)
LINK_TAG: Final = re.compile(r"</?a\b", re.IGNORECASE)
PHRASES: Final = frozenset({*INLINE.split("|"), "font", "mark", "small", "del", "ins", "big"})


def convert(
    text: str,
    *,
    post_id: str = "",
    footnotes: str = "",
    site_url: str = "",
    reusable: Callable[[str], str] = lambda _number: "",
) -> Converted:
    """The body as HTML.

    Args:
        post_id: for galleries without ids.
        footnotes: the field of this name, where the block editor keeps their texts as JSON.
        site_url: of the old site, for URLs without a host.
        reusable: id of a reusable block → its text; empty if there is none.
    """
    result = Converted("")
    text = UNREADABLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    text, result.remarks = expand_blocks(listings(text), reusable)
    has_blocks = BLOCK.search(text) is not None
    text = without_comments(text, "\n\n" if has_blocks else "")
    if not has_blocks:
        text = _with_line_breaks(text)
    text = expand_shortcodes(text, post_id)
    tree = elements_of(text)
    if tree is None:
        return without_markup(text, result)
    result.remarks += make_plain(tree, site_url)
    _footnotes(tree, footnotes, result)
    convert_embeds(tree, result)
    result.remarks += lost_functions(tree)
    convert_galleries(tree)
    convert_images(tree, result, None)
    outside = "".join(_text_outside_code(tree))
    result.remarks += [Remark("unknown shortcode", name) for name in unknown_shortcodes(outside)]
    result.html = inner_html(tree)
    return result


def _with_line_breaks(text: str) -> str:
    """Classic texts have paragraphs at blank lines, which `articles.body` knows, and lines at line ends."""
    parts = PREFORMATTED.split(text)
    return "".join(
        part if number % 2 else LINE_END.sub(r"\1<br>\n", part) for number, part in enumerate(parts)
    )


def _text_outside_code(element: HtmlElement) -> list[str]:
    if not isinstance(element.tag, str) or element.tag in CODE:
        return []
    parts = [element.text or ""]
    for child in element:
        parts += [*_text_outside_code(child), child.tail or ""]
    return parts if element.tag in PHRASES else ["\n", *parts, "\n"]


def _footnotes(tree: HtmlElement, texts: str, result: Converted) -> None:
    """`<sup data-fn="ID"><a>1</a></sup>`, with the text in a field; those of shortcodes have theirs with them."""
    notes = _notes(texts)
    for mark in list(tree.iter("sup", "span")):
        number, html = mark.get("data-fn"), mark.get("data-footnote-html")
        text = note_text(html) if html else notes.get(number or "", "")
        if text:
            replace(mark, footnote(text))
        elif number:
            result.remarks.append(Remark("footnote without text", "".join(mark.itertext())))


def _notes(texts: str) -> dict[str, str]:
    try:
        listed = json.loads(texts) if texts.strip() else []
    except (ValueError, RecursionError):
        return {}
    if not isinstance(listed, list):
        return {}
    return {
        str(each.get("id", "")): note_text(str(each.get("content", "")))
        for each in listed
        if isinstance(each, dict)
    }


def note_text(html: str) -> str:
    """A footnote on one line. It has no markup here, so that its links are written out."""

    return " ".join(plain(replace_ended("a", _written_link, html)).split())


def _written_link(part: str) -> str | None:
    tag = last_tag(LINK, part)
    match = NOTE_LINK.fullmatch(part, tag.start()) if tag else None
    if match is None or LINK_TAG.search(match["text"]):
        return None
    href, text = unescape(match["href"]), match["text"]
    is_shown = href in {plain(text).strip(), ""}
    return part[: match.start()] + (text if is_shown else f"{text} ({escape(href)})")
