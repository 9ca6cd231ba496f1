"""A Substack export as neutral records: a zip with `posts.csv` and a page for each post."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement

from articles.body.tree import UNREADABLE, drop, replace, text_of
from iria.transfer.bodies import (
    CALLOUT,
    DROP,
    PULL_QUOTE,
    Action,
    FoundImages,
    apply,
    convert_html,
    embed_figure,
    first,
    footnote,
    link_paragraph,
    path_of,
    select,
)
from iria.transfer.names import is_web_url, moment, short_id
from iria.transfer.records import (
    NO_DATE,
    Consent,
    Kind,
    Record,
    Remark,
    Site,
    State,
    Subscriber,
    Text,
    Unreadable,
)
from iria.transfer.source_files import Archive

SYSTEM: Final = "substack"
LIST: Final = "posts.csv"
SUBSCRIBERS: Final = re.compile(r"(?:^|/)email_list[^/]*\.csv$")
TYPES: Final = frozenset({"", "newsletter", "podcast", "page"})
COLUMNS: Final = frozenset({"post_id", "title"})
TRUE: Final = frozenset({"true", "1", "t", "yes"})
FETCHED: Final = re.compile(
    r"https://(?:cdn\.substack\.com|substackcdn\.com)/image/fetch/[^/]*/(?:[^/]*/)*?(?=https?(?:%3A|:))"
)
PLACEHOLDER: Final = re.compile(r"%%\w+%%")
ID: Final = r"[\w-]{6,20}"
Row = dict[str, str]
type Maker = Callable[[dict[str, Any]], HtmlElement | None]


@dataclass(slots=True)
class Export:
    """`url` is that of the old site, such as https://name.substack.com, for links to its own texts."""

    file: Path
    url: str = ""
    _images: FoundImages = field(default_factory=FoundImages)

    system = SYSTEM

    def records(self) -> Iterator[Record]:
        """Every post of the list, in its order.

        Raises:
            Unreadable: the archive is refused, damaged, or not from Substack.
        """
        self._images = FoundImages()
        yield Site(SYSTEM, url=self.url.rstrip("/"))
        with Archive(self.file) as archive:
            for row in self._subscribers(archive):
                yield _subscriber(row)
            for row, name in self._rows(archive):
                text = self._text(row, archive.text(name) if name else "")
                if not name and not text.skipped:
                    text.remarks.append(Remark("no text", "The archive has no page for this post."))
                yield from self._images.take()
                yield text

    @staticmethod
    def _subscribers(archive: Archive) -> Iterator[Row]:
        for name in archive.names():
            if SUBSCRIBERS.search(name):
                yield from rows(archive.text(name), frozenset({"email"}), name)

    def _rows(self, archive: Archive) -> Iterator[tuple[Row, str]]:
        """The posts of the list, each with the name of its page or an empty one."""
        listed = next((each for each in archive.names() if f"/{each}".endswith(f"/{LIST}")), "")
        if not listed:
            raise Unreadable(f"This is no Substack export: it has no {LIST}.")
        folder = listed.removesuffix(LIST)
        by_id = {
            each.rsplit("/", 1)[-1].partition(".")[0]: each
            for each in archive.names()
            if each.startswith(f"{folder}posts/") and each.endswith(".html")
        }
        for row in rows(archive.text(listed), COLUMNS, LIST):
            yield row, by_id.get(row["post_id"].partition(".")[0], "")

    def _text(self, row: Row, page: str) -> Text:
        number, _, slug = row["post_id"].partition(".")
        kind = row.get("type", "").lower()
        is_page = kind == "page"
        is_public = row.get("is_published", "true").lower() in TRUE
        audience = row.get("audience", "").lower() or "everyone"
        text = Text(
            source_id=short_id(number),
            kind=Kind.PAGES if is_page else Kind.POSTS,
            title=" ".join(row["title"].split()),
            slug=slug,
            body="",
            state=State.PUBLISHED if is_public and audience == "everyone" else State.DRAFT,
            published_at=moment(row.get("post_date", ""), UTC),
            standfirst=" ".join(row.get("subtitle", "").split()),
            path=path_of(f"/{slug}" if is_page else f"/p/{slug}") if slug else "",
        )
        if kind not in TYPES:
            text.skipped = f"Posts of type “{kind}” are not imported."
            return text
        if audience != "everyone":
            text.remarks.append(
                Remark("for subscribers only", f"“{audience}”: imported as a draft.")
            )
        if text.state == State.PUBLISHED and text.published_at is None:
            text.remarks.append(NO_DATE)
        convert_html(page, self._images.add_url, _prepare).put_into(text)
        if audio := row.get("podcast_url", "").strip():
            text.body += lxml_html.tostring(link_paragraph(audio), encoding="unicode")
        return text


def rows(text: str, needed: frozenset[str], name: str) -> Iterator[Row]:
    """The rows of a CSV file with a header.

    Raises:
        Unreadable: it lacks a column that is needed, or is no CSV.
    """
    reader = csv.DictReader(io.StringIO(UNREADABLE.sub("", text)), restval="")
    try:
        columns = {(each or "").strip().lower() for each in reader.fieldnames or ()}
        if missing := sorted(needed - columns):
            raise Unreadable(f"{name} has no column “{missing[0]}”.", 1)
        for row in reader:
            yield {
                key.strip().lower(): (value or "").strip()
                for key, value in row.items()
                if isinstance(key, str)
            }
    except csv.Error as error:
        raise Unreadable(f"{name} is no CSV file: {error}.", reader.line_num) from error


def _subscriber(row: Row) -> Subscriber:
    """Free and paying subscribers alike; they have no id, so its digest has more than the e-mail address."""
    key = f"{row['email'].lower()} {row.get('created_at', '')}"
    is_off = row.get("email_disabled", "").lower() in TRUE
    return Subscriber(
        hashlib.sha256(key.encode()).hexdigest()[:32],
        row["email"],
        Consent.UNSUBSCRIBED if is_off else Consent.SUBSCRIBED,
        row.get("name", ""),
        moment(row.get("created_at", ""), UTC),
        "" if row["email"] else "The row has no e-mail address.",
    )


def _prepare(tree: HtmlElement) -> list[Remark]:
    drop(tree, (each for each in tree.iter("a") if PLACEHOLDER.search(each.get("href") or "")))
    _footnotes(tree)
    return apply(RULES, tree)


def _footnotes(tree: HtmlElement) -> None:
    notes: dict[str, str] = {}
    found = []
    for note in select(tree, ".footnote"):
        number, content = first(note, ".footnote-number"), first(note, ".footnote-content")
        if number is not None and content is not None:
            notes[f"#{number.get('id', '')}"] = text_of(content)
            found.append(note)
    drop(tree, found)
    for anchor in list(select(tree, ".footnote-anchor")):
        if text := notes.get(anchor.get("href") or ""):
            replace(anchor, footnote(text))


def _image(image: HtmlElement) -> None:
    given = _attributes(image)
    image.set("src", original(_string(given, "src") or image.get("src") or ""))
    image.set("alt", image.get("alt") or _string(given, "alt"))


def _mention(mention: HtmlElement) -> None:
    mention.text = mention.text or _string(_attributes(mention), "name")


def _replace_embed(element: HtmlElement) -> Remark | None:
    """Its equivalent for what has its content as values only; a link if the kind is not known."""
    names = (element.get("class") or "").split()
    maker = next((MAKERS[each] for each in names if each in MAKERS), None)
    is_empty = not element.text_content().strip() and first(element, "img") is None
    if maker is None and (not element.get("data-attrs") or not is_empty):
        return None
    replacement = (maker or _link)(_attributes(element))
    if replacement is None:
        return Remark("embed not understood", names[0] if names else str(element.tag))
    replace(element, replacement)
    return None


def original(url: str) -> str:
    """The image that the URL of a smaller version names."""
    match = FETCHED.match(url)
    return UNREADABLE.sub("", unquote(url[match.end() :])) if match else url


def _attributes(element: HtmlElement) -> dict[str, Any]:
    try:
        attributes = json.loads(element.get("data-attrs") or "{}")
    except (ValueError, RecursionError):
        return {}
    return attributes if isinstance(attributes, dict) else {}


def _string(given: dict[str, Any], name: str) -> str:
    """Without what an element cannot contain."""
    value = given.get(name)
    return UNREADABLE.sub("", value) if isinstance(value, str) else ""


def _embed_by_id(name: str, pattern: str, url: str) -> Maker:
    """For the value with this name, which must fit the pattern."""

    def make(given: dict[str, Any]) -> HtmlElement | None:
        number = _string(given, name)
        return embed_figure(url.format(number)) if re.fullmatch(pattern, number) else None

    return make


def _formula(given: dict[str, Any]) -> HtmlElement | None:
    block = lxml_html.fromstring("<pre><code></code></pre>")
    block[0].text = _string(given, "persistentExpression")
    return block if block[0].text else None


def _embed(given: dict[str, Any]) -> HtmlElement | None:
    url = _string(given, "url")
    return embed_figure(url) if url.startswith("https://") else None


def _link(given: dict[str, Any]) -> HtmlElement | None:
    url = _string(given, "canonical_url") or _string(given, "url")
    title = " ".join((_string(given, "title") or url).split())
    return link_paragraph(url, title) if is_web_url(url) else None


def _gallery(given: dict[str, Any]) -> HtmlElement | None:
    gallery = given.get("gallery")
    listed = gallery.get("images") if isinstance(gallery, dict) else None
    if not isinstance(listed, list) or not isinstance(gallery, dict):
        return None
    figure = lxml_html.Element("figure", {"class": "wp-block-gallery"})
    for each in listed:
        if isinstance(each, dict) and (source := _string(each, "src")):
            etree.SubElement(figure, "img").set("src", original(source))
    if caption := _string(gallery, "caption"):
        etree.SubElement(figure, "figcaption").text = caption
    return figure


MAKERS: Final[dict[str, Maker]] = {
    "youtube-wrap": _embed_by_id("videoId", ID, "https://www.youtube.com/watch?v={}"),
    "vimeo-wrap": _embed_by_id("videoId", r"\d+", "https://vimeo.com/{}"),
    "instagram-embed-wrap": _embed_by_id("instagram_id", ID, "https://www.instagram.com/p/{}/"),
    "latex-rendered": _formula,
    "image-gallery-embed": _gallery,
    **dict.fromkeys(("tweet", "twitter-embed", "instagram", "bluesky-wrap", "tiktok-wrap"), _embed),
    **dict.fromkeys(("datawrapper-wrap", "soundcloud-wrap", "spotify-wrap"), _embed),
    **dict.fromkeys(("native-video-embed", "native-audio-embed"), _embed),
    **dict.fromkeys(("digest-post-embed", "embedded-post-wrap"), _link),
    **dict.fromkeys(("embedded-publication-wrap", "comment", "file-embed-wrapper"), _link),
}
"""Class of a part → what makes its equivalent from the values it has as JSON."""
RULES: Final[dict[str, Action]] = {
    # What only works at Substack.
    **dict.fromkeys((".subscription-widget-wrap", ".subscription-widget-wrap-editor"), DROP),
    **dict.fromkeys((".subscription-widget", ".paywall-jump", ".captioned-button-wrap"), DROP),
    **dict.fromkeys((".directMessage", ".community-chat", ".poll-embed", "label"), DROP),
    "img": _image,
    "div": _replace_embed,
    "iframe": _replace_embed,
    ".mention-wrap": _mention,
    ".pullquote": PULL_QUOTE,
    ".callout-block": CALLOUT,
}
