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
    site.title = text_of(settings.get("title"))
    site.url = text_of(settings.get("baseurl")) if site.generator == HUGO else ""
    site.url = (site.url or text_of(settings.get("url"))).rstrip("/")
    if not join(site.url, "").startswith(("http://", "https://")):
        site.url = ""
    languages = ("languagecode", "lang", "locale", "language", "defaultcontentlanguage")
    language = next((found for each in languages if (found := text_of(settings.get(each)))), "")
    site.language = re.split(r"[-_]", language.lower())[0]
    site.zone = text_of(settings.get("timezone"))
    _read_permalinks(site, settings)
    authors = settings.get("authors")
    for each in AUTHORS:
        if folder.file(each):
            authors = _settings(folder, each)
    if isinstance(authors, dict):
        for short, given in authors.items():
            if names := texts_of(given):
                site.authors[short] = names[0]
    return site


def _settings(folder: Folder, name: str) -> dict[str, Value]:
    text, _ = folder.read(name)
    try:
        return front_matter.parse(text, FORMATS[name.rsplit(".", 1)[-1]])
    except Unreadable as error:
        message = f"{name}: {error.reason}"
        raise Unreadable(message, error.line) from error


def _read_permalinks(site: OldSite, settings: dict[str, Value]) -> None:
    if site.generator == JEKYLL:
        given = text_of(settings.get("permalink")) or "date"
        site.permalinks[""] = JEKYLL_STYLES.get(given, given)
        return
    given_all = settings.get("permalinks")
    if isinstance(given_all, dict):
        pages = given_all.get("page")
        patterns = {**given_all, **(pages if isinstance(pages, dict) else {})}
        site.permalinks = {
            section: pattern for section, pattern in patterns.items() if isinstance(pattern, str)
        }
