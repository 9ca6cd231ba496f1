"""Which generator a folder belongs to, the settings of the site, and what the path of a text says."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import Final

from iria.transfer.bodies import path_of
from iria.transfer.markdown import files
from iria.transfer.markdown.files import Document, Fields, Folder, text_of, texts_of
from iria.transfer.names import is_web_url, join, language_of, shown, url_parts
from iria.transfer.records import Term, Unreadable

HUGO: Final = "hugo"
JEKYLL: Final = "jekyll"
ELEVENTY: Final = "eleventy"
PLAIN: Final = "plain"

FORMATS: Final = {"yml": "yaml", "yaml": "yaml", "toml": "toml", "json": "json"}
CONFIGURATIONS: Final = (
    *(
        f"{folder}{name}.{end}"
        for folder in ("", "config/_default/")
        for name in ("hugo", "config")
        for end in ("toml", "yaml", "yml", "json")
    ),
    *("_config.yml", "_config.yaml", "_config.toml"),
)
AUTHORS: Final = ("_data/authors.yml", "_data/authors.yaml", "_data/authors.json")
ELEVENTY_FILES: Final = (
    *(".eleventy.js", "eleventy.config.js", "eleventy.config.mjs", "eleventy.config.cjs"),
    "eleventy.config.ts",
)
JEKYLL_STYLES: Final = {
    "date": "/:categories/:year/:month/:day/:title.html",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title.html",
    "weekdate": "/:categories/:year/W:week/:short_day/:title.html",
    "none": "/:categories/:title.html",
}
HUGO_LEFT_OUT: Final = frozenset(
    {"public", "themes", "layouts", "archetypes", "resources", "static"}
)


@dataclass(slots=True)
class OldSite:
    folder: Folder
    generator: str = PLAIN
    below: str = ""
    """Where its texts are."""
    title: str = ""
    url: str = ""
    language: str = ""
    base_path: str = ""
    """Below which its pages were, such as `/blog`; empty for the root."""
    omits_dates: bool = False
    """Whether URLs have the name of a file without the date at its beginning."""
    is_vault: bool = False
    """Whether they are notes of Obsidian."""
    taxonomies: list[str] = field(default_factory=list)
    """The taxonomies of Hugo besides categories and tags."""
    defaults: list[tuple[str, str, Fields]] = field(default_factory=list)
    """The defaults of Jekyll: path and type of texts, and the fields that they have unless they say otherwise."""
    zone: str = ""
    permalinks: dict[str, str] = field(default_factory=dict)
    """Section → pattern; that of "" is for every text."""
    authors: dict[str, str] = field(default_factory=dict)
    """The short name that texts use → the name."""

    def document(self, path: str) -> Document:
        text, is_guess = self.folder.read(path)
        try:
            document = files.split_fields(text)
        except Unreadable as error:
            raise error.named(shown(path)) from error
        document.is_guess = is_guess
        fields = document.fields
        for name, value in self._defaults(path, has_fields=document.has_fields).items():
            fields.setdefault(name, value)
        return document

    def _defaults(self, path: str, *, has_fields: bool) -> Fields:
        """The fields that settings give to texts of a folder: for Jekyll and Eleventy."""
        defaults = Fields()
        if self.generator == JEKYLL and has_fields:
            parts = PurePosixPath(path).parts
            kinds = {"posts"} & {each.removeprefix("_") for each in parts} or {
                parts[0].removeprefix("_") if parts[0].startswith("_") else "pages"
            }
            for below, kind, values in self.defaults:
                if f"{path}/".startswith(f"{below}/".lstrip("/")) and kind in {"", *kinds}:
                    defaults |= values
        elif self.generator == ELEVENTY:
            for folder in reversed(PurePosixPath(path).parents):
                defaults |= self._data(f"{folder}/{folder.name}")
            defaults |= self._data(path.removesuffix(PurePosixPath(path).suffix))
        return defaults

    def _data(self, name: str) -> Fields:
        """A file of Eleventy with the fields of a folder or a text."""
        for end in (".json", ".11tydata.json"):
            if self.folder.file(f"{name}{end}"):
                return _settings(self.folder, f"{name}{end}")
        return Fields()


def read(folder: Folder) -> OldSite:
    """Raises Unreadable if the settings are broken."""
    name = next((each for each in CONFIGURATIONS if folder.file(each)), "")
    settings = _settings(folder, name) if name else Fields()
    site = OldSite(folder)
    if name.startswith("_config") or folder.has("_posts") or folder.has("source/_posts"):
        site.generator = JEKYLL
    elif name and folder.has("content"):
        site.generator, site.below = HUGO, "content"
        folder.left_out |= HUGO_LEFT_OUT
    elif any(folder.file(each) for each in ELEVENTY_FILES):
        site.generator = ELEVENTY
    names = texts_of(settings.part("frontmatter").get("date"))
    site.omits_dates = site.generator in {JEKYLL, ELEVENTY} or ":filename" in names
    site.is_vault = folder.has(".obsidian")
    site.title = settings.first("title")
    site.url = settings.first("baseurl") if site.generator == HUGO else ""
    site.url = (site.url or settings.first("url")).rstrip("/")
    if not is_web_url(join(site.url, "")):
        site.url = ""
    languages = ("languagecode", "lang", "locale", "language", "defaultcontentlanguage")
    site.language = language_of(settings.first(*languages))
    site.zone = settings.first("timezone")
    if site.generator == JEKYLL:
        site.base_path = f"/{text_of(settings.get('baseurl')).strip('/')}".rstrip("/")
        for each in settings.parts("defaults"):
            scope = each.part("scope")
            if each.part("values"):
                place = (scope.first("path").strip("/"), scope.first("type"))
                site.defaults.append((*place, each.part("values")))
    names = [text_of(each) for each in settings.part("taxonomies").values()]
    site.taxonomies = [each for each in names if each not in {"categories", "tags"}]
    _read_permalinks(site, settings)
    _read_authors(site, settings.part("authors"))
    return site


def _read_authors(site: OldSite, given: Fields) -> None:
    for each in AUTHORS:
        if site.folder.file(each):
            given = _settings(site.folder, each)
    for short, author in given.items():
        if names := texts_of(author):
            site.authors[short] = names[0]


def _settings(folder: Folder, name: str) -> Fields:
    text, _ = folder.read(name)
    try:
        return files.parse_fields(text, FORMATS[name.rsplit(".", 1)[-1]])
    except Unreadable as error:
        raise error.named(name) from error


def _read_permalinks(site: OldSite, settings: Fields) -> None:
    if site.generator == JEKYLL:
        given = settings.first("permalink") or "date"
        site.permalinks[""] = JEKYLL_STYLES.get(given, given)
        collections = settings.part("collections")
        for name in collections:
            pattern = collections.part(name).first("permalink")
            site.permalinks[name] = pattern or "/:collection/:path:output_ext"
        return
    given_all = settings.part("permalinks")
    patterns = {**given_all, **given_all.part("page")}
    site.permalinks = {
        section: pattern for section, pattern in patterns.items() if isinstance(pattern, str)
    }


DATED: Final = re.compile(r"(?P<date>\d{4}-\d{1,2}-\d{1,2})[-_ ]+(?P<slug>.+)")
LANGUAGES: Final = frozenset(
    {"ar", "ca", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "hu", "id", "it"}
    | {"ja", "ko", "nb", "nl", "no", "pl", "pt", "ro", "ru", "sv", "tr", "uk", "ur", "vi", "zh"}
)
"""The languages that the name of a file may contain, as `about.de.md`."""
VARIABLE: Final = re.compile(r"\{\{-?\s*([\w.]+)\s*(?:\|\s*(?:slug|slugify)\s*)?-?\}\}")
LEAVES: Final = frozenset({"index", "_index"})
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


class Place:
    """What the path of a file says."""

    def __init__(self, path: str, of: OldSite) -> None:
        pure = PurePosixPath(path)
        self.path, self.site = path, of
        self.parts = pure.parent.parts
        self.folder = "" if str(pure.parent) == "." else str(pure.parent)
        self.is_markdown = pure.suffix.lower() not in {".html", ".htm"}
        self.stem, self.language = shown(pure.stem), ""
        before, dot, code = self.stem.rpartition(".")
        if dot and code.lower() in LANGUAGES:
            self.stem, self.language = before, code.lower()
        self.is_bundle = self.stem in LEAVES and self.folder not in {"", of.below}
        below = [shown(each) for each in self.parts if each not in {"source", "src"}]
        if of.below and below[:1] == [of.below]:
            below = below[1:]
        if of.generator == HUGO and below and below[0] in LANGUAGES:
            self.language = below.pop(0)
        name = self.stem
        if name in LEAVES:
            name = below.pop() if below else ""
        dated = DATED.fullmatch(name)
        self.date = dated["date"] if dated else ""
        self.slug = dated["slug"] if dated else name or self.stem
        self.name = self.slug if of.omits_dates else name or self.stem
        """The name in the URL."""
        self.collection = ""
        """The collection of Jekyll, if it is not posts."""
        first = path.partition("/")[0]
        if of.generator == JEKYLL and first[1:] in of.permalinks and first[:1] == "_":
            self.collection = below[0] = first[1:]
        self.sections = (
            [each for each in below if each not in {"_posts", "_drafts"}]
            if (of.generator == JEKYLL)
            else below
        )
        if self.parts and self.parts[-1] in {"_posts", "_drafts"}:
            self.sections = self.sections or [self.parts[-1]]

    def path_on_site(self, fields: Fields, at: datetime | None, categories: list[Term]) -> str:
        given = _filled(fields.first("url", "permalink"), self, fields)
        if given and "{" not in given and given.lower() not in files.FALSE:
            if ":" not in url_parts(given).path:
                return path_of(given)
            return self.expanded(given, at, categories, fields)
        slug = fields.first("slug").strip("/")
        pattern = self.site.permalinks.get("", "") if "_posts" in self.parts else ""
        if self.collection:
            pattern = self.site.permalinks.get(self.collection, "")
        if self.site.generator == HUGO and self.sections:
            pattern = self.site.permalinks.get(self.sections[0], "")
        if pattern:
            return self.expanded(pattern, at, categories, fields)
        parts = [*self.sections, slug or self.name]
        if self.site.generator == HUGO:
            parts = [each.lower().replace(" ", "-") for each in parts]
        if self.site.generator == JEKYLL and self.stem != "index":
            parts[-1:] = [f"{parts[-1]}.html"] if parts else []
        prefix = [self.language] if self.language and self.site.generator == HUGO else []
        return path_of("/" + "/".join([*prefix, *parts]))

    def expanded(
        self, pattern: str, at: datetime | None, categories: list[Term], fields: Fields
    ) -> str:
        """The path by a pattern of Jekyll or Hugo; empty if it needs what is not known."""
        slug = fields.first("slug").strip("/") or self.slug
        title = _slug_of_title(fields)
        values = {
            "categories": "/".join(each.source_id.replace(" ", "-") for each in categories),
            "section": self.sections[0] if self.sections else "",
            "sections": "/".join(self.sections),
            "slug": slug,
            "slugorfilename": fields.first("slug") or self.name,
            "slugorcontentbasename": fields.first("slug") or self.name,
            "filename": self.name,
            "contentbasename": self.name,
            "basename": self.slug,
            "name": self.slug,
            "path": "/".join([*self.sections[bool(self.collection) :], self.slug]),
            "collection": self.collection,
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


def _slug_of_title(fields: Fields) -> str:
    return re.sub(r"[^\w]+", "-", fields.first("title").lower()).strip("-")


def _filled(pattern: str, place: Place, fields: Fields) -> str:
    """A permalink of Eleventy with the name and the title, of which most are made."""
    values = {
        "page.fileslug": place.slug,
        "slug": fields.first("slug"),
        "title": _slug_of_title(fields),
    }
    return VARIABLE.sub(lambda found: values.get(found[1].lower()) or found[0], pattern)
