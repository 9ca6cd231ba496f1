"""HTML of other systems as HTML that `articles.body` can sanitise: texts, whole pages and comments. Plain Python.

Each system has a table of rules: what becomes of the elements that it marks by their tag or class (`apply`). An image
becomes `<figure data-source-image="ID" data-source-url="URL">`, which the writer turns into one of the library, or into
a link if it is not there.
"""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Final
from urllib.parse import parse_qs, unquote

from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement

from articles.body.tree import UNREADABLE, drop, inner_html, replace, text_of, unwrap
from iria.transfer.captions import split_html
from iria.transfer.names import is_web_url, short_id, url_parts
from iria.transfer.records import Image, Remark, Text
from iria.transfer.report import DiskDict

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
IMAGE_FILE: Final = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|tiff?|bmp|svg)(?:$|\?)", re.IGNORECASE
)
MAX_DEPTH: Final = 200
DIGITS: Final = re.compile(r"\d{1,18}")

TAG: Final = re.compile(r"</?[a-zA-Z][^>]*>|<!--(?:(?!<!--).)*?-->", re.DOTALL)
"""Not what is merely between two signs, as in “1 < 2 and 3 > 2”."""

ANYTHING: Final = re.compile(r"<[^>]*>")

FindId = Callable[[str], str]


@dataclass(slots=True)
class Converted:
    html: str
    remarks: list[Remark] = field(default_factory=list)
    credits: dict[str, str] = field(default_factory=dict)
    """Source id or URL of an image → the credit in its caption."""

    def put_into(self, text: Text) -> None:
        text.body = self.html
        text.remarks += self.remarks
        text.credits.update(self.credits)


def replace_tags(pattern: re.Pattern[str], instead: str, text: str) -> str:
    """The text with `instead` for each tag that the pattern finds.

    What follows the last “>” is no tag. It is not searched, because each “<” in it would be read to the end.
    """
    end = text.rfind(">") + 1
    return pattern.sub(instead, text[:end]) + text[end:]


def replace_ended(name: str, instead: Callable[[str], str | None], text: str) -> str:
    """The text in its parts up to each end tag of this name, which a pattern for whole elements would read often.

    Args:
        instead: part without the end tag → the HTML for both, or None to leave them.
    """
    end = f"</{name}>"
    *parts, rest = re.split(end, text, flags=re.IGNORECASE)
    made = (part + end if (new := instead(part)) is None else new for part in parts)
    return "".join([*made, rest])


def last_tag(pattern: re.Pattern[str], part: str) -> re.Match[str] | None:
    matches = deque(pattern.finditer(part, 0, part.rfind(">") + 1), maxlen=1)
    return matches[0] if matches else None


def without_comments(html: str, instead: str = "") -> str:
    """In one pass, which a regular expression is not if many comments have no end."""
    parts, position = [], 0
    while (start := html.find("<!--", position)) >= 0 and (end := html.find("-->", start + 4)) >= 0:
        parts += [html[position:start], instead]
        position = end + 3
    return "".join([*parts, html[position:]])


def convert_html(
    text: str,
    identify: FindId,
    prepare: Callable[[HtmlElement], Iterable[Remark]] = lambda _tree: (),
) -> Converted:
    """HTML of any other system, where line ends and brackets mean nothing.

    Args:
        identify: URL of an image as in the text → its source id.
        prepare: changes the elements before they are converted, mostly by `apply`.
    """
    result = Converted("")
    tree = elements_of(without_comments(UNREADABLE.sub("", text)))
    if tree is None:
        return without_markup(text, result)
    result.remarks += prepare(tree)
    convert_embeds(tree, result)
    convert_galleries(tree)
    convert_images(tree, result, identify)
    result.html = inner_html(tree)
    return result


def without_markup(text: str, result: Converted) -> Converted:
    result.remarks.append(
        Remark("nested too deep", "The text was imported without its formatting.")
    )
    result.html = escape(replace_tags(ANYTHING, " ", text), quote=False)
    return result


def elements_of(text: str) -> HtmlElement | None:
    """The elements in one `div`; None if they are nested too deep for what follows."""
    try:
        tree = lxml_html.fragment_fromstring(
            replace_tags(WHOLE_PAGE, "", text), create_parent="div"
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        # lxml asserts that it found a body.
        return None
    depth = 0
    for event, _element in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            return None
    return tree


def plain(html: str) -> str:
    """The text of a short piece of HTML."""
    instead = " " if "<br" in html or "<p" in html else ""
    return unescape(replace_tags(TAG, instead, UNREADABLE.sub("", html)))


def line_of(html: str) -> str:
    return " ".join(plain(html).split())


def title_of(html: str) -> str:
    """The same of what may be escaped twice, as in feeds and front matter."""
    return " ".join(unescape(plain(html)).split())


def link_paragraph(url: str, text: str = "", below: Iterable[str] = ()) -> HtmlElement:
    """A paragraph with a link, by default with the name of the file, and lines below it."""
    paragraph = lxml_html.Element("p")
    link = etree.SubElement(paragraph, "a")
    link.set("href", url)
    link.text = text or url.rsplit("/", 1)[-1] or url
    for each in below:
        etree.SubElement(paragraph, "br").tail = each
    return paragraph


def embed_figure(url: str) -> HtmlElement:
    return lxml_html.Element("figure", {"data-embed": url})


def footnote(text: str) -> HtmlElement:
    return lxml_html.Element("span", {"data-footnote": text})


DROP: Final = "drop"
UNWRAP: Final = "unwrap"
type Action = str | Callable[[HtmlElement], Remark | None]
"""`DROP` an element with its content, `UNWRAP` it, or a function that changes or replaces it."""


def apply(rules: Mapping[str, Action], tree: HtmlElement) -> list[Remark]:
    """Changes the elements that each selector (see `select`) finds, one rule after the other."""
    remarks: list[Remark] = []
    for selector, action in rules.items():
        found = list(select(tree, selector))
        if action == DROP:
            drop(tree, found)
        elif action == UNWRAP:
            unwrap(tree, found)
        elif callable(action):
            remarks += filter(None, map(action, found))
    return remarks


def select(tree: HtmlElement, selector: str) -> Iterator[HtmlElement]:
    """The elements in the tree for `tag`, `.class` or `tag.class`."""
    tag, _, name = selector.partition(".")
    for element in tree.iter(tag or "*"):
        if not name or name in classes_of(element):
            yield element


def first(tree: HtmlElement, selector: str) -> HtmlElement | None:
    return next(select(tree, selector), None)


def text_in(tree: HtmlElement, selector: str) -> str:
    """The text of the first such element on one line; empty if there is none."""
    element = first(tree, selector)
    return "" if element is None else text_of(element)


def rename(tag: str, attribute: str, value: str = "") -> Action:
    def change(element: HtmlElement) -> None:
        element.tag = tag
        element.set(attribute, value)

    return change


PULL_QUOTE: Final = rename("aside", "data-pull-quote")
CALLOUT: Final = rename("aside", "data-callout")


@dataclass(slots=True)
class FoundImages:
    """The images that texts show. Each is new once, whatever shows it again."""

    new: list[Image] = field(default_factory=list)
    _known: DiskDict[int] = field(default_factory=DiskDict[int])

    def add(self, image: Image) -> str:
        """Its source id."""
        if image.source_id not in self._known:
            self._known[image.source_id] = 1
            self.new.append(image)
        return image.source_id

    def add_url(self, url: str) -> str:
        """The source id of an image by its URL; it is new only if it can be fetched from there."""
        image = Image(short_id(url), url, path_of(url).strip("/"))
        return self.add(image) if is_web_url(url) else image.source_id

    def take(self) -> list[Image]:
        """Those that are new since this was called before."""
        taken, self.new = self.new, []
        return taken


def convert_embeds(tree: HtmlElement, result: Converted) -> None:
    for figure in list(tree.iter("figure")):
        if "wp-block-embed" in classes_of(figure):
            url = _bare_url(figure)
            if url:
                made = embed_figure(url)
                _append_caption(made, _caption_of(figure))
                replace(figure, made)
    for frame in list(tree.iter("iframe", "audio", "video", "object", "embed")):
        url = embeddable(_source_of(frame))
        if frame.tag in {"object", "embed"} and not url.startswith(PLAYERS):
            # `lost_functions` of WordPress tells of it.
            continue
        if not url:
            result.remarks.append(Remark("frame without URL", str(frame.tag)))
            continue
        if frame.tag not in {"audio", "video"} and url.startswith("https:"):
            made = embed_figure(url)
        else:
            made = lxml_html.Element("figure")
            made.append(link_paragraph(url))
        replace(frame, made)


def _source_of(frame: HtmlElement) -> str:
    inside = [each.get("src") for each in frame.iter("source", "embed")]
    inside += [each.get("value") for each in frame.iter("param") if each.get("name") == "movie"]
    named = [frame.get("src"), frame.get("data-src"), frame.get("data"), *inside]
    return next((each for each in named if each), "")


def _bare_url(figure: HtmlElement) -> str:
    for part in figure.iter("div"):
        text = "".join(part.itertext()).strip()
        if re.fullmatch(r"https?://\S+", text):
            return re.sub("^http:", "https:", text)
    return ""


def embeddable(source: str) -> str:
    """The page of a video for the URL of its frame; other URLs as they are."""
    if found := YOUTUBE.search(source):
        return f"https://www.youtube.com/watch?v={found[1]}"
    if found := VIMEO.search(source):
        return f"https://vimeo.com/{found[1]}"
    if source.startswith("//"):
        return f"https:{source}"
    return source if is_web_url(source) else ""


def convert_galleries(tree: HtmlElement) -> None:
    """Galleries of the block editor, old and new."""
    for gallery in list(tree.iter("figure", "ul", "div")):
        names = classes_of(gallery)
        is_old = gallery.tag == "ul" and "wp-block-gallery" in names
        if not is_old and not (names & {"wp-block-gallery", "wp-block-jetpack-tiled-gallery"}):
            continue
        captions = [each for each in gallery if each.tag == "figcaption"]
        captions += [
            each
            for each in gallery.iter("figcaption")
            if "blocks-gallery-caption" in classes_of(each)
        ]
        made = lxml_html.Element("figure")
        made.set("data-gallery", "")
        _width(gallery, made)
        for image in list(gallery.iter("img")):
            figure = next(
                (each for each in image.iterancestors("figure") if each is not gallery), None
            )
            if figure is not None and classes_of(figure) & {"wp-block-gallery"}:
                figure = None
            part = figure if figure is not None else image
            part.tail = None
            made.append(part)
        if captions:
            _append_caption(made, inner_html(captions[0]))
        replace(gallery, made)


def images_within(tree: HtmlElement) -> Counter[HtmlElement]:
    """How many images there are in each element."""
    return Counter(above for image in tree.iter("img") for above in image.iterancestors())


def convert_images(tree: HtmlElement, result: Converted, identify: FindId | None = None) -> None:
    counts = images_within(tree)
    for image in list(tree.iter("img")):
        figure = next(
            (
                each
                for each in image.iterancestors("figure")
                if counts[each] == 1 and _is_of_one(each)
            ),
            None,
        )
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
        change = len(list(made.iter("img"))) - len(list(outer.iter("img")))
        for above in outer.iterancestors("figure"):
            counts[above] += change
        replace(outer, made)
    for figure in list(tree.iter("figure")):
        # From a shortcode, without an `img`.
        if figure.get("data-source-image") is not None and figure.get("data-source-url") is None:
            figure.set("data-source-url", "")


def _is_of_one(figure: HtmlElement) -> bool:
    """Whether the figure of a single image is not a gallery or a table."""
    return (
        figure.get("data-gallery") is None
        and next(figure.iter("table", "blockquote"), None) is None
        and all("wp-caption-text" in classes_of(each) for each in figure.iter("p"))
    )


def _is_only_image(link: HtmlElement) -> bool:
    path = url_parts(link.get("href") or "").path
    return (
        link[0].getnext() is None
        and not "".join(link.itertext()).strip()
        and bool(IMAGE_FILE.search(path))
    )


def _number(image: HtmlElement, figure: HtmlElement | None) -> str:
    given = image.get("data-id") or image.get("data-attachment-id") or ""
    if DIGITS.fullmatch(given):
        return given
    if match := IMAGE_CLASS.search(image.get("class") or ""):
        return match[1]
    if figure is not None:
        named = figure.get("data-source-image") or ""
        match = IMAGE_CLASS.search(figure.get("id") or "")
        return named or (match[1] if match else "")
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
    captions += [each for each in figure.iter("p") if "wp-caption-text" in classes_of(each)]
    return " ".join(inner_html(each) for each in captions).strip()


def _append_caption(figure: HtmlElement, caption: str) -> None:
    if caption.strip():
        figure.append(lxml_html.fragment_fromstring(caption, create_parent="figcaption"))


def _width(source: HtmlElement, made: HtmlElement) -> None:
    width = next((WIDTHS[each] for each in classes_of(source) if each in WIDTHS), "")
    if width:
        made.set("data-width", width)


def classes_of(element: HtmlElement) -> set[str]:
    return set((element.get("class") or "").split())


def old_id(url: str) -> str:
    """The post that a URL such as `/?p=12` names; empty for other URLs."""
    query = parse_qs(url_parts(url).query)
    named = [query[name][0] for name in ("p", "page_id", "attachment_id") if query.get(name)]
    return named[0] if named and DIGITS.fullmatch(named[0]) else ""


def path_of(url: str) -> str:
    """The unescaped path of a URL with slashes at both ends; empty if only a query names the page."""
    parts = url_parts(url.strip())
    if not parts.path.strip("/") or old_id(url):
        return ""
    return f"/{UNREADABLE.sub('', unquote(parts.path)).strip('/')}/"


def parse_page(page: str) -> HtmlElement:
    """The elements; an empty page if there are none."""
    try:
        return lxml_html.document_fromstring(UNREADABLE.sub("", page) or "<p></p>")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return lxml_html.document_fromstring("<p></p>")


LINK: Final = re.compile(r"<a\b[^>]*>", re.IGNORECASE)
WEB_URL: Final = re.compile(r"""href=["']?(https?://[^\s"'<>]+)""", re.IGNORECASE)
STRONG: Final = re.compile(r"<(strong|b)>([^<*]+)</\1>", re.IGNORECASE)
EMPHASIS: Final = re.compile(r"<(em|i)>([^<*]+)</\1>", re.IGNORECASE)
QUOTE: Final = re.compile(r"<blockquote\b[^>]*>", re.IGNORECASE)
BREAK: Final = re.compile(r"<br\s*/?>\n?", re.IGNORECASE)
PARAGRAPH: Final = re.compile(r"</?(?:p|div|ul|ol|pre|h[1-6])\b[^>]*>", re.IGNORECASE)
ITEM: Final = re.compile(r"<li\b[^>]*>", re.IGNORECASE)
SCRIPT: Final = re.compile(r"<(script|style)\b.*?(?:</\1>|$)", re.DOTALL | re.IGNORECASE)
ANY_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>")
BLANK: Final = re.compile(r"\n[ \t]*\n\s*")


def comment_text(html: str) -> str:
    text = UNREADABLE.sub("", html).replace("\r\n", "\n").replace("\r", "\n").replace("\x7f", "")
    text = replace_ended("a", _link, SCRIPT.sub("", text))
    text = STRONG.sub(lambda found: f"**{_inside(found[2])}**", text)
    text = EMPHASIS.sub(lambda found: f"*{_inside(found[2])}*", text)
    text = replace_ended("blockquote", _quote, text)
    text = BREAK.sub("\n", text)
    text = replace_tags(ITEM, "\n- ", replace_tags(PARAGRAPH, "\n\n", text))
    return BLANK.sub("\n\n", unescape(ANY_TAG.sub("", text))).replace("\x00", "").strip()


def _inside(text: str) -> str:
    # The signs need something between them.
    return text.strip() or text[-1]


def _link(part: str) -> str | None:
    for tag in LINK.finditer(part, 0, part.rfind(">") + 1):
        if found := WEB_URL.search(tag[0]):
            return part[: tag.start()] + _written_link(found[1], part[tag.end() :])
    return None


def _written_link(url: str, html: str) -> str:
    text = " ".join(ANY_TAG.sub("", html).split())
    if not text or text.removesuffix("/") == url.removesuffix("/") or "[" in text or "]" in text:
        return url
    return f"[{text}]({url})" if "(" not in url and ")" not in url else f"{text} {url}"


def _quote(part: str) -> str | None:
    """The innermost quotation; the others end later."""
    tag = last_tag(QUOTE, part)
    if tag is None or "<blockquote" in (inside := part[tag.end() :]).lower():
        return None
    inside = BREAK.sub("\n", replace_tags(PARAGRAPH, "\n", inside))
    lines = [f"> {line.strip()}" for line in inside.splitlines() if line.strip()]
    return part[: tag.start()] + "\n\n" + "\n".join(lines) + "\n\n"
