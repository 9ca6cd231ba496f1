"""Texts of Ghost as HTML that the writer understands (see `iria.transfer.bodies`)."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

from lxml import etree
from lxml.html import HtmlElement

from articles.body.tree import drop, replace, text_of, unwrap
from iria.transfer import bodies
from iria.transfer.bodies import Action, Converted, apply, first, text_in
from iria.transfer.ghost import editors
from iria.transfer.ghost.cards import Cards, markdown
from iria.transfer.ghost.editors import Malformed
from iria.transfer.markdown.bodies import footnotes
from iria.transfer.names import host_of, short_id, url_parts
from iria.transfer.records import Remark

SITE: Final = "__GHOST_URL__"
"""Stands for the URL of the site in exports."""
CONTENT: Final = "/content/images/"
SIZE: Final = re.compile(r"^(?:size/w\d{1,5}(?:h\d{1,5})?/|format/\w{1,8}/)+")
"""Before the path of a smaller version."""
FILES: Final = "/content/"
FILE: Final = re.compile(r"(?:https?://[^/]*)?(?P<path>/content/(?:files|media)/[^?#]*)")
PORTAL: Final = re.compile(r"(?:https?://[^/]*)?/?#/(?:portal|share|search)\b")
"""What opens a window of Ghost, such as the one to sign up."""
GHOST_HOST: Final = "storage.ghost.io"
"""Has the uploads of sites hosted by Ghost, each below the id of the site."""
FUNCTIONS: Final = ("script", "style", "form", "object", "embed", "canvas", "svg", "noscript")
"""What the sanitiser removes together with its content."""
GATED: Final = re.compile(
    r"<!--\s*kg-gated-block:begin(?P<for>[^>]{0,500}?)-->.*?(?:<!--\s*kg-gated-block:end\s*-->|\Z)",
    re.DOTALL,
)
EVERYBODY: Final = re.compile(r"\bnonMember:\s*true\b")
EDITORS: Final[dict[str, Callable[[object, Cards], str]]] = {
    "lexical": editors.lexical_html,
    "mobiledoc": editors.mobiledoc_html,
}
"""The columns with texts of an editor, the present one first."""


@dataclass(slots=True)
class Place:
    """Where the old site was, as far as one knows: exports do not say it."""

    url: str = ""
    """The URL without a slash at its end; may be empty."""

    @property
    def host(self) -> str:
        return host_of(self.url)

    def link(self, url: str) -> str:
        """A link to a text of the site as a path; one to a file keeps the host of the site, if it is known."""
        if self.host and host_of(url) == self.host:
            parts = urlsplit(url.strip())
            url = parts._replace(scheme="", netloc="").geturl() or "/"
        return self.url + url if self.url and url.startswith(FILES) else url

    def image(self, url: str) -> str:
        """The path of an uploaded image below `content/images`; empty if it is elsewhere."""
        url = url.strip().replace(SITE, "")
        parts = url_parts(url)
        if parts.scheme not in {"", "http", "https"}:
            return ""
        path = unquote(parts.path)
        _, found, below = path.partition(CONTENT)
        own = {"", self.host or parts.netloc, GHOST_HOST}
        if found and (parts.netloc in own or host_of(url) == self.host):
            return SIZE.sub("", below)
        return "" if parts.netloc else path.lstrip("/")

    def image_url(self, url: str) -> str:
        """The URL of the original, not of a smaller version; relative if nobody knows the site."""
        url = url.strip().replace(SITE, "")
        path = self.image(url)
        if not path:
            return url
        parts = urlsplit(url)
        base = f"{parts.scheme or 'https'}://{parts.netloc}" if parts.netloc else self.url
        before, found, _ = parts.path.partition(CONTENT)
        return base + quote(unquote(before) + (found or "/") + path)

    def image_id(self, url: str) -> str:
        return short_id(self.image(url) or url.strip())


@dataclass(slots=True)
class Body(Converted):
    images: list[str] = field(default_factory=list)
    """The URLs of images, in their order."""


def convert(row: dict[str, Any], place: Place) -> Body:
    """The text of a post, from the first of its columns that holds one."""
    cards = Cards()
    source = _source(row, cards).replace(SITE, "")
    source, hidden = _without_gated(source)
    images: list[str] = []

    def identify(url: str) -> str:
        images.append(url)
        return place.image_id(url)

    converted = bodies.convert_html(source, identify, lambda tree: _prepare(tree, place))
    remarks = [*cards.remarks, *converted.remarks]
    if hidden:
        remarks.append(Remark("hidden card", "A part for members only was not imported."))
    return Body(converted.html, list(dict.fromkeys(remarks)), converted.credits, images)


def _source(row: dict[str, Any], cards: Cards) -> str:
    for column, render in EDITORS.items():
        given = row.get(column)
        if not given:
            continue
        try:
            document = json.loads(given) if isinstance(given, str) else given
            return render(document, cards)
        except (ValueError, RecursionError, Malformed):
            cards.remarks = [Remark("unreadable text", f"{column}; another form was used.")]
    html, text, plain = row.get("html"), row.get("markdown"), row.get("plaintext")
    if isinstance(html, str) and html.strip():
        return html
    if isinstance(text, str) and text.strip():
        return markdown(text)
    parts = re.split(r"\n\s*\n", plain.strip()) if isinstance(plain, str) else []
    return "".join(f"<p>{escape(each, quote=False)}</p>" for each in parts)


def _without_gated(html: str) -> tuple[str, bool]:
    """What everybody sees, and whether there was more."""
    hidden = False

    def part(found: re.Match[str]) -> str:
        nonlocal hidden
        if EVERYBODY.search(found["for"]):
            return found[0]
        hidden = True
        return ""

    return GATED.sub(part, html), hidden


def _prepare(tree: HtmlElement, place: Place) -> Iterator[Remark]:
    footnotes(tree)
    yield from apply(RULES, tree)
    # Images without a URL, and links to windows of Ghost.
    drop(tree, (each for each in tree.iter("img") if not each.get("src")))
    unwrap(tree, (each for each in tree.iter("a") if PORTAL.match(each.get("href") or "")))
    for image in tree.iter("img"):
        image.set("src", place.image_url(image.get("src") or ""))
    links = [each for each in tree.iter("a") if each.get("href")]
    for anchor in links:
        anchor.set("href", place.link(anchor.get("href") or ""))
        if found := FILE.match(anchor.get("href") or ""):
            # Files that are no images, such as PDF and audio, stay on the old site.
            yield Remark("file not imported", found["path"])
    for name in sorted({str(each.tag) for each in tree.iter(*FUNCTIONS)}):
        yield Remark("code not imported", name)
    for anchor in links:
        href = anchor.get("href") or ""
        if first(anchor, "img") is not None and not bodies.IMAGE_FILE.search(href):
            yield Remark("linked image", href)


def _width(name: str) -> Action:
    def change(figure: HtmlElement) -> None:
        figure.set("class", f"align{name}")

    return change


def _secure(figure: HtmlElement) -> None:
    if url := figure.get("data-embed"):
        figure.set("data-embed", re.sub("^http:", "https:", url))


def _embed(figure: HtmlElement) -> None:
    """A frame, or a quotation of a social network with a link to it."""
    frame = first(figure, "iframe")
    links = [each.get("href") or "" for each in figure.iter("a")]
    url = (frame.get("src") or "") if frame is not None else (links[-1] if links else "")
    if url := bodies.embeddable(url):
        embed = bodies.embed_figure(url)
        for caption in list(figure.iter("figcaption"))[:1]:
            etree.SubElement(embed, "figcaption").text = text_of(caption)
        replace(figure, embed)


def _bookmark(figure: HtmlElement) -> None:
    if (anchor := first(figure, "a")) is not None:
        href = anchor.get("href") or ""
        below = [text_in(anchor, ".kg-bookmark-description")]
        below += map(text_of, figure.iter("figcaption"))
        title = text_in(anchor, ".kg-bookmark-title") or href
        replace(figure, bodies.link_paragraph(href, title, filter(None, below)))


def _media(card: HtmlElement) -> None:
    """A link to the file; the parts of the player go."""
    player = next(card.iter("audio", "video"), None)
    url = (player.get("src") or "") if player is not None else ""
    title = text_in(card, "div.kg-audio-title")
    replace(card, bodies.link_paragraph(url, title, map(text_of, card.iter("figcaption"))))


def _file(anchor: HtmlElement) -> None:
    title = text_in(anchor, "div.kg-file-card-title") or text_of(anchor)
    replace(anchor, bodies.link_paragraph(anchor.get("href") or "", title))


RULES: Final[dict[str, Action]] = {
    ".kg-bookmark-card": _bookmark,
    ".kg-file-card-container": _file,
    ".kg-embed-card": _embed,
    ".kg-audio-card": _media,
    ".kg-video-card": _media,
    ".kg-callout-card": bodies.CALLOUT,
    ".kg-blockquote-alt": bodies.PULL_QUOTE,
    "figure.kg-width-wide": _width("wide"),
    "figure.kg-width-full": _width("full"),
    ".kg-gallery-card": bodies.rename("figure", "class", "wp-block-gallery"),
    "figure": _secure,
}
