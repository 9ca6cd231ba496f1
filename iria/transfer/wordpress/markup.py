"""What WordPress and its plugins write into texts, made plain before images and embeds are converted."""

import re
from typing import Final
from urllib.parse import urlsplit

from lxml import html as lxml_html
from lxml.html import HtmlElement

from articles.body.tree import replace
from iria.transfer.records import Remark
from iria.transfer.urls import join

EMOJI: Final = re.compile(r"/images/core/emoji/|/wp-includes/images/smilies/")
EMOJI_CLASSES: Final = frozenset({"emoji", "wp-smiley"})
LAZY: Final = ("data-src", "data-lazy-src", "data-orig-src", "data-original", "data-orig-file")
"""Where plugins keep the URL of an image until it is in view."""
BACKGROUND: Final = re.compile(r"background(?:-image)?\s*:[^;]*?url\(\s*['\"]?([^'\")]+)")
WITH_SOURCE: Final = ("img", "audio", "video", "source", "iframe", "embed")
SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*:|#", re.IGNORECASE)
FUNCTIONS: Final = ("script", "form", "object", "embed", "canvas", "svg", "select", "textarea")
"""What the sanitiser removes, or keeps without its function."""
WIDGETS: Final = ("platform.twitter.com", "www.instagram.com", "www.tiktok.com", "embed.bsky.app")
"""Scripts that only decorate a quotation or link, which stays."""
TEX: Final = "application/x-tex"


def prepare(tree: HtmlElement, site_url: str) -> list[Remark]:
    """Changes the tree; what is lost comes back as remarks."""
    remarks: list[Remark] = []
    for fallback in list(tree.iter("noscript")):
        _unwrap(fallback)
    for image in list(tree.iter("img")):
        if EMOJI_CLASSES & _classes(image) or EMOJI.search(image.get("src") or ""):
            _instead(image, image.get("alt") or "")
        elif not _find_source(image):
            size = len(image.get("src") or "")
            remarks.append(Remark("image not imported", f"inside the text, {size} characters"))
            _instead(image, "")
    _backgrounds(tree)
    _make_absolute(tree, site_url)
    _files(tree)
    _formulas(tree)
    return [*remarks, *_linked_images(tree)]


def lost_functions(tree: HtmlElement) -> list[Remark]:
    """A remark for each kind of code that is still in the tree."""
    found = []
    for each in tree.iter(*FUNCTIONS):
        source = each.get("src") or each.get("action") or each.get("data") or ""
        if not (each.tag == "script" and any(f"//{host}/" in source for host in WIDGETS)):
            found.append(f"{each.tag!s} {source[:200]}".strip())
    return [Remark("code not imported", each) for each in dict.fromkeys(found)]


def _unwrap(fallback: HtmlElement) -> None:
    """The image for readers without scripts stands beside the one that a script loads."""
    parent = fallback.getparent()
    others = [] if parent is None else list(parent.iter("img"))
    inside = list(fallback.iter("img"))
    if inside and len(others) > len(inside):
        fallback.drop_tree()
    else:
        fallback.drop_tag()


def _instead(element: HtmlElement, text: str) -> None:
    element.tail = text + (element.tail or "")
    element.drop_tree()


def _find_source(image: HtmlElement) -> str:
    """Sets the URL of an image that a plugin loads late; empty if its data is in the text itself."""
    source = (image.get("src") or "").strip()
    if not source or source.startswith("data:"):
        first = (image.get("srcset") or image.get("data-srcset") or "").split(",")[0].split()
        named = [image.get(name) or "" for name in LAZY] + first[:1]
        source = next((each for each in named if each and not each.startswith("data:")), "")
        if source:
            image.set("src", source)
    return source


def _backgrounds(tree: HtmlElement) -> None:
    """The image of a block that shows it as its background, as covers did at first."""
    for box in list(tree.iter("div", "section")):
        found = BACKGROUND.search(box.get("style") or "")
        is_block = any(each.startswith("wp-block-") for each in _classes(box))
        if found and is_block and next(box.iter("img"), None) is None:
            image = lxml_html.Element("img")
            image.set("src", found[1])
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


def _files(tree: HtmlElement) -> None:
    """A file has its name as link, and a button and a preview for the same."""
    for box in tree.iter("div"):
        if "wp-block-file" not in _classes(box):
            continue
        links = list(box.iter("a"))
        buttons = [each for each in links if "wp-block-file__button" in _classes(each)]
        for each in [*box.iter("object"), *(buttons if len(links) > len(buttons) else [])]:
            each.drop_tree()


def _formulas(tree: HtmlElement) -> None:
    """The source of a formula, since its drawing is not kept."""
    for formula in list(tree.iter("math")):
        sources = [each for each in formula.iter("annotation") if each.get("encoding") == TEX]
        code = lxml_html.Element("code")
        code.text = " ".join("".join((sources or [formula])[0].itertext()).split())
        code.tail = formula.tail
        replace(formula, code)


def _linked_images(tree: HtmlElement) -> list[Remark]:
    """Images have no links here. One to the file itself or to the page of the image is no loss."""
    found = []
    for link in tree.iter("a"):
        href = (link.get("href") or "").strip()
        if (
            next(link.iter("img"), None) is not None
            and href.startswith(("http://", "https://"))
            and "attachment" not in (link.get("rel") or "")
            and "attachment_id=" not in href
            and not _is_file(href)
        ):
            found.append(href)
    return [Remark("linked image", each) for each in dict.fromkeys(found)]


def _is_file(url: str) -> bool:
    try:
        path = urlsplit(url).path
    except ValueError:
        return False
    return "/wp-content/uploads/" in path or "." in path.rsplit("/", 1)[-1]


def _classes(element: HtmlElement) -> set[str]:
    return set((element.get("class") or "").split())
