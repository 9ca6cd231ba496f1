"""Which generator a folder belongs to, and the settings of the site."""

import re
from dataclasses import dataclass, field
from typing import Final

from iria.transfer.markdown import front_matter
from iria.transfer.markdown.folder import Folder
from iria.transfer.markdown.front_matter import Value, text_of, texts_of
from iria.transfer.records import Unreadable
from iria.transfer.urls import join

HUGO: Final = "hugo"
JEKYLL: Final = "jekyll"
ELEVENTY: Final = "eleventy"
PLAIN: Final = "plain"

FORMATS: Final = {"yml": "yaml", "yaml": "yaml", "toml": "toml", "json": "json"}
CONFIGURATIONS: Final = (
    *(f"{name}.{end}" for name in ("hugo", "config") for end in ("toml", "yaml", "yml", "json")),
    *(
        f"config/_default/{name}.{end}"
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
    """Of Hugo, besides categories and tags."""
    defaults: list[tuple[str, str, dict[str, Value]]] = field(default_factory=list)
    """Of Jekyll: path and type of the texts, and the fields that they have unless they say otherwise."""
    zone: str = ""
    permalinks: dict[str, str] = field(default_factory=dict)
    """Section → pattern; that of "" is for every text."""
    authors: dict[str, str] = field(default_factory=dict)
    """The short name that texts use → the name."""


def read(folder: Folder) -> OldSite:
    """Raises Unreadable if the settings are broken."""
    name = next((each for each in CONFIGURATIONS if folder.file(each)), "")
    settings = _settings(folder, name) if name else {}
    site = OldSite(folder)
    if name.startswith("_config") or folder.has("_posts") or folder.has("source/_posts"):
        site.generator = JEKYLL
    elif name and folder.has("content"):
        site.generator, site.below = HUGO, "content"
        folder.left_out |= HUGO_LEFT_OUT
    elif any(folder.file(each) for each in ELEVENTY_FILES):
        site.generator = ELEVENTY
    dates = settings.get("frontmatter")
    names = texts_of(dates.get("date")) if isinstance(dates, dict) else []
    site.omits_dates = site.generator in {JEKYLL, ELEVENTY} or ":filename" in names
    site.is_vault = folder.has(".obsidian")
    site.title = text_of(settings.get("title"))
    site.url = text_of(settings.get("baseurl")) if site.generator == HUGO else ""
    site.url = (site.url or text_of(settings.get("url"))).rstrip("/")
    if not join(site.url, "").startswith(("http://", "https://")):
        site.url = ""
    languages = ("languagecode", "lang", "locale", "language", "defaultcontentlanguage")
    language = next((found for each in languages if (found := text_of(settings.get(each)))), "")
    site.language = re.split(r"[-_]", language.lower())[0]
    site.zone = text_of(settings.get("timezone"))
    if site.generator == JEKYLL:
        site.base_path = f"/{text_of(settings.get('baseurl')).strip('/')}".rstrip("/")
        _read_defaults(site, settings.get("defaults"))
    _read_taxonomies(site, settings.get("taxonomies"))
    _read_permalinks(site, settings)
    _read_authors(site, settings.get("authors"))
    return site


def _read_authors(site: OldSite, given: Value | None) -> None:
    for each in AUTHORS:
        if site.folder.file(each):
            given = _settings(site.folder, each)
    for short, author in given.items() if isinstance(given, dict) else ():
        if names := texts_of(author):
            site.authors[short] = names[0]


def _read_taxonomies(site: OldSite, given: Value | None) -> None:
    if isinstance(given, dict):
        names = map(text_of, given.values())
        site.taxonomies = [each for each in names if each not in {"categories", "tags"}]


def _settings(folder: Folder, name: str) -> dict[str, Value]:
    text, _ = folder.read(name)
    try:
        return front_matter.parse(text, FORMATS[name.rsplit(".", 1)[-1]])
    except Unreadable as error:
        message = f"{name}: {error.reason}"
        raise Unreadable(message, error.line) from error


def _read_defaults(site: OldSite, given: Value | None) -> None:
    for each in given if isinstance(given, list) else []:
        scope, values = (
            (each.get("scope"), each.get("values")) if isinstance(each, dict) else (0, 0)
        )
        if isinstance(scope, dict) and isinstance(values, dict):
            path = text_of(scope.get("path")).strip("/")
            site.defaults.append((path, text_of(scope.get("type")), values))


def _read_permalinks(site: OldSite, settings: dict[str, Value]) -> None:
    if site.generator == JEKYLL:
        given = text_of(settings.get("permalink")) or "date"
        site.permalinks[""] = JEKYLL_STYLES.get(given, given)
        collections = settings.get("collections")
        for name, options in collections.items() if isinstance(collections, dict) else ():
            pattern = text_of(options.get("permalink")) if isinstance(options, dict) else ""
            site.permalinks[name] = pattern or "/:collection/:path:output_ext"
        return
    given_all = settings.get("permalinks")
    if isinstance(given_all, dict):
        pages = given_all.get("page")
        patterns = {**given_all, **(pages if isinstance(pages, dict) else {})}
        site.permalinks = {
            section: pattern for section, pattern in patterns.items() if isinstance(pattern, str)
        }
