"""A folder of texts as neutral records."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from html import unescape
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from articles.body.sanitiser import UNSTORABLE
from iria.transfer.captions import split_html
from iria.transfer.dates import moment
from iria.transfer.markdown import bodies, front_matter, old_site
from iria.transfer.markdown.folder import Folder
from iria.transfer.markdown.front_matter import Document, Value, text_of, texts_of
from iria.transfer.names import Announced, short_id, term_of
from iria.transfer.records import Image, Kind, Record, Remark, Site, State, Term, Text, Unreadable
from iria.transfer.urls import join
from iria.transfer.wordpress.bodies import path_of, plain

SYSTEM: Final = "markdown"
DATED: Final = re.compile(r"(?P<date>\d{4}-\d{1,2}-\d{1,2})-(?P<slug>.+)")
LANGUAGES: Final = frozenset(
    {"ar", "ca", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "hu", "id", "it"}
    | {"ja", "ko", "nb", "nl", "no", "pl", "pt", "ro", "ru", "sv", "tr", "uk", "ur", "vi", "zh"}
)
"""In the name of a file, as `about.de.md`."""
POST_FOLDERS: Final = frozenset(
    {"_posts", "_drafts", "post", "posts", "blog", "news", "article", "articles", "stories"}
)
PAGE_FOLDERS: Final = frozenset({"_pages", "page", "pages"})
LEAVES: Final = frozenset({"index", "_index"})
NOT_OF_A_SITE: Final = frozenset(
    {"readme", "license", "licence", "changelog", "contributing", "code_of_conduct", "security"}
)
TEMPLATE: Final = re.compile(
    r"\{%-?\s*(?:for|paginate|layout)\b|\{\{[<%]?\s*(?:content|range|define)\b"
)
TRUE: Final = frozenset({"true", "yes", "on", "1"})
FALSE: Final = frozenset({"false", "no", "off", "0"})
LEADS: Final = (
    *("cover", "image", "featured_image", "featuredimage", "featured-image", "feature_image"),
    *(
        "cover_image",
        "coverimage",
        "hero_image",
        "heroimage",
        "hero",
        "banner",
        "header",
        "feature",
    ),
    *("images", "thumbnail", "teaser", "photo", "img", "socialimage", "og_image"),
)
LEAD_PARTS: Final = ("src", "path", "url", "image", "feature", "relative", "teaser", "file", "name")
LEAD_FILE: Final = re.compile(
    r"(?:feature|featured|cover)[\w-]*\.(?:jpe?g|png|webp|avif|gif)$", re.IGNORECASE
)
STATIC: Final = ("", "static", "assets", "public", "content", "source", "src", "static/images")
"""Where files are that a path from the root of the site names."""
HEADING: Final = re.compile(r"\s*# +(?P<text>[^\n]+?)[ \t]*#*[ \t]*(?:\n|$)")
TITLE: Final = re.compile(r"<title[^>]*>(?P<text>.*?)</title>", re.DOTALL | re.IGNORECASE)
IMAGE_FILE: Final = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|tiff?|bmp)$", re.IGNORECASE)
COLLECTIONS: Final = frozenset({"post", "posts", "all", "nav", "page", "pages"})
"""Tags of Eleventy that only gather texts."""
MOST_NAMED: Final = 10


@dataclass(slots=True)
class MarkdownFolder:
    """`zone` is for dates without one, `site_url` the old site's if its settings do not name it."""

    root: Path
    zone: tzinfo
    site_url: str = ""
    folder: Folder = field(init=False)
    site: old_site.OldSite = field(init=False)
    _images: set[str] = field(default_factory=set)

    system = SYSTEM

    def __post_init__(self) -> None:
        self.folder = Folder(self.root)
        self.site = old_site.OldSite(self.folder)

    def check(self) -> None:
        """Reads the fields of every text.

        Raises:
            Unreadable: the folder or the fields of a text cannot be read; names up to ten of them.
        """
        self._read_site()
        broken: list[Unreadable] = []
        count = 0
        for path in self.folder.texts(self.site.below):
            count += 1
            try:
                self._document(path)
            except Unreadable as error:
                broken.append(error)
                if len(broken) == MOST_NAMED:
                    break
        if broken:
            reason = " ".join(
                [
                    broken[0].reason,
                    *(f"Also line {each.line} of {each.reason}" for each in broken[1:]),
                ]
            )
            raise Unreadable(reason, broken[0].line)
        if not count:
            message = "The folder has no texts: no file ends in .md, .markdown or .html."
            raise Unreadable(message)

    def records(self) -> Iterator[Record]:
        """Everything in the folder, sorted by path.

        Raises:
            Unreadable: see `check`.
        """
        self._read_site()
        self._images.clear()
        announced = Announced()
        url = self.site.url or self.site_url or f"folder:{self.folder.root.resolve().name}"
        yield Site(SYSTEM, self.site.title, url, self.site.language)
        for path in self.folder.texts(self.site.below):
            images: list[Image] = []
            text = self._text(path, images)
            if not text.skipped:
                yield from images
                yield from announced.before(text)
            yield text

    def _read_site(self) -> None:
        self.site = old_site.read(self.folder)
        if not self.site.url and self.site_url:
            self.site.url = self.site_url.rstrip("/")
        if self.site.zone in available_timezones():
            self.zone = ZoneInfo(self.site.zone)

    def _document(self, path: str) -> Document:
        text, is_guess = self.folder.read(path)
        try:
            document = front_matter.split(text)
        except Unreadable as error:
            message = f"{_shown(path)}: {error.reason}"
            raise Unreadable(message, error.line) from error
        document.is_guess = is_guess
        return document

    def _text(self, path: str, images: list[Image]) -> Text:
        place = _Place(path, self.site)
        text = Text(short_id(_shown(path)), Kind.POSTS, "", place.slug, "", State.PUBLISHED)
        if self.folder.file(path) is None:
            text.skipped = "It leads out of the folder."
            return text
        document = self._document(path)
        fields = document.fields
        text.kind = self._kind(place, fields)
        if reason := self._why_not(place, document):
            text.skipped = reason
            return text
        if document.is_guess:
            text.remarks.append(
                Remark("encoding guessed", "Read as Windows-1252, as it is no UTF-8.")
            )
        if not document.has_fields and not place.is_markdown:
            fields.update(bodies.page_fields(document.body))
        self._set_fields(text, place, document)
        self._set_paths(text, place, fields)
        self._set_body(text, place, document, images)
        self._set_lead(text, place, fields, images)
        return text

    def _kind(self, place: "_Place", fields: dict[str, Value]) -> Kind:
        named = text_of(fields.get("layout")) or text_of(fields.get("type"))
        if named in {"page", "pages"} or (place.sections and place.sections[0] in PAGE_FOLDERS):
            return Kind.PAGES
        if named in {"post", "posts"} or place.date or POST_FOLDERS & {*place.sections}:
            return Kind.POSTS
        if self.site.generator != old_site.PLAIN and not text_of(fields.get("date")):
            return Kind.PAGES
        return Kind.POSTS

    def _why_not(self, place: "_Place", document: Document) -> str:
        if place.stem == "_index":
            return "It belongs to a list of texts, not to a text."
        if not document.has_fields and not place.sections and place.stem.lower() in NOT_OF_A_SITE:
            return "It is about the folder, not a text of the site."
        is_template = not place.is_markdown and TEMPLATE.search(document.body)
        if is_template or (
            not document.has_fields
            and not place.is_markdown
            and self.site.generator != old_site.PLAIN
        ):
            return "It is a template, not a text."
        is_first = place.stem == "index" and place.folder == self.site.below
        if is_first and self.site.generator != old_site.PLAIN:
            return "It is the front page, which this site makes itself."
        return ""

    def _set_fields(self, text: Text, place: "_Place", document: Document) -> None:
        fields = document.fields
        text.title = _line(text_of(fields.get("title")))
        if not text.title and place.is_markdown and (found := HEADING.match(document.body)):
            text.title = _line(re.sub(r"[*_`]", "", found["text"]))
            document.body = document.body[found.end() :]
        elif not text.title and (found := TITLE.search(document.body)):
            text.title = _line(found["text"])
        text.title = text.title or re.sub(r"[-_]+", " ", place.slug).strip().capitalize()
        text.slug = text_of(fields.get("slug")).strip("/") or place.slug
        self._set_dates(text, place, fields)
        self._set_state(text, place, fields)
        description = _line(_first(fields, "description", "seo_description", "meta_description"))
        text.search_description = description
        text.standfirst = (
            _line(_first(fields, "standfirst", "subtitle", "dek", "lead", "summary", "excerpt"))
            or description
        )
        text.language = re.split(r"[-_]", _first(fields, "lang", "language", "locale").lower())[0]
        text.language = text.language or place.language
        text.canonical_url = _first(fields, "canonical_url", "canonicalurl", "canonical")
        text.comments_open = _first(fields, "comments").lower() not in FALSE
        text.noindex = (
            _first(fields, "noindex", "unlisted").lower() in TRUE
            or "noindex" in _first(fields, "robots", "metarobots").lower()
        )
        self._set_terms(text, place, fields)

    def _set_dates(self, text: Text, place: "_Place", fields: dict[str, Value]) -> None:
        given = _first(
            fields, "date", "publishdate", "published_at", "pubdate", "created", "created_at"
        )
        if not given and _first(fields, "published").lower() not in {*TRUE, *FALSE}:
            given = _first(fields, "published")
        text.published_at = moment(given, self.zone) or moment(place.date, self.zone)
        if given and not moment(given, self.zone):
            text.remarks.append(Remark("date not understood", given))
        changed = _first(fields, "lastmod", "updated", "modified", "last_modified_at", "updated_at")
        text.modified_at = moment(changed, self.zone)

    @staticmethod
    def _set_state(text: Text, place: "_Place", fields: dict[str, Value]) -> None:
        status = _first(fields, "status", "state").lower()
        if (
            _first(fields, "draft").lower() in TRUE
            or _first(fields, "published").lower() in FALSE
            or _first(fields, "hidden", "private").lower() in TRUE
            or status in {"draft", "pending", "private", "hidden"}
            or "_drafts" in place.parts
        ):
            text.state = State.DRAFT
        elif text.published_at is None and text.kind == Kind.POSTS:
            text.remarks.append(Remark("no date", "Published with the date of the import."))

    def _set_terms(self, text: Text, place: "_Place", fields: dict[str, Value]) -> None:
        grouped = fields.get("taxonomies")
        values = {**fields, **(grouped if isinstance(grouped, dict) else {})}
        categories = self._names(values, "categories", "category")
        tags = self._names(values, "tags", "tag", "keywords")
        if self.site.generator == old_site.ELEVENTY:
            tags = [each for each in tags if each.lower() not in COLLECTIONS]
        if self.site.generator == old_site.JEKYLL and "_posts" in place.parts:
            above = place.parts[: place.parts.index("_posts")]
            categories += [each for each in above if each not in {"source", "src", "docs"}]
        text.categories = _terms(categories, Kind.CATEGORIES)
        text.tags = _terms(tags, Kind.TAGS)
        names = texts_of(values.get("authors")) or texts_of(values.get("author"))
        text.authors = list(
            dict.fromkeys(_line(self.site.authors.get(each, each))[:120] for each in names)
        )

    def _names(self, fields: dict[str, Value], plural: str, singular: str, *more: str) -> list[str]:
        """Jekyll separates several in one text by spaces, others by commas."""
        found: list[str] = []
        for name in (plural, singular, *more):
            value = fields.get(name)
            if not isinstance(value, str):
                found += texts_of(value)
            elif "," in value:
                found += value.split(",")
            elif self.site.generator == old_site.JEKYLL and name == plural:
                found += value.split()
            elif value.strip():
                found.append(value)
        return found

    def _set_paths(self, text: Text, place: "_Place", fields: dict[str, Value]) -> None:
        text.path = self._path(place, fields, self._here(text), text.categories)
        if not place.is_markdown and self.site.generator == old_site.PLAIN:
            text.old_paths.append(path_of(f"/{_shown(place.path)}"))
        aliases = [*texts_of(fields.get("aliases")), *texts_of(fields.get("redirect_from"))]
        for each in aliases:
            # Hugo: an alias without a slash at its beginning stands beside the text.
            old = path_of(join(text.path.rstrip("/") or "/", each)) if text.path else path_of(each)
            if old and old != text.path:
                text.old_paths.append(old)
        if text.kind == Kind.PAGES and text.path.endswith(".html/"):
            text.old_paths.append(text.path)
            text.path = text.path.removesuffix(".html/") + "/"

    def _here(self, text: Text) -> datetime | None:
        """The date in the zone of the old site, which its URLs have."""
        return text.published_at.astimezone(self.zone) if text.published_at else None

    def _path(
        self, place: "_Place", fields: dict[str, Value], at: datetime | None, categories: list[Term]
    ) -> str:
        given = _first(fields, "url", "permalink")
        if given and "{" not in given and given.lower() not in FALSE:
            if ":" not in _url_path(given):
                return path_of(given)
            return place.expanded(given, at, categories, fields)
        slug = _first(fields, "slug").strip("/")
        pattern = self.site.permalinks.get("", "") if "_posts" in place.parts else ""
        if self.site.generator == old_site.HUGO and place.sections:
            pattern = self.site.permalinks.get(place.sections[0], "")
        if pattern:
            return place.expanded(pattern, at, categories, fields)
        parts = [*place.sections, slug or place.slug]
        if self.site.generator == old_site.JEKYLL and place.stem != "index":
            parts[-1:] = [f"{parts[-1]}.html"] if parts else []
        prefix = [place.language] if place.language and self.site.generator == old_site.HUGO else []
        return path_of("/" + "/".join([*prefix, *parts]))

    def _set_body(
        self, text: Text, place: "_Place", document: Document, images: list[Image]
    ) -> None:
        def identify(url: str) -> str:
            return self._image(url, place, images)

        def link(href: str) -> str:
            return self._link(href, text, place)

        converted = bodies.convert(
            document.body, is_markdown=place.is_markdown, identify=identify, link=link
        )
        text.body = converted.html
        text.remarks += converted.remarks
        text.credits.update(converted.credits)

    def _set_lead(
        self, text: Text, place: "_Place", fields: dict[str, Value], images: list[Image]
    ) -> None:
        for name in LEADS:
            url, parts = _lead(fields.get(name))
            if not url:
                continue
            source_id = self._image(url, place, images)
            stem = name.removesuffix("_image").removesuffix("image") or name
            flat = {
                part: _first(
                    fields,
                    *(f"{base}{mark}{part}" for base in (name, stem) for mark in "_-"),
                    f"{name}{part}",
                    f"{stem}{part}",
                )
                for part in ("alt", "caption", "credit")
            }
            caption = split_html(parts.get("caption") or flat["caption"])
            credit = parts.get("credit") or flat["credit"] or caption.credit
            if caption.is_undecided:
                text.remarks.append(Remark("undecided credit", caption.text))
            if credit:
                text.credits.setdefault(source_id, credit)
            text.lead_image = source_id
            text.lead_caption = caption.caption
            text.lead_alt = parts.get("alt") or flat["alt"]
            for number, each in enumerate(images):
                if each.source_id == source_id:
                    images[number] = replace(
                        each,
                        caption=_line(caption.caption),
                        credit=credit,
                        alt=parts.get("alt") or flat["alt"],
                    )
            return
        if place.is_bundle and (file := self._bundle_lead(place)):
            text.lead_image = self._image(file, place, images)

    def _bundle_lead(self, place: "_Place") -> str:
        """The image of a bundle that is its lead by its name."""
        folder = self.folder.root / place.folder
        try:
            names = sorted(each.name for each in folder.iterdir() if LEAD_FILE.fullmatch(each.name))
        except OSError:
            return ""
        return names[0] if names else ""

    def _image(self, url: str, place: "_Place", images: list[Image]) -> str:
        """The source id of an image; a record of it is made the first time."""
        url = url.strip()
        path = self._file_of(url, place)
        source_id = short_id(_shown(path) or url)
        if source_id and source_id not in self._images and not url.startswith("data:"):
            self._images.add(source_id)
            absolute = join(f"{self.site.url}/", url) if self.site.url else url
            images.append(
                Image(
                    source_id,
                    _safe(absolute if not path else _shown(path)),
                    path or self._missing(url),
                )
            )
        return source_id

    def _missing(self, url: str) -> str:
        """The path of a file that is not in the folder; empty for one on another server."""
        parts = urlsplit(url) if _url_path(url) else urlsplit("")
        is_own = not parts.netloc or parts.netloc == urlsplit(self.site.url).netloc
        return UNSTORABLE.sub("", unquote(parts.path)).lstrip("/") if is_own else ""

    def _file_of(self, url: str, place: "_Place") -> str:
        """The path in the folder, or empty."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return ""
        host = urlsplit(self.site.url).netloc
        if parts.scheme and parts.scheme not in {"http", "https"}:
            return ""
        if parts.netloc and parts.netloc != host:
            return ""
        path = unquote(parts.path).lstrip("/")
        if not path:
            return ""
        candidates = [f"{each}/{path}".lstrip("/") for each in STATIC]
        if not parts.path.startswith("/"):
            candidates[:0] = [f"{place.folder}/{path}", f"{place.folder}/{place.stem}/{path}"]
        return next((found for each in candidates if (found := self.folder.relative(each))), "")

    def _link(self, href: str, text: Text, place: "_Place") -> str:
        """A link to another file of the folder leads to the path that its text had."""
        try:
            parts = urlsplit(href)
        except ValueError:
            return href
        if parts.scheme or parts.netloc or not parts.path:
            return href
        path = UNSTORABLE.sub("", unquote(parts.path))
        starts = [""] if path.startswith("/") else [place.folder, ""]
        anchor = f"#{parts.fragment}" if parts.fragment else ""
        for start in [*starts, *([self.site.below] if self.site.below else [])]:
            for end in ("", ".md", ".markdown", "/index.md", "/_index.md"):
                name = f"{start}/{path.strip('/')}{end}".lstrip("/")
                if PurePosixPath(name).suffix.lower() in {".md", ".markdown"} and (
                    found := self.folder.relative(name)
                ):
                    return self._path_of_file(found) + anchor
        if self._file_of(href, place):
            text.remarks.append(Remark("file not imported", path))
        if path.startswith("/") or not text.path:
            return href
        return join(text.path, parts.path) + anchor

    def _path_of_file(self, path: str) -> str:
        try:
            fields = self._document(path).fields
        except Unreadable:
            return ""
        place = _Place(path, self.site)
        target = Text("", self._kind(place, fields), "", "", "", State.PUBLISHED)
        self._set_dates(target, place, fields)
        self._set_terms(target, place, fields)
        return self._path(place, fields, self._here(target), target.categories)


class _Place:
    """What the path of a file says."""

    def __init__(self, path: str, of: old_site.OldSite) -> None:
        pure = PurePosixPath(path)
        self.path = path
        self.parts = pure.parent.parts
        self.folder = "" if str(pure.parent) == "." else str(pure.parent)
        self.is_markdown = pure.suffix.lower() not in {".html", ".htm"}
        self.stem, self.language = _shown(pure.stem), ""
        before, dot, code = self.stem.rpartition(".")
        if dot and code.lower() in LANGUAGES:
            self.stem, self.language = before, code.lower()
        self.is_bundle = self.stem in LEAVES and self.folder not in {"", of.below}
        below = [_shown(each) for each in self.parts if each not in {"source", "src"}]
        if of.below and below[:1] == [of.below]:
            below = below[1:]
        if of.generator == old_site.HUGO and below and below[0] in LANGUAGES:
            self.language = below.pop(0)
        name = self.stem
        if name in LEAVES:
            name = below.pop() if below else ""
        dated = DATED.fullmatch(name)
        self.date = dated["date"] if dated else ""
        self.slug = dated["slug"] if dated else name or self.stem
        self.sections = (
            [each for each in below if each not in {"_posts", "_drafts"}]
            if (of.generator == old_site.JEKYLL)
            else below
        )
        if self.parts and self.parts[-1] in {"_posts", "_drafts"}:
            self.sections = self.sections or [self.parts[-1]]

    def expanded(
        self, pattern: str, at: datetime | None, categories: list[Term], fields: dict[str, Value]
    ) -> str:
        """The path by a pattern of Jekyll or Hugo; empty if it needs what is not known."""
        slug = _first(fields, "slug").strip("/") or self.slug
        title = re.sub(r"[^\w]+", "-", text_of(fields.get("title")).lower()).strip("-")
        values = {
            "categories": "/".join(each.source_id.replace(" ", "-") for each in categories),
            "section": self.sections[0] if self.sections else "",
            "sections": "/".join(self.sections),
            "slug": slug,
            "slugorfilename": slug,
            "slugorcontentbasename": slug,
            "filename": self.slug,
            "contentbasename": self.slug,
            "basename": self.slug,
            "name": self.slug,
            "path": "/".join([*self.sections, self.slug]),
            "output_ext": ".html",
            "title": slug if "_posts" in self.parts or not title else title,
        }
        pattern = pattern.replace(":output_ext", ".html")

        def value(found: re.Match[str]) -> str:
            name = found[1]
            if name in values:
                return values[name]
            form = DATE_PARTS.get(name)
            return at.strftime(form) if form and at else found[0]

        path = re.sub(r":([a-z_]+)", value, pattern)
        return "" if ":" in path else path_of(re.sub("/+", "/", f"/{path}"))


DATE_PARTS: Final = {
    "year": "%Y",
    "month": "%m",
    "day": "%d",
    "i_month": "%-m",
    "i_day": "%-d",
    "short_year": "%y",
    "y_day": "%j",
    "yearday": "%j",
    "hour": "%H",
    "minute": "%M",
    "second": "%S",
    "monthname": "%B",
    "short_month": "%b",
    "long_month": "%B",
    "week": "%V",
    "short_day": "%a",
}


def _url_path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _lead(value: Value | None, depth: int = 0) -> tuple[str, dict[str, str]]:
    """The URL of a lead image, and its alt text, caption and credit."""
    match value:
        case str() if IMAGE_FILE.search(_url_path(value.strip())) or value.startswith("http"):
            return value.strip(), {}
        case list() if value:
            return _lead(value[0], depth)
        case dict() if depth < 3:
            url = next(
                (url for each in LEAD_PARTS if (url := _lead(value.get(each), depth + 1)[0])), ""
            )
            parts = {
                "alt": _first(value, "alt", "image_alt", "alttext", "alt_text"),
                "caption": _first(value, "caption", "image_caption", "title", "description"),
                "credit": _first(value, "credit", "credits", "attribution", "copyright", "author"),
            }
            return url, parts
        case _:
            return "", {}


def _first(fields: dict[str, Value], *names: str) -> str:
    return next((found for each in names if (found := text_of(fields.get(each)))), "")


def _terms(names: list[str], kind: Kind) -> list[Term]:
    terms = {(term := term_of(each, kind)).source_id: term for each in names if each.strip()}
    return list(terms.values())


def _line(html: str) -> str:
    return " ".join(unescape(plain(html)).split())


def _shown(path: str) -> str:
    """A name that is no UTF-8 has surrogates, which a database refuses."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _safe(url: str) -> str:
    return "" if url.startswith("data:") else url
