"""A folder of texts as neutral records."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from articles.body.cleaning import UNSTORABLE
from iria.transfer.bodies import FoundImages, path_of, title_of
from iria.transfer.captions import split_html
from iria.transfer.markdown import bodies, old_site
from iria.transfer.markdown.files import (
    FALSE,
    NOT_READ,
    TEXTS,
    TRUE,
    Document,
    Fields,
    Folder,
    image_of,
    texts_of,
)
from iria.transfer.markdown.old_site import Place
from iria.transfer.names import (
    Announced,
    join,
    language_of,
    moment,
    short_id,
    shown,
    terms_of,
    url_parts,
)
from iria.transfer.records import (
    NO_DATE,
    Image,
    Kind,
    Record,
    Redirect,
    Remark,
    Site,
    State,
    Term,
    Text,
    Unreadable,
)

SYSTEM: Final = "markdown"
MAX_NAMED: Final = 10
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
LEADS: Final = (
    *("cover", "image", "featured_image", "featuredimage", "featured-image", "feature_image"),
    *("cover_image", "coverimage", "hero_image", "heroimage", "hero", "banner", "header"),
    *("feature", "images", "thumbnail", "teaser", "photo", "img", "socialimage", "og_image"),
)
LEAD_FILE: Final = re.compile(
    r"(?:feature|featured|cover)[\w-]*\.(?:jpe?g|png|webp|avif|gif)$", re.IGNORECASE
)
STATIC: Final = ("", "static", "assets", "public", "content", "source", "src", "static/images")
"""Where files are that a path from the root of the site names."""
HEADING: Final = re.compile(r"\s*# +(?P<text>[^\n]+)(?:\n|$)")
TITLE: Final = re.compile(r"<title[^<>]*>(?P<text>(?:[^<]|<(?!/?title))*+)</title>", re.IGNORECASE)
CREDITS: Final = ("credit", "credits", "attribution", "copyright", "author", "byline")
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
    images: FoundImages = field(default_factory=FoundImages)

    def can_read(self, path: str) -> bool:
        return not self._why_unread(path)

    def _why_unread(self, path: str) -> str:
        suffix = PurePosixPath(path).suffix.lower()
        if suffix in NOT_READ:
            return f"Texts of the form {suffix} are not read."
        if self.folder.file(path) is None:
            return "It is a symbolic link to a folder, or leads out of the folder."
        return ""

    def read(self, path: str) -> Text:
        place = Place(path, self.site)
        text = Text(short_id(shown(path)), Kind.POSTS, "", place.slug, "", State.PUBLISHED)
        if reason := self._why_unread(path):
            text.skipped = reason
            return text
        document = self.site.document(path)
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
        self._set_body(text, place, document)
        self._set_lead(text, place, fields)
        return text

    def _kind(self, place: Place, fields: Fields) -> Kind:
        named = fields.first("layout") or fields.first("type")
        if named in {"page", "pages"} or (place.sections and place.sections[0] in PAGE_FOLDERS):
            return Kind.PAGES
        if named in {"post", "posts"} or place.date or POST_FOLDERS & {*place.sections}:
            return Kind.POSTS
        if self.site.generator != old_site.PLAIN and not fields.first("date"):
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
        text.title = title_of(fields.first("title"))
        if not text.title and place.is_markdown and (found := HEADING.match(document.body)):
            text.title = title_of(re.sub(r"[*_`]", "", found["text"].rstrip(" \t").rstrip("#")))
            document.body = document.body[found.end() :]
        elif not text.title and (found := TITLE.search(document.body)):
            text.title = title_of(found["text"])
        text.title = text.title or _title_of(place.slug)
        text.slug = fields.first("slug").strip("/") or place.slug
        self._set_dates(text, place, fields)
        self._set_state(text, place, fields)
        description = title_of(fields.first("description", "seo_description", "meta_description"))
        text.search_description = description
        text.standfirst = (
            title_of(fields.first("standfirst", "subtitle", "dek", "lead", "summary", "excerpt"))
            or description
        )
        text.language = language_of(fields.first("lang", "language", "locale")) or place.language
        text.canonical_url = fields.first("canonical_url", "canonicalurl", "canonical")
        text.comments_open = fields.first("comments").lower() not in FALSE
        text.noindex = (
            fields.is_true("noindex", "unlisted")
            or "noindex" in fields.first("robots", "metarobots").lower()
        )
        self._set_terms(text, place, fields)

    def _set_dates(self, text: Text, place: Place, fields: Fields) -> None:
        given = fields.first(
            "date", "publishdate", "published_at", "pubdate", "created", "created_at"
        )
        if not given and fields.first("published").lower() not in {*TRUE, *FALSE}:
            given = fields.first("published")
        text.published_at = moment(given, self.zone) or moment(place.date, self.zone)
        if given and not moment(given, self.zone):
            text.remarks.append(Remark("date not understood", given))
        changed = fields.first("lastmod", "updated", "modified", "last_modified_at", "updated_at")
        text.modified_at = moment(changed, self.zone)

    def _set_state(self, text: Text, place: Place, fields: Fields) -> None:
        status = fields.first("status", "state").lower()
        ends = moment(fields.first("expirydate", "unpublishdate"), self.zone)
        if (
            fields.is_true("draft")
            or fields.is_false("published")
            or fields.is_true("hidden", "private")
            or status in {"draft", "pending", "private", "hidden"}
            or "_drafts" in place.parts
        ):
            text.state = State.DRAFT
        elif _is_unlisted(fields):
            text.state = State.DRAFT
            text.remarks.append(Remark("not on the old site", "Imported as a draft."))
        elif ends and ends <= datetime.now(UTC):
            text.state = State.DRAFT
            day = ends.astimezone(self.zone)
            text.remarks.append(Remark("expired", f"{day:%Y-%m-%d}: imported as a draft."))
        elif text.published_at is None and text.kind == Kind.POSTS:
            text.remarks.append(NO_DATE)

    def _set_terms(self, text: Text, place: Place, fields: Fields) -> None:
        values = Fields({**fields, **fields.part("taxonomies")})
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
        text.categories = terms_of(categories, Kind.CATEGORIES)
        text.tags = terms_of(tags)
        names = texts_of(values.get("authors")) or texts_of(values.get("author"))
        text.authors = list(
            dict.fromkeys(title_of(self.site.authors.get(each, each))[:120] for each in names)
        )

    def _names(self, fields: Fields, plural: str, singular: str, *more: str) -> list[str]:
        """Jekyll separates several in one text by spaces, others by commas."""
        names: list[str] = []
        for name in (plural, singular, *more):
            value = fields.get(name)
            if not isinstance(value, str):
                names += texts_of(value)
            elif "," in value:
                names += value.split(",")
            elif self.site.generator == old_site.JEKYLL and name == plural:
                names += value.split()
            elif value.strip():
                names.append(value)
        return names

    def _set_paths(self, text: Text, place: Place, fields: Fields) -> None:
        text.path = place.path_on_site(fields, self._here(text), text.categories)
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

    def _set_body(self, text: Text, place: Place, document: Document) -> None:
        bodies.convert(
            document.body,
            is_markdown=place.is_markdown,
            is_vault=self.site.is_vault,
            find=self.folder.find,
            identify=lambda url: self._image(url, place),
            link=lambda href: self._link(href, text, place),
        ).put_into(text)

    def _set_lead(self, text: Text, place: Place, fields: Fields) -> None:
        for name in LEADS:
            url, parts = image_of(fields.get(name))
            if not url:
                continue
            source_id = self._image(url, place)
            stem = name.removesuffix("_image").removesuffix("image") or name
            names = [f"{base}{mark}" for mark in "_-" for base in (name, stem)] + [name, stem]
            for part in ("alt", "caption", "credit"):
                parts[part] = parts.get(part) or fields.first(*(f"{each}{part}" for each in names))
            caption = split_html(parts["caption"])
            credit = parts["credit"] or caption.credit
            if caption.is_undecided:
                text.remarks.append(Remark("undecided credit", caption.text))
            if credit:
                text.credits.setdefault(source_id, credit)
            text.lead_image = source_id
            text.lead_caption, text.lead_alt = caption.caption, parts["alt"]
            shown_caption = title_of(caption.caption)
            self.images.new = [
                replace(each, caption=shown_caption, credit=credit, alt=parts["alt"])
                if each.source_id == source_id
                else each
                for each in self.images.new
            ]
            return
        if place.is_bundle and (file := self._bundle_lead(place)):
            text.lead_image = self._image(file, place)
            self._set_resource(text, file, fields)

    @staticmethod
    def _set_resource(text: Text, file: str, fields: Fields) -> None:
        """What a page bundle of Hugo says of its files."""
        for each in fields.parts("resources"):
            if not fnmatch(file, each.first("src")):
                continue
            given = Fields({**each, **each.part("params")})
            caption = split_html(given.first("caption", "description", "title"))
            text.lead_caption = caption.caption
            text.lead_alt = given.first("alt", "alttext", "alt_text")
            if credit := given.first(*CREDITS) or caption.credit:
                text.credits.setdefault(text.lead_image, credit)
            return

    def _bundle_lead(self, place: Place) -> str:
        """The image of a bundle that is its lead by its name."""
        folder = self.folder.root / place.folder
        try:
            names = sorted(each.name for each in folder.iterdir() if LEAD_FILE.fullmatch(each.name))
        except OSError:
            return ""
        return names[0] if names else ""

    def _image(self, url: str, place: Place) -> str:
        """The source id of an image; a record of it is made the first time."""
        url = url.strip()
        path = self._file_of(url, place)
        source_id = short_id(shown(path) or url)
        if source_id and not url.startswith("data:"):
            absolute = join(f"{self.site.url}/", url) if self.site.url else url
            self.images.add(Image(source_id, shown(path) or absolute, path or self._missing(url)))
        return source_id

    def _missing(self, url: str) -> str:
        """The path of a file that is not in the folder; empty for one on another server."""
        parts = url_parts(url)
        is_own = not parts.netloc or parts.netloc == urlsplit(self.site.url).netloc
        return UNSTORABLE.sub("", unquote(parts.path)).lstrip("/") if is_own else ""

    def _file_of(self, url: str, place: Place) -> str:
        """The path in the folder, or empty."""
        parts = url_parts(url)
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
        parts = url_parts(href)
        if parts.scheme or parts.netloc or not parts.path:
            return href
        path = UNSTORABLE.sub("", unquote(parts.path))
        if path.startswith("/_posts/") and self.site.generator == old_site.JEKYLL:
            path = f"/{self.folder.find(path)}"
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
            fields = self.site.document(path).fields
        except Unreadable:
            return ""
        place = Place(path, self.site)
        target = Text("", self._kind(place, fields), "", "", "", State.PUBLISHED)
        self._set_dates(target, place, fields)
        self._set_terms(target, place, fields)
        return place.path_on_site(fields, self._here(target), target.categories)


def _title_of(slug: str) -> str:
    title = re.sub(r"[-_]+", " ", slug).strip()
    return title[:1].upper() + title[1:]


def _is_unlisted(fields: Fields) -> bool:
    """Whether a page was made without a URL."""
    render = (fields.part("build") or fields.part("_build")).first("render").lower()
    is_hidden = fields.is_true("headless") or fields.is_false("permalink")
    return is_hidden or render in {*FALSE, "never"}


def _without_code(body: str, remarks: list[Remark]) -> str:
    """MDX without its imports; components are reported."""
    names = dict.fromkeys(COMPONENT.findall(body))
    remarks += [Remark("unknown shortcode", name) for name in names]
    return MODULE.sub("", body)


@dataclass(slots=True)
class MarkdownFolder:
    """`zone` is for dates without one, `site_url` the old site's if its settings do not name it."""

    root: Path
    zone: tzinfo
    site_url: str = ""

    system = SYSTEM

    @staticmethod
    def _check(texts: Texts) -> None:
        """Reads the fields of every text. Raises Unreadable; see `records`."""
        broken: list[Unreadable] = []
        count = 0
        for path in texts.folder.texts(texts.site.below):
            if not texts.can_read(path):
                continue
            count += 1
            try:
                texts.site.document(path)
            except Unreadable as error:
                broken.append(error)
                if len(broken) == MAX_NAMED:
                    break
        if broken:
            raise Unreadable(
                " ".join(
                    [
                        broken[0].reason,
                        *(f"Also line {each.line} of {each.reason}" for each in broken[1:]),
                    ]
                ),
                broken[0].line,
            )
        if not count:
            raise Unreadable("The folder has no texts: no file ends in .md, .markdown or .html.")

    def records(self) -> Iterator[Record]:
        """Everything in the folder, sorted by path.

        Raises:
            Unreadable: the folder or the fields of a text cannot be read; names up to ten of them.
        """
        texts = self._texts()
        self._check(texts)
        announced = Announced()
        url = texts.site.url or self.site_url or f"folder:{shown(texts.folder.root.resolve().name)}"
        yield Site(SYSTEM, texts.site.title, url, texts.site.language)
        terms: list[Term] = []
        for path in texts.folder.texts(texts.site.below):
            text = texts.read(path)
            if not text.skipped:
                yield from texts.images.take()
                for record in announced.before(text):
                    yield record
                    if isinstance(record, Term):
                        terms.append(record)
            yield text
        if texts.site.generator == old_site.HUGO:
            yield from (_list_of(term, texts.site.base_path) for term in terms)

    def _texts(self) -> Texts:
        folder = Folder(self.root)
        site = old_site.read(folder)
        if not site.url and self.site_url:
            site.url = self.site_url.rstrip("/")
        site.base_path = urlsplit(site.url).path.rstrip("/") + site.base_path
        zone = ZoneInfo(site.zone) if site.zone in available_timezones() else self.zone
        return Texts(folder, site, zone)


def _list_of(term: Term, base_path: str) -> Redirect:
    """Where Hugo had the list of a category or tag."""
    old, new = ("categories", "category") if term.kind == Kind.CATEGORIES else ("tags", "tag")
    slug = term.source_id.replace(" ", "-")
    return Redirect(f"{base_path}/{old}/{slug}/", f"/{new}/{slug}/")
