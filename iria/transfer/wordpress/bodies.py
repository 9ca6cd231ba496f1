"""Texts of WordPress, from the block editor or the classic one, as HTML that `articles.body` can sanitise.

An image becomes `<figure data-source-image="ID" data-source-url="URL">`, which the writer turns into one of the
library, or into a link if it is not there.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement

from articles.body.tree import UNREADABLE, inner_html, replace
from iria.transfer.captions import split_html
from iria.transfer.records import Remark
from iria.transfer.wordpress import blocks, markup, shortcodes

BLOCK: Final = re.compile(r"<!--\s*/?wp:[a-z]")
COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
WHOLE_PAGE: Final = re.compile(
    r"<!DOCTYPE[^>]*>|</?(?:html|head|body|frameset)\b[^>]*>", re.IGNORECASE
)
"""What only a page has around its text."""
IMAGE_CLASS: Final = re.compile(r"(?:^|\s)(?:wp-image-|attachment_)(\d{1,18})(?:\s|$)")
YOUTUBE: Final = re.compile(
    r"(?:youtube(?:-nocookie)?\.com/(?:embed|v|shorts)/|youtu\.be/)([\w-]{6,20})"
)
VIMEO: Final = re.compile(r"player\.vimeo\.com/video/(\d+)")
PLAYERS: Final = ("https://www.youtube.com/", "https://vimeo.com/")
WIDTHS: Final = {"alignwide": "wide", "alignfull": "full"}
IMAGE_FILE: Final = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|tiff?|bmp|svg)$", re.IGNORECASE)
DEEPEST: Final = 200
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

TAG: Final = re.compile(r"</?[a-zA-Z][^>]*>|<!--(?:(?!<!--).)*?-->", re.DOTALL)
"""Not what is merely between two signs, as in “1 < 2 and 3 > 2”."""
NOTE_LINK: Final = re.compile(
    r"""<a\b[^>]*?\bhref\s*=\s*["'](?P<href>[^"']*)["'][^>]*>(?P<text>(?:(?!</?a\b).)*)</a>""",
    re.IGNORECASE | re.DOTALL,
)
PHRASES: Final = frozenset({*INLINE.split("|"), "font", "mark", "small", "del", "ins", "big"})

FindId = Callable[[str], str]


@dataclass(slots=True)
class Converted:
    html: str
    remarks: list[Remark] = field(default_factory=list)
    credits: dict[str, str] = field(default_factory=dict)
    """Source id or URL of an image → the credit in its caption."""


def convert_html(
    text: str, identify: FindId, prepare: Callable[[HtmlElement], None] = lambda _tree: None
) -> Converted:
    """HTML of any other system, where line ends and brackets mean nothing.

    Args:
        identify: URL of an image as in the text → its source id.
        prepare: changes the elements before they are converted.
    """
    result = Converted("")
    tree = _parse(COMMENT.sub("", UNREADABLE.sub("", text)))
    if tree is None:
        return _without_markup(text, result)
    prepare(tree)
    _embeds(tree, result)
    _galleries(tree)
    _images(tree, result, identify)
    result.html = inner_html(tree)
    return result


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
    text, result.remarks = blocks.expand(shortcodes.listings(text), reusable)
    has_blocks = BLOCK.search(text) is not None
    text = COMMENT.sub("\n\n" if has_blocks else "", text)
    if not has_blocks:
        text = _with_line_breaks(text)
    text = shortcodes.expand(text, post_id)
    tree = _parse(text)
    if tree is None:
        return _without_markup(text, result)
    for box in tree.iter("div"):
        if "wp-caption" in _classes(box) and next(box.iter("figure"), None) is None:
            box.tag = "figure"
    result.remarks += markup.prepare(tree, site_url)
    _footnotes(tree, footnotes, result)
    _embeds(tree, result)
    result.remarks += markup.lost_functions(tree)
    _galleries(tree)
    _images(tree, result)
    outside = "".join(_text_outside_code(tree))
    result.remarks += [Remark("unknown shortcode", name) for name in shortcodes.unknown(outside)]
    result.html = inner_html(tree)
    return result


def _without_markup(text: str, result: Converted) -> Converted:
    result.remarks.append(
        Remark("nested too deep", "The text was imported without its formatting.")
    )
    result.html = escape(re.sub(r"<[^>]*>", " ", text), quote=False)
    return result


def _with_line_breaks(text: str) -> str:
    """Classic texts have paragraphs at blank lines, which `articles.body` knows, and lines at line ends."""
    parts = PREFORMATTED.split(text)
    return "".join(
        part if number % 2 else LINE_END.sub(r"\1<br>\n", part) for number, part in enumerate(parts)
    )


def _parse(text: str) -> HtmlElement | None:
    """The elements in one `div`; None if they are nested too deep for what follows."""
    try:
        tree = lxml_html.fragment_fromstring(WHOLE_PAGE.sub("", text), create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        # lxml asserts that it found a body.
        return None
    depth = 0
    for event, _element in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            return None
    return tree


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
            note = lxml_html.Element("span")
            note.set("data-footnote", text)
            note.tail = mark.tail
            replace(mark, note)
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

    def written(found: re.Match[str]) -> str:
        href, text = unescape(found["href"]), found["text"]
        return text if href in {plain(text).strip(), ""} else f"{text} ({escape(href)})"

    return " ".join(plain(NOTE_LINK.sub(written, html)).split())


def plain(html: str) -> str:
    """The text of a short piece of HTML."""
    return unescape(TAG.sub(" " if "<br" in html or "<p" in html else "", UNREADABLE.sub("", html)))


def _embeds(tree: HtmlElement, result: Converted) -> None:
    for figure in list(tree.iter("figure")):
        if "wp-block-embed" in _classes(figure):
            url = _bare_url(figure)
            if url:
                _become_embed(figure, url, _caption_of(figure))
    for frame in list(tree.iter("iframe", "audio", "video", "object", "embed")):
        url = embeddable(_source_of(frame))
        if frame.tag in {"object", "embed"} and not url.startswith(PLAYERS):
            # `markup.lost_functions` tells of it.
            continue
        if not url:
            result.remarks.append(Remark("frame without URL", str(frame.tag)))
            continue
        made = lxml_html.Element("figure")
        if frame.tag not in {"audio", "video"} and url.startswith("https:"):
            made.set("data-embed", url)
        else:
            link = etree.SubElement(made, "p")
            anchor = etree.SubElement(link, "a")
            anchor.set("href", url)
            anchor.text = url.rsplit("/", 1)[-1] or url
        made.tail = frame.tail
        replace(frame, made)


def _source_of(frame: HtmlElement) -> str:
    inside = [each.get("src") for each in frame.iter("source", "embed")]
    inside += [each.get("value") for each in frame.iter("param") if each.get("name") == "movie"]
    named = [frame.get("src"), frame.get("data-src"), frame.get("data"), *inside]
    return next((each for each in named if each), "")


def _bare_url(figure: HtmlElement) -> str:
    for part in figure.iter("div"):
        found = "".join(part.itertext()).strip()
        if re.fullmatch(r"https?://\S+", found):
            return _secure(found)
    return ""


def embeddable(source: str) -> str:
    """The page of a video for the URL of its frame; other URLs as they are."""
    if found := YOUTUBE.search(source):
        return f"https://www.youtube.com/watch?v={found[1]}"
    if found := VIMEO.search(source):
        return f"https://vimeo.com/{found[1]}"
    if source.startswith("//"):
        return f"https:{source}"
    return source if source.startswith(("http://", "https://")) else ""


def _secure(url: str) -> str:
    return f"https://{url.removeprefix('http://')}" if url.startswith("http://") else url


def _become_embed(figure: HtmlElement, url: str, caption: str) -> None:
    made = lxml_html.Element("figure")
    made.set("data-embed", url)
    _append_caption(made, caption)
    made.tail = figure.tail
    replace(figure, made)


def _galleries(tree: HtmlElement) -> None:
    """Galleries of the block editor, old and new."""
    for gallery in list(tree.iter("figure", "ul", "div")):
        names = _classes(gallery)
        is_old = gallery.tag == "ul" and "wp-block-gallery" in names
        if not is_old and not (names & {"wp-block-gallery", "wp-block-jetpack-tiled-gallery"}):
            continue
        captions = [each for each in gallery if each.tag == "figcaption"]
        captions += [
            each
            for each in gallery.iter("figcaption")
            if "blocks-gallery-caption" in _classes(each)
        ]
        made = lxml_html.Element("figure")
        made.set("data-gallery", "")
        _width(gallery, made)
        for image in list(gallery.iter("img")):
            figure = next(
                (each for each in image.iterancestors("figure") if each is not gallery), None
            )
            if figure is not None and _classes(figure) & {"wp-block-gallery"}:
                figure = None
            part = figure if figure is not None else image
            part.tail = None
            made.append(part)
        if captions:
            _append_caption(made, inner_html(captions[0]))
        made.tail = gallery.tail
        replace(gallery, made)


def _images(tree: HtmlElement, result: Converted, identify: FindId | None = None) -> None:
    for image in list(tree.iter("img")):
        figure = next((each for each in image.iterancestors("figure") if _is_of_one(each)), None)
        made = lxml_html.Element("figure")
        outer = figure if figure is not None else image
        url = image.get("src") or image.get("data-src") or ""
        number = identify(url) if identify else _number(image, figure)
        made.set("data-source-image", number)
        made.set("data-source-url", url)
        if alt := " ".join((image.get("alt") or "").split()):
            made.set("data-alt", alt)
        _width(outer, made)
        caption = _caption_of(figure) if figure is not None else ""
        _append_caption(made, _without_credit(caption, number or url, result))
        link = image.getparent()
        if figure is None and link is not None and link.tag == "a" and _is_only_image(link):
            outer = link
        made.tail = outer.tail
        replace(outer, made)
    for figure in list(tree.iter("figure")):
        # From a shortcode, without an `img`.
        if figure.get("data-source-image") is not None and figure.get("data-source-url") is None:
            figure.set("data-source-url", "")


def _is_of_one(figure: HtmlElement) -> bool:
    """Whether the figure is that of a single image, not a gallery or a table with images."""
    return (
        figure.get("data-gallery") is None
        and len(list(figure.iter("img"))) == 1
        and next(figure.iter("table", "blockquote"), None) is None
        and all("wp-caption-text" in _classes(each) for each in figure.iter("p"))
    )


def _is_only_image(link: HtmlElement) -> bool:
    path = urlsplit(_safe(link.get("href") or "")).path
    return len(link) == 1 and not "".join(link.itertext()).strip() and bool(IMAGE_FILE.search(path))


def _safe(url: str) -> str:
    """A URL that can be split; brackets in a host make `urlsplit` fail."""
    try:
        urlsplit(url)
    except ValueError:
        return ""
    return url


def _number(image: HtmlElement, figure: HtmlElement | None) -> str:
    given = image.get("data-id") or image.get("data-attachment-id") or ""
    if shortcodes.DIGITS.fullmatch(given):
        return given
    if found := IMAGE_CLASS.search(image.get("class") or ""):
        return found[1]
    if figure is not None:
        named = figure.get("data-source-image") or ""
        found = IMAGE_CLASS.search(figure.get("id") or "")
        return named or (found[1] if found else "")
    return ""


def _without_credit(caption: str, key: str, result: Converted) -> str:
    split = split_html(caption)
    if split.is_undecided:
        result.remarks.append(Remark("undecided credit", split.text))
    if split.credit and key:
        result.credits.setdefault(key, split.credit)
    return split.caption


def _caption_of(figure: HtmlElement) -> str:
    captions = [*figure.iter("figcaption")]
    captions += [each for each in figure.iter("p") if "wp-caption-text" in _classes(each)]
    return " ".join(inner_html(each) for each in captions).strip()


def _append_caption(figure: HtmlElement, caption: str) -> None:
    if caption.strip():
        figure.append(lxml_html.fragment_fromstring(caption, create_parent="figcaption"))


def _width(source: HtmlElement, made: HtmlElement) -> None:
    width = next((WIDTHS[each] for each in _classes(source) if each in WIDTHS), "")
    if width:
        made.set("data-width", width)


def _classes(element: HtmlElement) -> set[str]:
    return set((element.get("class") or "").split())


def old_id(url: str) -> str:
    """The post that a URL such as `/?p=12` names; empty for other URLs."""
    query = parse_qs(urlsplit(_safe(url)).query)
    named = [query[name][0] for name in ("p", "page_id", "attachment_id") if query.get(name)]
    return named[0] if named and shortcodes.DIGITS.fullmatch(named[0]) else ""


def path_of(url: str) -> str:
    """The unescaped path of a URL with slashes at both ends; empty if only a query names the page."""
    parts = urlsplit(_safe(url.strip()))
    if not parts.path.strip("/") or old_id(url):
        return ""
    return f"/{UNREADABLE.sub('', unquote(parts.path)).strip('/')}/"
