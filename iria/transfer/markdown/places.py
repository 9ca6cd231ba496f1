"""What the path of a text says, and the path that its page had on the old site."""

import re
from datetime import datetime
from pathlib import PurePosixPath
from typing import Final

from iria.transfer.markdown import old_site
from iria.transfer.markdown.front_matter import Value, first_of, text_of
from iria.transfer.records import Term
from iria.transfer.wordpress.bodies import path_of

DATED: Final = re.compile(r"(?P<date>\d{4}-\d{1,2}-\d{1,2})[-_ ]+(?P<slug>.+)")
LANGUAGES: Final = frozenset(
    {"ar", "ca", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "hu", "id", "it"}
    | {"ja", "ko", "nb", "nl", "no", "pl", "pt", "ro", "ru", "sv", "tr", "uk", "ur", "vi", "zh"}
)
"""In the name of a file, as `about.de.md`."""
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

    def __init__(self, path: str, of: old_site.OldSite) -> None:
        pure = PurePosixPath(path)
        self.path = path
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
        if of.generator == old_site.HUGO and below and below[0] in LANGUAGES:
            self.language = below.pop(0)
        name = self.stem
        if name in LEAVES:
            name = below.pop() if below else ""
        dated = DATED.fullmatch(name)
        self.date = dated["date"] if dated else ""
        self.slug = dated["slug"] if dated else name or self.stem
        self.name = self.slug if of.omits_dates else name or self.stem
        """In the URL."""
        self.collection = ""
        """Of Jekyll, besides posts."""
        first = path.partition("/")[0]
        if of.generator == old_site.JEKYLL and first[1:] in of.permalinks and first[:1] == "_":
            self.collection = below[0] = first[1:]
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
        slug = first_of(fields, "slug").strip("/") or self.slug
        title = re.sub(r"[^\w]+", "-", text_of(fields.get("title")).lower()).strip("-")
        values = {
            "categories": "/".join(each.source_id.replace(" ", "-") for each in categories),
            "section": self.sections[0] if self.sections else "",
            "sections": "/".join(self.sections),
            "slug": slug,
            "slugorfilename": first_of(fields, "slug") or self.name,
            "slugorcontentbasename": first_of(fields, "slug") or self.name,
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


def shown(path: str) -> str:
    """A name that is no UTF-8 has surrogates, which a database refuses."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
