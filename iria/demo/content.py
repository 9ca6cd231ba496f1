"""What stands in `newsroom/`, as values: plain files in, nothing of Django."""

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
_PICTURE = re.compile(r'<figure data-picture="([^"]+)">')
_LINK = re.compile(r'href="article:([^"]+)"')


@dataclass(frozen=True, slots=True)
class Correction:
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Story:
    """One article as it is written down."""

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
        """Where readers find it; dates are written down, so addresses never move."""
        if self.published is None:
            sentence = f"The story {self.slug} is a draft and has no address."
            raise ValueError(sentence)
        return f"/{self.published:%Y/%m}/{self.slug}/"

    @property
    def pictures(self) -> tuple[str, ...]:
        """The keys of the pictures it shows, the lead first."""
        inline = _PICTURE.findall(self.body)
        return (self.lead, *inline) if self.lead else tuple(inline)

    @property
    def links(self) -> tuple[str, ...]:
        """The slugs of the stories its text links to."""
        return tuple(_LINK.findall(self.body))

    def body_with(self, picture_ids: dict[str, int], addresses: dict[str, str]) -> str:
        """The text as it is stored: pictures by id, links by address.

        A figure whose picture somebody has deleted is left out.
        """
        html = _PICTURE.sub(
            lambda found: f'<figure data-image="{picture_ids.get(found[1], 0)}">', self.body
        )
        html = re.sub(r'<figure data-image="0">.*?</figure>', "", html, flags=re.DOTALL)
        return _LINK.sub(lambda found: f'href="{addresses[found[1]]}"', html)


@dataclass(frozen=True, slots=True)
class PlainPage:
    """A page beside the articles."""

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
    """Every story, the oldest first, drafts last."""
    read = [_story(path) for path in sorted((NEWSROOM / "articles").glob("*.html"))]
    return tuple(sorted(read, key=lambda story: (story.published is None, story.published or 0)))


@cache
def pages() -> tuple[PlainPage, ...]:
    return tuple(_page(path) for path in sorted((NEWSROOM / "pages").glob("*.html")))


def moment(text: str) -> datetime:
    """A written date and time, in the zone of the institute."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


def local(naive: datetime) -> datetime:
    """A date and time out of TOML, in the zone of the institute."""
    return naive.replace(tzinfo=ZONE)


def _halves(path: Path) -> tuple[dict[str, str], str]:
    """The `key: value` lines above the line of three hyphens, and the text below it."""
    head, _, body = path.read_text("utf-8").partition("\n---\n")
    pairs = (line.split(": ", 1) for line in head.splitlines())
    return {key: value.strip() for key, value in pairs}, body.strip()


def _names(words: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in words.split(",") if name.strip())


def _story(path: Path) -> Story:
    head, body = _halves(path)
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


def _correction(words: str) -> Correction | None:
    at, _, text = words.partition("|")
    return Correction(moment(at.strip()), text.strip()) if text else None


def _page(path: Path) -> PlainPage:
    head, body = _halves(path)
    return PlainPage(
        path=path.stem,
        title=head["title"],
        description=head["description"],
        position=int(head["position"]),
        body=body,
    )
