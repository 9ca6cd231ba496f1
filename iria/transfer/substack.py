"""A Substack export as neutral records: a zip with `posts.csv` and a page for each post."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from lxml import html as lxml_html
from lxml.html import HtmlElement

from articles.body.tree import UNREADABLE, drop, replace
from iria.transfer.bodies import (
    announce,
    convert_html,
    element_text,
    embed_figure,
    first_with_class,
    link_paragraph,
    path_of,
    with_class,
)
from iria.transfer.names import is_web_url, moment, short_id
from iria.transfer.records import (
    NO_DATE,
    Consent,
    Image,
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
WIDGETS: Final = (
    *("subscription-widget-wrap", "subscription-widget-wrap-editor", "subscription-widget"),
    *("paywall-jump", "captioned-button-wrap", "directMessage", "community-chat", "poll-embed"),
)
"""Parts that only work at Substack."""
PLACEHOLDER: Final = re.compile(r"%%\w+%%")
YOUTUBE: Final = re.compile(r"[\w-]{6,20}")
Row = dict[str, str]


@dataclass(slots=True)
class Export:
    """`url` is that of the old site, such as https://name.substack.com, for links to its own texts."""

    file: Path
    url: str = ""
    _images: set[str] = field(default_factory=set)

    system = SYSTEM

    def records(self) -> Iterator[Record]:
        """Every post of the list, in its order.

        Raises:
            Unreadable: the archive is refused, damaged, or not from Substack.
        """
        self._images.clear()
        yield Site(SYSTEM, url=self.url.rstrip("/"))
        with Archive(self.file) as archive:
            for row in self._subscribers(archive):
                yield _subscriber(row)
            for row, name in self._rows(archive):
                images: list[Image] = []
                text = self._text(row, archive.text(name) if name else "", images)
                if not name and not text.skipped:
                    text.remarks.append(Remark("no text", "The archive has no page for this post."))
                yield from images
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

    def _text(self, row: Row, page: str, images: list[Image]) -> Text:
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
        self._set_body(text, row, page, images)
        return text

    def _set_body(self, text: Text, row: Row, page: str, images: list[Image]) -> None:
        def identify(url: str) -> str:
            return announce(url, self._images, images)

        def prepare(tree: HtmlElement) -> None:
            _prepare(tree, text.remarks)

        convert_html(page, identify, prepare).put_into(text)
        if audio := row.get("podcast_url", "").strip():
            text.body += lxml_html.tostring(link_paragraph(audio), encoding="unicode")


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


def _prepare(tree: HtmlElement, remarks: list[Remark]) -> None:
    removed = [each for name in WIDGETS for each in with_class(tree, name)]
    removed += list(tree.iter("label"))
    removed += [each for each in tree.iter("a") if PLACEHOLDER.search(each.get("href") or "")]
    drop(tree, removed)
    _footnotes(tree)
    for image in list(tree.iter("img")):
        given = _attributes(image)
        image.set("src", original(_string(given, "src") or image.get("src") or ""))
        image.set("alt", image.get("alt") or _string(given, "alt"))
    for element in list(tree.iter("div", "iframe")):
        _replace_embed(element, remarks)
    for mention in list(with_class(tree, "mention-wrap")):
        mention.text = mention.text or _string(_attributes(mention), "name")
    for name, attribute in (("pullquote", "data-pull-quote"), ("callout-block", "data-callout")):
        for element in list(with_class(tree, name)):
            element.tag = "aside"
            element.set(attribute, "")


def _replace_embed(element: HtmlElement, remarks: list[Remark]) -> None:
    """Its equivalent for what has its content as values only; a link if the kind is not known."""
    names = (element.get("class") or "").split()
    maker = next((MAKERS[each] for each in names if each in MAKERS), None)
    if maker is None and (not element.get("data-attrs") or not _is_empty(element)):
        return
    replacement = (maker or _link)(_attributes(element))
    if replacement is None:
        remarks.append(Remark("embed not understood", names[0] if names else str(element.tag)))
    else:
        replace(element, replacement)


def _is_empty(element: HtmlElement) -> bool:
    return not element.text_content().strip() and next(element.iter("img"), None) is None


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


def _footnotes(tree: HtmlElement) -> None:
    notes: dict[str, str] = {}
    found = []
    for note in with_class(tree, "footnote"):
        number = first_with_class(note, "footnote-number")
        content = first_with_class(note, "footnote-content")
        if number is not None and content is not None:
            notes[f"#{number.get('id', '')}"] = element_text(content)
            found.append(note)
    drop(tree, found)
    for anchor in list(with_class(tree, "footnote-anchor")):
        if text := notes.get(anchor.get("href") or ""):
            made = lxml_html.Element("span")
            made.set("data-footnote", text)
            replace(anchor, made)


def _video(given: dict[str, Any]) -> HtmlElement | None:
    number = _string(given, "videoId")
    if not YOUTUBE.fullmatch(number):
        return None
    return _embed({"url": f"https://www.youtube.com/watch?v={number}"})


def _vimeo(given: dict[str, Any]) -> HtmlElement | None:
    number = _string(given, "videoId")
    return _embed({"url": f"https://vimeo.com/{number}"}) if number.isdecimal() else None


def _instagram(given: dict[str, Any]) -> HtmlElement | None:
    number = _string(given, "instagram_id")
    known = YOUTUBE.fullmatch(number)
    return _embed({"url": f"https://www.instagram.com/p/{number}/"}) if known else None


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
    figure = lxml_html.Element("figure")
    figure.set("class", "wp-block-gallery")
    for each in listed:
        if isinstance(each, dict) and (source := _string(each, "src")):
            image = lxml_html.Element("img")
            image.set("src", original(source))
            figure.append(image)
    if caption := _string(gallery, "caption"):
        element = lxml_html.Element("figcaption")
        element.text = caption
        figure.append(element)
    return figure


MAKERS: Final = {
    "youtube-wrap": _video,
    "vimeo-wrap": _vimeo,
    "instagram-embed-wrap": _instagram,
    "latex-rendered": _formula,
    "image-gallery-embed": _gallery,
    **dict.fromkeys(("tweet", "twitter-embed", "instagram", "bluesky-wrap", "tiktok-wrap"), _embed),
    **dict.fromkeys(("datawrapper-wrap", "soundcloud-wrap", "spotify-wrap"), _embed),
    **dict.fromkeys(("native-video-embed", "native-audio-embed"), _embed),
    **dict.fromkeys(
        ("digest-post-embed", "embedded-post-wrap", "embedded-publication-wrap"), _link
    ),
    **dict.fromkeys(("comment", "file-embed-wrapper"), _link),
}
"""Class of a part → what makes its equivalent from the values it has as JSON."""
