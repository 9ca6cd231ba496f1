"""A Medium export as neutral records: a zip of pages, one for each story."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Final

from lxml.html import HtmlElement

from articles.body.tree import inner_html, replace
from iria.transfer.bodies import (
    DROP,
    PULL_QUOTE,
    Action,
    FoundImages,
    apply,
    convert_html,
    first,
    link_paragraph,
    parse_page,
    path_of,
    text_in,
)
from iria.transfer.names import Announced, moment, short_id
from iria.transfer.records import NO_DATE, Kind, Record, Remark, Site, State, Text, Unreadable
from iria.transfer.source_files import Archive

SYSTEM: Final = "medium"
STORY: Final = re.compile(r"(?:^|/)posts/[^/]+\.html$")
NAME: Final = re.compile(r"(?:draft_|\d{4}-\d{2}-\d{2}_)?(?P<slug>.*?)-*(?P<id>[0-9a-f]{8,14})$")
OWN: Final = re.compile(r"(?:-|/p/)(?P<id>[0-9a-f]{8,14})(?:[?#]|$)")
"""The id at the end of the URL of a story."""
GIST: Final = re.compile(r"(?P<page>https://gist\.github\.com/.+)\.js$")
SIZE: Final = re.compile(r"(?<=medium\.com/)(?:v2/)?(?:max|fit/c|resize:fit:)[/]?(?:\d+/)+")
LARGE: Final = "max/2560/"
DRAFT: Final = "draft_"


@dataclass(slots=True)
class Export:
    file: Path
    _images: FoundImages = field(default_factory=FoundImages)
    _stories: set[str] = field(default_factory=set)
    """The ids of those that were published."""

    system = SYSTEM

    def records(self) -> Iterator[Record]:
        """Every story, in the order of the archive.

        Raises:
            Unreadable: the archive is refused, damaged, or not from Medium.
        """
        self._images = FoundImages()
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
                text = self._text(name.rsplit("/", 1)[-1], archive.text(name))
                yield from self._images.take()
                yield from announced.before(text)
                yield text

    def _text(self, name: str, page: str) -> Text:
        tree = parse_page(page)
        stem = name.removesuffix(".html")
        named = NAME.fullmatch(stem)
        is_draft = name.startswith(DRAFT)
        canonical, time = first(tree, ".p-canonical"), first(tree, ".dt-published")
        url = (canonical.get("href") or "").strip() if canonical is not None else ""
        slug = re.sub(r"-[0-9a-f]{8,14}$", "", path_of(url).strip("/").rsplit("/", 1)[-1])
        text = Text(
            source_id=short_id(named["id"] if named else stem),
            kind=Kind.POSTS,
            title=text_in(tree, ".p-name"),
            slug=slug or (named["slug"].strip("-").lower() if named else ""),
            body="",
            state=State.DRAFT if is_draft else State.PUBLISHED,
            published_at=moment(time.get("datetime") or "", UTC) if time is not None else None,
            # That above the text is shortened.
            standfirst=text_in(tree, ".graf--subtitle") or text_in(tree, ".p-summary"),
            path="" if is_draft else path_of(url),
        )
        if author := text_in(tree, ".p-author"):
            text.authors = [author[:120]]
        if named and not is_draft:
            text.old_paths = [f"/p/{named['id']}/"]
        if not is_draft and text.published_at is None:
            text.remarks.append(NO_DATE)
        content = first(tree, ".e-content")
        html = "" if content is None else inner_html(content)
        convert_html(html, self._images.add_url, self._prepare).put_into(text)
        return text

    def _prepare(self, tree: HtmlElement) -> list[Remark]:
        remarks = apply(RULES, tree)
        # The first section begins with a line, which is no break in the text.
        lines = (each for each in tree.iter("hr") if each.getprevious() is None)
        if (line := next(lines, None)) is not None:
            line.drop_tree()
        for anchor in tree.iter("a"):
            match = OWN.search(anchor.get("href") or "")
            if match and match["id"] in self._stories:
                anchor.set("href", f"/p/{match['id']}/")
        return remarks


def _embed(figure: HtmlElement) -> None:
    """A post of a network, which has a link without text and a script, or a script alone."""
    if first(figure, "iframe") is not None:
        return
    links = [each.get("href") or "" for each in figure.iter("a")]
    scripts = [each.get("src") or "" for each in figure.iter("script")]
    if links := [each for each in links if each.startswith("https://")]:
        figure.set("data-embed", links[-1])
        for child in list(figure):
            figure.remove(child)
    elif gist := next(filter(None, map(GIST.match, scripts)), None):
        replace(figure, link_paragraph(gist["page"], gist["page"]))


def _card(card: HtmlElement) -> None:
    """The host of the page that a card links to, in brackets after the description."""
    for part in card.iter("em"):
        tail = (part.tail or "").strip()
        part.tail = f" ({tail})" if tail else None


def _original(image: HtmlElement) -> None:
    image.set("src", SIZE.sub(LARGE, image.get("src") or ""))
    image.attrib.pop("data-image-id", None)


RULES: Final[dict[str, Action]] = {
    ".graf--iframe": _embed,
    ".graf--pullquote": PULL_QUOTE,
    ".graf--mixtapeEmbed": _card,
    # The page has the first three above the text too.
    **dict.fromkeys((".graf--title", ".graf--subtitle", ".graf--kicker", ".js-mixtapeImage"), DROP),
    "img": _original,
}
