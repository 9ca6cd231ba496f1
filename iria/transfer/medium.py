"""A Medium export as neutral records: a zip of pages, one for each story."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Final

from lxml.html import HtmlElement

from articles.body.tree import drop, replace
from iria.transfer.bodies import (
    announce,
    convert_html,
    element_html,
    element_text,
    first_with_class,
    link_paragraph,
    parse_page,
    path_of,
    with_class,
)
from iria.transfer.names import Announced, moment, short_id
from iria.transfer.records import NO_DATE, Image, Kind, Record, Site, State, Text, Unreadable
from iria.transfer.source_files import Archive

SYSTEM: Final = "medium"
STORY: Final = re.compile(r"(?:^|/)posts/[^/]+\.html$")
NAME: Final = re.compile(r"(?:draft_|\d{4}-\d{2}-\d{2}_)?(?P<slug>.*?)-*(?P<id>[0-9a-f]{8,14})$")
OWN: Final = re.compile(r"(?:-|/p/)(?P<id>[0-9a-f]{8,14})(?:[?#]|$)")
"""At the end of the URL of a story."""
GIST: Final = re.compile(r"(?P<page>https://gist\.github\.com/.+)\.js$")
SIZE: Final = re.compile(r"(?<=medium\.com/)(?:v2/)?(?:max|fit/c|resize:fit:)[/]?(?:\d+/)+")
LARGE: Final = "max/2560/"
DRAFT: Final = "draft_"
REPEATED: Final = ("graf--title", "graf--subtitle", "graf--kicker")
"""Parts of a body that the page has above it too."""


@dataclass(slots=True)
class Export:
    file: Path
    _images: set[str] = field(default_factory=set)
    _stories: set[str] = field(default_factory=set)
    """The ids of those that were published."""

    system = SYSTEM

    def records(self) -> Iterator[Record]:
        """Every story, in the order of the archive.

        Raises:
            Unreadable: the archive is refused, damaged, or not from Medium.
        """
        self._images.clear()
        announced = Announced()
        yield Site(SYSTEM)
        with Archive(self.file) as archive:
            names = [each for each in archive.names() if STORY.search(each)]
            if not names:
                raise Unreadable("This is no Medium export: it has no stories in a folder “posts”.")
            stems = [each.rsplit("/", 1)[-1].removesuffix(".html") for each in names]
            self._stories = {
                found["id"]
                for each in stems
                if not each.startswith(DRAFT) and (found := NAME.fullmatch(each))
            }
            for name in names:
                images: list[Image] = []
                text = self._text(name.rsplit("/", 1)[-1], archive.text(name), images)
                yield from images
                yield from announced.before(text)
                yield text

    def _text(self, name: str, page: str, images: list[Image]) -> Text:
        tree = parse_page(page)
        stem = name.removesuffix(".html")
        named = NAME.fullmatch(stem)
        is_draft = name.startswith(DRAFT)
        canonical = first_with_class(tree, "p-canonical")
        url = (canonical.get("href") or "").strip() if canonical is not None else ""
        time = first_with_class(tree, "dt-published")
        author = element_text(first_with_class(tree, "p-author"))
        slug = re.sub(r"-[0-9a-f]{8,14}$", "", path_of(url).strip("/").rsplit("/", 1)[-1])
        text = Text(
            source_id=short_id(named["id"] if named else stem),
            kind=Kind.POSTS,
            title=element_text(first_with_class(tree, "p-name")),
            slug=slug or (named["slug"].strip("-").lower() if named else ""),
            body="",
            state=State.DRAFT if is_draft else State.PUBLISHED,
            published_at=moment(time.get("datetime") or "", UTC) if time is not None else None,
            # That above the text is shortened.
            standfirst=element_text(
                next(
                    iter(with_class(tree, "graf--subtitle")),
                    first_with_class(tree, "p-summary"),
                )
            ),
            path="" if is_draft else path_of(url),
            authors=[author[:120]] if author else [],
        )
        if named and not is_draft:
            text.old_paths = [f"/p/{named['id']}/"]
        if not is_draft and text.published_at is None:
            text.remarks.append(NO_DATE)
        self._set_body(text, first_with_class(tree, "e-content"), images)
        return text

    def _set_body(self, text: Text, content: HtmlElement | None, images: list[Image]) -> None:
        def identify(url: str) -> str:
            return announce(url, self._images, images)

        def prepare(tree: HtmlElement) -> None:
            _prepare(tree)
            for anchor in tree.iter("a"):
                match = OWN.search(anchor.get("href") or "")
                if match and match["id"] in self._stories:
                    anchor.set("href", f"/p/{match['id']}/")

        convert_html(element_html(content), identify, prepare).put_into(text)


def _prepare(tree: HtmlElement) -> None:
    _equivalents(tree)
    drop(tree, [each for name in REPEATED for each in with_class(tree, name)])
    for line in list(tree.iter("hr")):
        # The first section begins with a line, which is no break in the text.
        if next(line.itersiblings(preceding=True), None) is None and line.getparent() is not None:
            line.drop_tree()
            break
    drop(tree, with_class(tree, "js-mixtapeImage"))
    for image in tree.iter("img"):
        image.set("src", SIZE.sub(LARGE, image.get("src") or ""))
        image.attrib.pop("data-image-id", None)


def _equivalents(tree: HtmlElement) -> None:
    """Of embeds, pull quotes and cards."""
    for figure in list(with_class(tree, "graf--iframe")):
        _embed(figure)
    for quote in list(with_class(tree, "graf--pullquote")):
        quote.tag = "aside"
        quote.set("data-pull-quote", "")
    for card in with_class(tree, "graf--mixtapeEmbed"):
        for part in card.iter("em"):
            tail = (part.tail or "").strip()
            part.tail = f" ({tail})" if tail else None


def _embed(figure: HtmlElement) -> None:
    """A post of a network, which has a link without text and a script, or a script alone."""
    if next(figure.iter("iframe"), None) is not None:
        return
    hrefs = (each.get("href") or "" for each in figure.iter("a"))
    links = [each for each in hrefs if each.startswith("https://")]
    gists = [
        found["page"]
        for each in figure.iter("script")
        if (found := GIST.match(each.get("src") or ""))
    ]
    if links:
        figure.set("data-embed", links[-1])
        for child in list(figure):
            figure.remove(child)
    elif gists:
        replace(figure, link_paragraph(gists[0], gists[0]))
