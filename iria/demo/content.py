"""Reads the files of `newsroom/` into dataclasses; does not use Django."""

import re
import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

NEWSROOM = Path(__file__).parent / "newsroom"
ZONE = ZoneInfo("Europe/Lisbon")
_IMAGE = re.compile(r'<figure data-picture="([^"]+)">')
_LINK = re.compile(r'href="article:([^"]+)"')


@dataclass(frozen=True, slots=True)
class Correction:
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Story:
    """An article as stored in a file."""

    slug: str
    headline: str
    kind: str
    language: str
    published: datetime | None
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    lead: str
    lead_caption: str
    standfirst: str
    description: str
    related: tuple[str, ...]
    translation_of: str
    correction: Correction | None
    licence: str
    body: str

    @property
    def address(self) -> str:
        """The URL path; dates are in the files, so it never changes."""
        if self.published is None:
            message = f"The story {self.slug} is a draft and has no address."
            raise ValueError(message)
        return f"/{self.published:%Y/%m}/{self.slug}/"

    @property
    def pictures(self) -> tuple[str, ...]:
        """The keys of its images, the lead image first."""
        inline = _IMAGE.findall(self.body)
        return (self.lead, *inline) if self.lead else tuple(inline)

    @property
    def links(self) -> tuple[str, ...]:
        """The slugs of the articles that its body links to."""
        return tuple(_LINK.findall(self.body))

    def body_with(self, image_ids: dict[str, int], urls: dict[str, str]) -> str:
        """The body for the database: images by id, links by URL.

        A figure whose image was deleted is omitted.
        """
        html = _IMAGE.sub(
            lambda found: f'<figure data-image="{image_ids.get(found[1], 0)}">', self.body
        )
        html = re.sub(r'<figure data-image="0">.*?</figure>', "", html, flags=re.DOTALL)
        return _LINK.sub(lambda found: f'href="{urls[found[1]]}"', html)


@dataclass(frozen=True, slots=True)
class PlainPage:
    """A static page."""

    path: str
    title: str
    description: str
    position: int
    body: str


@cache
def table(name: str) -> dict[str, Any]:
    """A TOML file of the newsroom."""
    return tomllib.loads((NEWSROOM / f"{name}.toml").read_text("utf-8"))


@cache
def stories() -> tuple[Story, ...]:
    """All articles, the oldest first, drafts last."""
    read = [_story(path) for path in sorted((NEWSROOM / "articles").glob("*.html"))]
    return tuple(sorted(read, key=lambda story: (story.published is None, story.published or 0)))


@cache
def pages() -> tuple[PlainPage, ...]:
    return tuple(_page(path) for path in sorted((NEWSROOM / "pages").glob("*.html")))


def moment(text: str) -> datetime:
    """A date and time as text, in the time zone of the institute."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


def local(naive: datetime) -> datetime:
    """A date and time from TOML, in the time zone of the institute."""
    return naive.replace(tzinfo=ZONE)


def _head_and_body(path: Path) -> tuple[dict[str, str], str]:
    """The `key: value` lines above the line of three hyphens, and the text below it."""
    head, _, body = path.read_text("utf-8").partition("\n---\n")
    pairs = (line.split(": ", 1) for line in head.splitlines())
    return {key: value.strip() for key, value in pairs}, body.strip()


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _story(path: Path) -> Story:
    head, body = _head_and_body(path)
    return Story(
        slug=path.stem,
        headline=head["headline"],
        kind=head["kind"],
        language=head.get("language", "en"),
        published=moment(head["published"]) if "published" in head else None,
        authors=_names(head["authors"]),
        categories=_names(head["categories"]),
        tags=_names(head.get("tags", "")),
        lead=head.get("lead", ""),
        lead_caption=head.get("lead-caption", ""),
        standfirst=head["standfirst"],
        description=head.get("description", ""),
        related=_names(head.get("related", "")),
        translation_of=head.get("translation-of", ""),
        correction=_correction(head.get("correction", "")),
        licence=head.get("licence", ""),
        body=body,
    )


def _correction(line: str) -> Correction | None:
    at, _, text = line.partition("|")
    return Correction(moment(at.strip()), text.strip()) if text else None


def _page(path: Path) -> PlainPage:
    head, body = _head_and_body(path)
    return PlainPage(
        path=path.stem,
        title=head["title"],
        description=head["description"],
        position=int(head["position"]),
        body=body,
    )
