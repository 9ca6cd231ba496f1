"""A WXR file as neutral records: its elements are read one after the other in flat memory.

WXR is RSS with elements of WordPress. Names are compared without their namespace, because its URL has the version of
the format in it and files with several versions exist.
"""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse

from articles.body.tree import UNREADABLE
from iria.transfer.bodies import IMAGE_FILE, comment_text, line_of, path_of
from iria.transfer.captions import split_html
from iria.transfer.names import join, language_of, moment_of_two
from iria.transfer.records import (
    NO_DATE,
    NO_TEXT,
    Author,
    Comment,
    CommentState,
    Image,
    Kind,
    Record,
    Remark,
    Site,
    State,
    Term,
    Text,
    Unreadable,
)
from iria.transfer.source_files import MAX_DEPTH, reading_xml
from iria.transfer.wordpress.bodies import convert

NAMESPACE: Final = "{http://wordpress.org/export/"
NO_EXPORT: Final = (
    "This is not a WordPress export. Make one in WordPress under Tools, Export, All content."
)


def elements_of(file: Path) -> Iterator[Element]:
    """The children of `channel`, each complete; it is emptied when the next one is asked for.

    Raises:
        Unreadable: the file is not well-formed, declares entities, or is no WordPress export; wherever that
            turns out.
    """
    with reading_xml(file, "an export") as source:
        yield from _children(source)


def _children(source: Any) -> Iterator[Element]:
    opened: list[Element] = []
    is_rss = is_export = False
    for event, element in iterparse(source, events=("start", "end"), forbid_dtd=True):
        if event == "start":
            opened.append(element)
            is_export = is_export or element.tag.startswith(NAMESPACE)
            is_rss = is_rss or (len(opened) == 1 and element.tag == "rss")
            if len(opened) > MAX_DEPTH:
                raise Unreadable(f"Elements are nested more than {MAX_DEPTH} deep.")
            continue
        opened.pop()
        if len(opened) == 2 and opened[1].tag == "channel":
            yield element
            opened[1].remove(element)
        elif len(opened) < 3:
            # Nothing outside the channel is kept, so memory stays flat for any file.
            for parent in opened[-1:]:
                parent.remove(element)
    # At the end, so that a broken file is called broken.
    if not (is_rss and is_export):
        raise Unreadable(NO_EXPORT, 1)


def name_of(element: Element) -> str:
    """The name without its namespace; the two `encoded` are told apart."""
    space, _, local = element.tag.rpartition("}")
    return "excerpt" if local == "encoded" and "excerpt" in space else local


class Values(dict[str, str]):
    """The names and texts of an element's children, or of its custom fields."""

    def text(self, name: str) -> str:
        return self.get(name, "").strip()

    def line(self, name: str) -> str:
        return line_of(self.get(name, ""))

    def first(self, names: tuple[str, ...]) -> str:
        """The first of these fields of plugins that has something else than a placeholder."""
        texts = (self.get(name, "") for name in names)
        return next((each for each in texts if each and not TEMPLATE.search(each)), "")


def values_of(element: Element) -> Values:
    """The text of every child by its name; of several with one name the first."""
    texts = Values()
    for child in element:
        texts.setdefault(name_of(child), child.text or "")
    return texts


SYSTEM: Final = "wordpress"
STATUS: Final = {
    "publish": State.PUBLISHED,
    "future": State.SCHEDULED,
    "draft": State.DRAFT,
    "pending": State.DRAFT,
    "private": State.DRAFT,
    "trash": State.TRASH,
}
COMMENT_STATUS: Final = {
    "1": CommentState.APPROVED,
    "approve": CommentState.APPROVED,
    "0": CommentState.PENDING,
    "hold": CommentState.PENDING,
    "spam": CommentState.SPAM,
    "trash": CommentState.DELETED,
    "post-trashed": CommentState.DELETED,
}
PINGS: Final = frozenset({"pingback", "trackback"})
CO_AUTHOR: Final = "cap-"
"""Before the name of an author of the plugin Co-Authors Plus."""
DESCRIPTIONS: Final = ("_yoast_wpseo_metadesc", "rank_math_description", "_aioseo_description")
CANONICAL: Final = ("_yoast_wpseo_canonical", "rank_math_canonical_url")
SOCIAL_TITLES: Final = (
    *("_yoast_wpseo_opengraph-title", "rank_math_facebook_title", "_aioseo_og_title"),
    "_yoast_wpseo_twitter-title",
)
PRIMARY: Final = ("_yoast_wpseo_primary_category", "rank_math_primary_category")
SUBTITLES: Final = ("newspack_post_subtitle", "wps_subtitle")
CREDITS: Final = ("_media_credit", "_newspack_media_credit", "credit", "_credit")
CREDITED: Final = "_navis_media_credit_org"
"""The organisation beside the name in the first of them."""
TRANSLATIONS: Final = "_wpml_import_translation_group"
LANGUAGE: Final = "_wpml_import_language_code"
"""Fields that the plugin WPML Export and Import adds; WPML alone writes nothing of this into an export."""
LANGUAGE_IN_URL: Final = re.compile(r"[?&]lang=([a-z]{2,3})\b", re.IGNORECASE)
READ: Final = frozenset({"footnotes", *SUBTITLES, *CREDITS})
"""Custom fields without an underscore at their beginning that are used."""
OF_PLUGINS: Final = re.compile(
    r"rank_math_|views|post_views|dsq_|amp_|ampforwp|essb_|sharing_|slide_template|rs_page_bg|classic-editor|"
    r"inline_featured|wp-smush|om_disable|ct_|mc4wp|footnotes|enclosure|syndication_|jetpack_|hide_|is_|.*_count$"
)
"""Settings of common plugins, which no reader sees."""
TRASHED: Final = "__trashed"
"""What WordPress appends to the slug of a text in the trash."""
REUSABLE: Final = "wp_block"
LEAD_CAPTION: Final = "_lead_caption"
"""Our own exports say so (`iria.transfer.site.wxr`); in WordPress the caption of the file is shown."""
TEMPLATE: Final = re.compile(r"%%?\w+%?%")
"""A placeholder in a field of an SEO plugin, which only the plugin can fill in."""
UPLOADS: Final = "/wp-content/uploads/"


@dataclass(slots=True)
class Export:
    """One file. `zone` is that of the old site, for dates without one."""

    file: Path
    zone: tzinfo
    post_types: Collection[str] = ("post",)
    _slugs: dict[str, str] = field(default_factory=dict)
    """Term id → slug of the categories."""
    _named: dict[str, str] = field(default_factory=dict)
    """Slug or name → slug of the categories, for files of WordPress 2, which have names instead of slugs."""
    _logins: dict[str, str] = field(default_factory=dict)
    """How WordPress writes an author in a URL → the login."""
    _reusable: dict[str, str] | None = None
    """Id → text of the reusable blocks, once a text has one."""
    _site_url: str = ""

    system = SYSTEM

    def records(self) -> Iterator[Record]:
        """Everything in the file, in its order.

        Raises:
            Unreadable: see `elements_of`.
        """
        header: dict[str, str] = {}
        site = False
        for element in elements_of(self.file):
            name = name_of(element)
            if name in {"title", "link", "language", "base_site_url", "base_blog_url"}:
                # A link of Atom has no text.
                header[name] = header.get(name) or (element.text or "").strip()
                continue
            if not site and name in CONTENT:
                site = True
                self._site_url = _site(header).url
                yield _site(header)
            yield from self._records_of(name, element)
        if not site:
            yield _site(header)

    def _records_of(self, name: str, element: Element) -> Iterator[Record]:
        match name:
            case "author":
                author = _author(values_of(element))
                self._logins.setdefault(author.slug, author.source_id)
                yield author
            case "category" if len(element):
                given = values_of(element)
                self._slugs[given.get("term_id", "")] = given.get("category_nicename", "")
                category = _category(given, self._named)
                self._named[category.source_id] = category.source_id
                self._named.setdefault(category.name, category.source_id)
                yield category
            case "tag":
                given = values_of(element)
                yield Term(
                    _slug(given.get("tag_slug", "")) or _digest(given.get("tag_name", "")),
                    given.line("tag_name") or given.get("tag_slug", ""),
                    description=given.line("tag_description"),
                )
            case "item":
                yield self._item(element)

    def _item(self, element: Element) -> Record:
        given, meta = values_of(element), _meta(element)
        match given.get("post_type", "post").strip() or "post":
            case "attachment":
                return _image(given, meta, self._site_url)
            case "guest-author":
                return _guest_author(given, meta)
            case post_type:
                return self._text(element, given, meta, post_type)

    def _text(self, element: Element, given: Values, meta: Values, post_type: str) -> Text:
        source_id = _source_id(given)
        converted = convert(
            given.get("encoded", ""),
            post_id=source_id,
            footnotes=meta.get("footnotes", ""),
            site_url=self._site_url,
            reusable=self._reusable_block,
        )
        text = Text(
            source_id=source_id,
            kind=Kind.PAGES if post_type == "page" else Kind.POSTS,
            title=given.line("title"),
            slug=_slug(given.get("post_name", "")).removesuffix(TRASHED),
            body=converted.html,
            state=STATUS.get(given.get("status", "publish").strip(), State.DRAFT),
            standfirst=line_of(meta.first(SUBTITLES) or given.get("excerpt", "")),
            search_description=line_of(meta.first(DESCRIPTIONS)),
            social_title=line_of(meta.first(SOCIAL_TITLES)),
            canonical_url=meta.first(CANONICAL).strip(),
            path=path_of(given.get("link", "")),
            comments_open=given.get("comment_status", "open").strip() != "closed",
            lead_caption=meta.get(LEAD_CAPTION, ""),
            lead_image=meta.text("_thumbnail_id"),
            noindex=meta.text("_yoast_wpseo_meta-robots-noindex") == "1"
            or '"noindex"' in meta.get("rank_math_robots", ""),
            comments=list(self._comments(element)),
            remarks=converted.remarks,
            credits=converted.credits,
        )
        self._set_dates(text, given)
        self._set_terms(text, element, given, meta)
        _set_language(text, given, meta)
        if named := _unread_fields(meta):
            text.remarks.append(Remark("custom fields not imported", ", ".join(named)[:500]))
        _set_state(text, given)
        if post_type not in {*self.post_types, "page"}:
            text.skipped = f"Post type “{post_type}” is not imported."
        return text

    def _reusable_block(self, number: str) -> str:
        if self._reusable is None:
            items = (e for e in elements_of(self.file) if name_of(e) == "item")
            values = (values_of(each) for each in items)
            self._reusable = {
                _source_id(given): given.get("encoded", "")
                for given in values
                if given.text("post_type") == REUSABLE
            }
        return self._reusable.get(number, "")

    def _set_dates(self, text: Text, given: Values) -> None:
        text.published_at, contradictory = moment_of_two(
            given.get("post_date", ""),
            given.get("post_date_gmt", ""),
            given.get("pubDate", ""),
            self.zone,
        )
        text.modified_at, _ = moment_of_two(
            given.get("post_modified", ""), given.get("post_modified_gmt", ""), "", self.zone
        )
        if contradictory:
            dates = f"{given.get('post_date')} and {given.get('post_date_gmt')} UTC"
            text.remarks.append(Remark("contradictory dates", f"{dates}; the first one was used."))

    def _set_terms(self, text: Text, element: Element, given: Values, meta: Values) -> None:
        others: dict[str, list[str]] = {}
        for domain, slug, name in self._terms(element):
            match domain:
                case "category":
                    text.categories.append(Term(slug, name or slug, Kind.CATEGORIES))
                case "post_tag" | "tag":
                    text.tags.append(Term(slug, name or slug))
                case "author":
                    slug = slug.removeprefix(CO_AUTHOR)
                    text.authors.append(self._logins.get(slug, slug))
                case "language":
                    text.language = slug.split("-")[0]
                case "post_translations":
                    # A term of Polylang, which all versions of a text have.
                    text.translation_key = slug
                case "post_format":
                    pass
                case _:
                    others.setdefault(domain, []).append(name or slug)
        for domain, names in sorted(others.items()):
            text.remarks.append(Remark("taxonomy not imported", f"{domain}: {', '.join(names)}"))
        if not text.authors and (creator := given.text("creator")):
            text.authors.append(creator)
        primary = self._slugs.get(meta.first(PRIMARY).strip())
        text.categories.sort(key=lambda term: term.source_id != primary)

    def _terms(self, element: Element) -> Iterator[tuple[str, str, str]]:
        """Taxonomy, slug and name."""
        given = [each for each in element if name_of(each) == "category"]
        # WordPress 2 wrote each term twice, once without its slug.
        twice = {each.text for each in given if each.get("nicename")}
        for each in given:
            if each.get("nicename") or each.text not in twice:
                name, slug = line_of(each.text or ""), _slug(each.get("nicename", ""))
                if name or slug:
                    slug = slug or self._named.get(name) or _digest(name)
                    yield each.get("domain", "category"), slug, name

    def _comments(self, element: Element) -> Iterator[Comment]:
        for each in element:
            if name_of(each) != "comment":
                continue
            given = values_of(each)
            written, _ = moment_of_two(
                given.get("comment_date", ""), given.get("comment_date_gmt", ""), "", self.zone
            )
            parent = given.text("comment_parent")
            content = comment_text(given.get("comment_content", ""))
            yield Comment(
                source_id=given.text("comment_id") or _digest(str(sorted(given.items()))),
                name=given.line("comment_author")[:80],
                email=given.text("comment_author_email"),
                text=content,
                created_at=written,
                state=COMMENT_STATUS.get(given.text("comment_approved"), CommentState.PENDING),
                parent="" if parent == "0" else parent,
                skipped=_why_no_comment(given.text("comment_type"), content),
            )


CONTENT: Final = frozenset({"author", "category", "tag", "item"})
"""With the first of them the header of the file ends."""


def _site(header: dict[str, str]) -> Site:
    url = header.get("base_blog_url") or header.get("link") or header.get("base_site_url") or ""
    language = language_of(header.get("language", ""))
    return Site(SYSTEM, line_of(header.get("title", "")), join(url, "").rstrip("/"), language)


def _author(given: Values) -> Author:
    login = given.text("author_login")
    full = f"{given.get('author_first_name', '')} {given.get('author_last_name', '')}".strip()
    name = given.line("author_display_name") or line_of(full) or login
    if name == login and "@" in name.strip("@"):
        # An e-mail address is not for readers.
        name = name.partition("@")[0]
    return Author(
        login or _digest(name),
        name or "Unknown",
        given.text("author_email"),
        _nicename(login),
    )


def _guest_author(given: Values, meta: Values) -> Author:
    login = meta.text("cap-user_login")
    slug = (_slug(given.get("post_name", "")) or _nicename(login)).removeprefix(CO_AUTHOR)
    return Author(
        slug or _source_id(given),
        meta.line("cap-display_name") or given.line("title") or login or "Unknown",
        meta.text("cap-user_email"),
        slug,
        meta.line("cap-description"),
    )


def _nicename(login: str) -> str:
    """How WordPress writes a login in URLs and in the terms of Co-Authors Plus."""
    plain = unicodedata.normalize("NFKD", login.lower()).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9 _-]", "", plain.replace(".", "-")).split()
    return re.sub("-+", "-", "-".join(words)).strip("-") or login


def _category(given: Values, named: Mapping[str, str]) -> Term:
    parent = _slug(given.get("category_parent", ""))
    slug = _slug(given.get("category_nicename", ""))
    name = given.line("cat_name")
    return Term(
        slug or _digest(name),
        name or slug or "Unnamed",
        Kind.CATEGORIES,
        # WordPress 2 gave the name of the parent.
        named.get(parent) or named.get(line_of(parent), parent),
        given.line("category_description"),
    )


def _image(given: Values, meta: Values, site_url: str) -> Image:
    url = (given.get("attachment_url") or given.get("guid") or "").strip()
    url = join(f"{site_url}/", url) if url and site_url else url
    path = meta.text("_wp_attached_file") or _below_uploads(url)
    parts = split_html(given.get("excerpt", ""))
    remarks = (Remark("undecided credit", parts.text),) if parts.is_undecided else ()
    parent = given.text("post_parent")
    credit = dict.fromkeys((line_of(meta.first(CREDITS)), line_of(meta.get(CREDITED, ""))))
    is_image = bool(IMAGE_FILE.search(path_of(url).rstrip("/") or path))
    return Image(
        source_id=_source_id(given),
        url=url,
        path=path,
        title=given.line("title"),
        caption=line_of(parts.caption),
        credit="/".join(each for each in credit if each) or parts.credit,
        alt=meta.line("_wp_attachment_image_alt"),
        page_path=path_of(given.get("link", "")),
        parent="" if parent == "0" else parent,
        remarks=remarks,
        skipped="" if is_image else "Only images are imported, not other files.",
    )


def _below_uploads(url: str) -> str:
    path = path_of(url).strip("/")
    _, found, below = f"/{path}".partition(UPLOADS)
    return below if found else path.rsplit("/", 1)[-1]


def _unread_fields(meta: Values) -> list[str]:
    """Custom fields of editors, which nothing here reads."""
    names = sorted(name for name in meta if name and name[0] != "_" and name not in READ)
    return [name for name in names if meta[name].strip() and not OF_PLUGINS.match(name)]


def _set_language(text: Text, given: Values, meta: Values) -> None:
    """As WPML has it, where Polylang has no term."""
    in_url = LANGUAGE_IN_URL.search(given.get("link", ""))
    language = meta.get(LANGUAGE, "").strip() or (in_url[1] if in_url else "")
    text.language = text.language or language.lower().split("-")[0]
    if not text.translation_key and (group := meta.get(TRANSLATIONS, "").strip()):
        text.translation_key = f"wpml {group}"


def _set_state(text: Text, given: Values) -> None:
    """What the status means here; whatever must not be public becomes a draft."""
    status = given.get("status", "publish").strip()
    if status in {"inherit", "auto-draft"}:
        text.skipped = f"Status “{status}”: made by WordPress itself."
    elif status not in STATUS:
        text.remarks.append(Remark("unknown status", f"“{status}”: imported as a draft."))
    if status == "private":
        text.remarks.append(Remark("private", "Imported as a draft."))
    if given.get("post_password", ""):
        text.state = State.TRASH if text.state == State.TRASH else State.DRAFT
        text.remarks.append(Remark("password-protected", "Imported as a draft."))
    if given.text("is_sticky") == "1":
        text.is_sticky = True
    if text.state == State.PUBLISHED and text.published_at is None:
        text.remarks.append(NO_DATE)


def _why_no_comment(kind: str, text: str) -> str:
    if kind in PINGS:
        return f"A {kind}, not a comment by a reader."
    if kind not in {"", "comment", "review"}:
        return f"Comments of type “{kind}” are not imported."
    if not text:
        return NO_TEXT
    return ""


def _meta(element: Element) -> Values:
    meta = Values()
    for each in element:
        if name_of(each) == "postmeta":
            given = values_of(each)
            meta.setdefault(given.get("meta_key", ""), given.get("meta_value", ""))
    return meta


def _source_id(given: Values) -> str:
    """The id; without one, what else tells the item from others."""
    number = given.text("post_id")
    return number or _digest(given.get("guid") or given.get("link") or given.get("title") or "")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]


def _slug(text: str) -> str:
    """WordPress escapes letters of other scripts."""
    return UNREADABLE.sub("", unquote(text.strip()))
