"""One text of a folder as a neutral record, with the images that it shows."""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from fnmatch import fnmatch
from html import unescape
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote, urlsplit

from articles.body.sanitiser import UNSTORABLE
from iria.transfer.captions import split_html
from iria.transfer.dates import moment
from iria.transfer.markdown import bodies, front_matter, old_site
from iria.transfer.markdown.folder import NOT_READ, TEXTS, Folder
from iria.transfer.markdown.front_matter import Document, Value, first_of, text_of, texts_of
from iria.transfer.markdown.places import Place, shown
from iria.transfer.names import short_id, term_of
from iria.transfer.records import Image, Kind, Remark, State, Term, Text, Unreadable
from iria.transfer.urls import join
from iria.transfer.wordpress.bodies import path_of, plain

POST_FOLDERS: Final = frozenset(
    {"_posts", "_drafts", "post", "posts", "blog", "news", "article", "articles", "stories"}
)
PAGE_FOLDERS: Final = frozenset({"_pages", "page", "pages"})
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
CREDITS: Final = ("credit", "credits", "attribution", "copyright", "author", "byline")
VARIABLE: Final = re.compile(r"\{\{-?\s*([\w.]+)\s*(?:\|\s*(?:slug|slugify)\s*)?-?\}\}")
COMPONENT: Final = re.compile(r"<([A-Z]\w{0,60})\b")
MODULE: Final = re.compile(r"^(?:import|export)\b[^\n]*\n?", re.MULTILINE)
COLLECTIONS: Final = frozenset({"post", "posts", "all", "nav", "page", "pages"})
"""Tags of Eleventy that only gather texts."""


@dataclass(slots=True)
class Texts:
    """Reads the texts of a folder. `zone` is for dates without one."""

    folder: Folder
    site: old_site.OldSite
    zone: tzinfo
    _images: set[str] = field(default_factory=set)
    _paths: dict[str, str] = field(default_factory=dict)
    """Name of a file in lower case, that of a text also without its suffix → the shortest path."""

    def can_read(self, path: str) -> bool:
        return not self._why_unread(path)

    def _why_unread(self, path: str) -> str:
        suffix = PurePosixPath(path).suffix.lower()
        if suffix in NOT_READ:
            return f"Texts of the form {suffix} are not read."
        if self.folder.file(path) is None:
            return "It is a symbolic link to a folder, or leads out of the folder."
        return ""

    def document(self, path: str) -> Document:
        text, is_guess = self.folder.read(path)
        try:
            document = front_matter.split(text)
        except Unreadable as error:
            message = f"{shown(path)}: {error.reason}"
            raise Unreadable(message, error.line) from error
        document.is_guess = is_guess
        fields = document.fields
        for name, value in self._defaults(path, has_fields=document.has_fields).items():
            fields.setdefault(name, value)
        return document

    def _defaults(self, path: str, *, has_fields: bool) -> dict[str, Value]:
        """The fields that settings give to texts of a folder: for Jekyll and Eleventy."""
        found: dict[str, Value] = {}
        if self.site.generator == old_site.JEKYLL and has_fields:
            parts = PurePosixPath(path).parts
            kinds = {"posts"} & {each.removeprefix("_") for each in parts} or {
                parts[0].removeprefix("_") if parts[0].startswith("_") else "pages"
            }
            for below, kind, values in self.site.defaults:
                if f"{path}/".startswith(f"{below}/".lstrip("/")) and kind in {"", *kinds}:
                    found |= values
        elif self.site.generator == old_site.ELEVENTY:
            for folder in reversed(PurePosixPath(path).parents):
                found |= self._data(f"{folder}/{folder.name}")
            found |= self._data(path.removesuffix(PurePosixPath(path).suffix))
        return found

    def _data(self, name: str) -> dict[str, Value]:
        """A file of Eleventy with the fields of a folder or a text."""
        for end in (".json", ".11tydata.json"):
            if self.folder.file(f"{name}{end}"):
                text, _ = self.folder.read(f"{name}{end}")
                try:
                    return front_matter.parse(text, "json")
                except Unreadable as error:
                    message = f"{name}{end}: {error.reason}"
                    raise Unreadable(message, error.line) from error
        return {}

    def read(self, path: str, images: list[Image]) -> Text:
        place = Place(path, self.site)
        text = Text(short_id(shown(path)), Kind.POSTS, "", place.slug, "", State.PUBLISHED)
        if reason := self._why_unread(path):
            text.skipped = reason
            return text
        document = self.document(path)
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
        if place.path.endswith((".mdx", ".MDX")):
            document.body = _without_code(document.body, text.remarks)
        self._set_fields(text, place, document)
        self._set_paths(text, place, fields)
        self._set_body(text, place, document, images)
        self._set_lead(text, place, fields, images)
        return text

    def _kind(self, place: Place, fields: dict[str, Value]) -> Kind:
        named = text_of(fields.get("layout")) or text_of(fields.get("type"))
        if named in {"page", "pages"} or (place.sections and place.sections[0] in PAGE_FOLDERS):
            return Kind.PAGES
        if named in {"post", "posts"} or place.date or POST_FOLDERS & {*place.sections}:
            return Kind.POSTS
        if self.site.generator != old_site.PLAIN and not text_of(fields.get("date")):
            return Kind.PAGES
        return Kind.POSTS

    def _why_not(self, place: Place, document: Document) -> str:
        if place.stem == "_index":
            return "It belongs to a list of texts, not to a text."
        if not document.has_fields and not document.body.strip():
            return "The file is empty."
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

    def _set_fields(self, text: Text, place: Place, document: Document) -> None:
        fields = document.fields
        text.title = _line(text_of(fields.get("title")))
        if not text.title and place.is_markdown and (found := HEADING.match(document.body)):
            text.title = _line(re.sub(r"[*_`]", "", found["text"]))
            document.body = document.body[found.end() :]
        elif not text.title and (found := TITLE.search(document.body)):
            text.title = _line(found["text"])
        text.title = text.title or _title_of(place.slug)
        text.slug = text_of(fields.get("slug")).strip("/") or place.slug
        self._set_dates(text, place, fields)
        self._set_state(text, place, fields)
        description = _line(first_of(fields, "description", "seo_description", "meta_description"))
        text.search_description = description
        text.standfirst = (
            _line(first_of(fields, "standfirst", "subtitle", "dek", "lead", "summary", "excerpt"))
            or description
        )
        text.language = re.split(r"[-_]", first_of(fields, "lang", "language", "locale").lower())[0]
        text.language = text.language or place.language
        text.canonical_url = first_of(fields, "canonical_url", "canonicalurl", "canonical")
        text.comments_open = first_of(fields, "comments").lower() not in FALSE
        text.noindex = (
            first_of(fields, "noindex", "unlisted").lower() in TRUE
            or "noindex" in first_of(fields, "robots", "metarobots").lower()
        )
        self._set_terms(text, place, fields)

    def _set_dates(self, text: Text, place: Place, fields: dict[str, Value]) -> None:
        given = first_of(
            fields, "date", "publishdate", "published_at", "pubdate", "created", "created_at"
        )
        if not given and first_of(fields, "published").lower() not in {*TRUE, *FALSE}:
            given = first_of(fields, "published")
        text.published_at = moment(given, self.zone) or moment(place.date, self.zone)
        if given and not moment(given, self.zone):
            text.remarks.append(Remark("date not understood", given))
        changed = first_of(
            fields, "lastmod", "updated", "modified", "last_modified_at", "updated_at"
        )
        text.modified_at = moment(changed, self.zone)

    def _set_state(self, text: Text, place: Place, fields: dict[str, Value]) -> None:
        status = first_of(fields, "status", "state").lower()
        ends = moment(first_of(fields, "expirydate", "unpublishdate"), self.zone)
        if (
            first_of(fields, "draft").lower() in TRUE
            or first_of(fields, "published").lower() in FALSE
            or first_of(fields, "hidden", "private").lower() in TRUE
            or status in {"draft", "pending", "private", "hidden"}
            or "_drafts" in place.parts
        ):
            text.state = State.DRAFT
        elif _is_unlisted(fields):
            text.state = State.DRAFT
            text.remarks.append(Remark("not on the old site", "Imported as a draft."))
        elif ends and ends <= datetime.now(UTC):
            text.state = State.DRAFT
            text.remarks.append(Remark("expired", f"{ends:%Y-%m-%d}: imported as a draft."))
        elif text.published_at is None and text.kind == Kind.POSTS:
            text.remarks.append(Remark("no date", "Published with the date of the import."))

    def _set_terms(self, text: Text, place: Place, fields: dict[str, Value]) -> None:
        grouped = fields.get("taxonomies")
        values = {**fields, **(grouped if isinstance(grouped, dict) else {})}
        categories = self._names(values, "categories", "category")
        tags = self._names(values, "tags", "tag", "keywords")
        if self.site.generator == old_site.ELEVENTY:
            tags = [each for each in tags if each.lower() not in COLLECTIONS]
        if self.site.generator == old_site.JEKYLL and "_posts" in place.parts:
            above = place.parts[: place.parts.index("_posts")]
            categories += [each for each in above if each not in {"source", "src", "docs"}]
        text.remarks += [
            Remark("taxonomy not imported", f"{name}: {', '.join(found)}")
            for name in self.site.taxonomies
            if (found := texts_of(fields.get(name.lower())))
        ]
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

    def _set_paths(self, text: Text, place: Place, fields: dict[str, Value]) -> None:
        text.path = self._path(place, fields, self._here(text), text.categories)
        if not place.is_markdown and self.site.generator == old_site.PLAIN:
            text.old_paths.append(path_of(f"/{shown(place.path)}"))
        aliases = texts_of(fields.get("redirect_from"))
        if not self.site.is_vault:
            # There they are other names of a note.
            aliases += texts_of(fields.get("aliases"))
        for each in aliases:
            # Hugo: an alias without a slash at its beginning stands beside the text.
            old = path_of(join(text.path.rstrip("/") or "/", each)) if text.path else path_of(each)
            if old and old != text.path:
                text.old_paths.append(old)
        if text.kind == Kind.PAGES and text.path.endswith(".html/"):
            text.old_paths.append(text.path)
            text.path = text.path.removesuffix(".html/") + "/"
        if base := self.site.base_path:
            text.old_paths += [f"{base}{each}" for each in (text.path, *text.old_paths) if each]

    def _here(self, text: Text) -> datetime | None:
        """The date in the zone of the old site, which its URLs have."""
        return text.published_at.astimezone(self.zone) if text.published_at else None

    def _path(
        self, place: Place, fields: dict[str, Value], at: datetime | None, categories: list[Term]
    ) -> str:
        given = _filled(first_of(fields, "url", "permalink"), place, fields)
        if given and "{" not in given and given.lower() not in FALSE:
            if ":" not in _url_path(given):
                return path_of(given)
            return place.expanded(given, at, categories, fields)
        slug = first_of(fields, "slug").strip("/")
        pattern = self.site.permalinks.get("", "") if "_posts" in place.parts else ""
        if place.collection:
            pattern = self.site.permalinks.get(place.collection, "")
        if self.site.generator == old_site.HUGO and place.sections:
            pattern = self.site.permalinks.get(place.sections[0], "")
        if pattern:
            return place.expanded(pattern, at, categories, fields)
        parts = [*place.sections, slug or place.name]
        if self.site.generator == old_site.HUGO:
            parts = [each.lower().replace(" ", "-") for each in parts]
        if self.site.generator == old_site.JEKYLL and place.stem != "index":
            parts[-1:] = [f"{parts[-1]}.html"] if parts else []
        prefix = [place.language] if place.language and self.site.generator == old_site.HUGO else []
        return path_of("/" + "/".join([*prefix, *parts]))

    def _set_body(self, text: Text, place: Place, document: Document, images: list[Image]) -> None:
        def identify(url: str) -> str:
            return self._image(url, place, images)

        def link(href: str) -> str:
            return self._link(href, text, place)

        converted = bodies.convert(
            document.body,
            is_markdown=place.is_markdown,
            is_vault=self.site.is_vault,
            find=self._find,
            identify=identify,
            link=link,
        )
        text.body = converted.html
        text.remarks += converted.remarks
        text.credits.update(converted.credits)

    def _set_lead(
        self, text: Text, place: Place, fields: dict[str, Value], images: list[Image]
    ) -> None:
        for name in LEADS:
            url, parts = _lead(fields.get(name))
            if not url:
                continue
            source_id = self._image(url, place, images)
            stem = name.removesuffix("_image").removesuffix("image") or name
            flat = {
                part: first_of(
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
            self._set_resource(text, file, fields)

    @staticmethod
    def _set_resource(text: Text, file: str, fields: dict[str, Value]) -> None:
        """What a page bundle of Hugo says of its files."""
        listed = fields.get("resources")
        for each in listed if isinstance(listed, list) else []:
            if not isinstance(each, dict) or not fnmatch(file, text_of(each.get("src"))):
                continue
            params = each.get("params")
            given = {**each, **(params if isinstance(params, dict) else {})}
            caption = split_html(first_of(given, "caption", "description", "title"))
            text.lead_caption = caption.caption
            text.lead_alt = first_of(given, "alt", "alttext", "alt_text")
            if credit := first_of(given, *CREDITS) or caption.credit:
                text.credits.setdefault(text.lead_image, credit)
            return

    def _find(self, name: str) -> str:
        """The path of a file or a text that is named without its folder, or only with a part of it."""
        name = unquote(name).strip().lstrip("/")
        for end in ("", ".md", ".markdown"):
            if found := self.folder.relative(f"{name}{end}"):
                return found
        if not self._paths:
            for path in self.folder.files():
                pure = PurePosixPath(path)
                for key in (pure.name, pure.stem) if pure.suffix.lower() in TEXTS else (pure.name,):
                    known = self._paths.setdefault(key.casefold(), path)
                    if path.count("/") < known.count("/"):
                        self._paths[key.casefold()] = path
        last = PurePosixPath(name.casefold())
        stem = last.stem if last.suffix in TEXTS else ""
        return self._paths.get(last.name) or self._paths.get(stem, "")

    def _bundle_lead(self, place: Place) -> str:
        """The image of a bundle that is its lead by its name."""
        folder = self.folder.root / place.folder
        try:
            names = sorted(each.name for each in folder.iterdir() if LEAD_FILE.fullmatch(each.name))
        except OSError:
            return ""
        return names[0] if names else ""

    def _image(self, url: str, place: Place, images: list[Image]) -> str:
        """The source id of an image; a record of it is made the first time."""
        url = url.strip()
        path = self._file_of(url, place)
        source_id = short_id(shown(path) or url)
        if source_id and source_id not in self._images and not url.startswith("data:"):
            self._images.add(source_id)
            absolute = join(f"{self.site.url}/", url) if self.site.url else url
            images.append(
                Image(
                    source_id,
                    _safe(absolute if not path else shown(path)),
                    path or self._missing(url),
                )
            )
        return source_id

    def _missing(self, url: str) -> str:
        """The path of a file that is not in the folder; empty for one on another server."""
        parts = urlsplit(url) if _url_path(url) else urlsplit("")
        is_own = not parts.netloc or parts.netloc == urlsplit(self.site.url).netloc
        return UNSTORABLE.sub("", unquote(parts.path)).lstrip("/") if is_own else ""

    def _file_of(self, url: str, place: Place) -> str:
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
        path = unquote(parts.path)
        if path.startswith(f"{self.site.base_path}/"):
            path = path.removeprefix(self.site.base_path)
        path = path.lstrip("/")
        if not path:
            return ""
        candidates = [f"{each}/{path}".lstrip("/") for each in STATIC]
        if not parts.path.startswith("/"):
            candidates[:0] = [f"{place.folder}/{path}", f"{place.folder}/{place.stem}/{path}"]
        return next((found for each in candidates if (found := self.folder.relative(each))), "")

    def _link(self, href: str, text: Text, place: Place) -> str:
        """A link to another file of the folder leads to the path that its text had."""
        try:
            parts = urlsplit(href)
        except ValueError:
            return href
        if parts.scheme or parts.netloc or not parts.path:
            return href
        path = UNSTORABLE.sub("", unquote(parts.path))
        if path.startswith("/_posts/") and self.site.generator == old_site.JEKYLL:
            path = f"/{self._find(path)}"
        starts = [""] if path.startswith("/") else [place.folder, ""]
        anchor = f"#{parts.fragment}" if parts.fragment else ""
        for start in [*starts, *([self.site.below] if self.site.below else [])]:
            for end in ("", ".md", ".markdown", "/index.md", "/_index.md"):
                name = f"{start}/{path.strip('/')}{end}".lstrip("/")
                if PurePosixPath(name).suffix.lower() in TEXTS and (
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
            fields = self.document(path).fields
        except Unreadable:
            return ""
        place = Place(path, self.site)
        target = Text("", self._kind(place, fields), "", "", "", State.PUBLISHED)
        self._set_dates(target, place, fields)
        self._set_terms(target, place, fields)
        return self._path(place, fields, self._here(target), target.categories)


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
                "alt": first_of(value, "alt", "image_alt", "alttext", "alt_text"),
                "caption": first_of(value, "caption", "image_caption", "title", "description"),
                "credit": first_of(
                    value, "credit", "credits", "attribution", "copyright", "author"
                ),
            }
            return url, parts
        case _:
            return "", {}


def _terms(names: list[str], kind: Kind) -> list[Term]:
    terms = {(term := term_of(each, kind)).source_id: term for each in names if each.strip()}
    return list(terms.values())


def _line(html: str) -> str:
    return " ".join(unescape(plain(html)).split())


def _title_of(slug: str) -> str:
    title = re.sub(r"[-_]+", " ", slug).strip()
    return title[:1].upper() + title[1:]


def _is_unlisted(fields: dict[str, Value]) -> bool:
    """Whether a page was made without a URL."""
    build = fields.get("build") or fields.get("_build")
    render = text_of(build.get("render")).lower() if isinstance(build, dict) else ""
    is_hidden = text_of(fields.get("headless")).lower() in TRUE
    return (
        is_hidden
        or render in {*FALSE, "never"}
        or text_of(fields.get("permalink")).lower() in FALSE
    )


def _filled(pattern: str, place: Place, fields: dict[str, Value]) -> str:
    """A permalink of Eleventy with the name and the title, of which most are made."""
    values = {
        "page.fileslug": place.slug,
        "slug": first_of(fields, "slug"),
        "title": re.sub(r"[^\w]+", "-", text_of(fields.get("title")).lower()).strip("-"),
    }
    return VARIABLE.sub(lambda found: values.get(found[1].lower()) or found[0], pattern)


def _without_code(body: str, remarks: list[Remark]) -> str:
    """MDX without its imports; components are reported."""
    names = dict.fromkeys(COMPONENT.findall(body))
    remarks += [Remark("unknown shortcode", name) for name in names]
    return MODULE.sub("", body)


def _safe(url: str) -> str:
    return "" if url.startswith("data:") else url
