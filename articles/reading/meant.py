"""What somebody may have meant who came to an address where nothing stands."""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from articles.editorial.models import Article
from articles.reading.near import Place, near
from articles.search.query import Unanswerable, find
from articles.search.spelling import corrected

MOST: Final = 5
NO_WORDS: Final = frozenset({"html", "htm", "php", "index", "www"})
PROBE: Final = re.compile(r"\.(?!html?$)[a-z0-9]{1,5}$", re.IGNORECASE)
"""Addresses that end like this are asked for by machines that look for other programs' files."""

SLUG: Final = re.compile(r"[-\w]{1,80}")


@dataclass(frozen=True, slots=True)
class Meant:
    """The words of an address, and what was perhaps wanted, the likeliest first."""

    words: str = ""
    articles: list[Article] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)


def meant_by(path: str) -> Meant:
    """An article with the same last part under another date, else sections, topics, authors and pages
    with a last part like it, and where they are not very like it, whatever the words find.

    The last part of the address counts; where it finds nothing, all of them. A word misspelt in the
    address is put right as in a search.
    """
    parts = _parts(path)
    last, whole = _words_in(parts[-1:]), _words_in(parts)
    if not last or PROBE.search(path):
        return Meant(last or whole)
    slug = parts[-1].removesuffix(".html").removesuffix(".htm")
    if not SLUG.fullmatch(slug):
        slug = ""
    articles = _named(slug)
    places = near(slug) if slug and not articles else []
    if any(place.is_sure for place in places):
        return Meant(last, places=places)
    for words in dict.fromkeys(filter(None, [last, corrected(last), whole])):
        if not articles:
            articles = _found(words)
    return Meant(last, articles, places)


def words_of(path: str) -> str:
    """The words in the last part of an address."""
    return _words_in(_parts(path)[-1:])


def _parts(path: str) -> list[str]:
    return [part for part in unquote(path).split("/") if part and part != "feed"]


def _words_in(parts: list[str]) -> str:
    """Without numbers and what only addresses say."""
    found = re.findall(r"[^\W\d_]{2,}", " ".join(parts))
    return " ".join(word for word in found if word.lower() not in NO_WORDS)[:80]


def _named(slug: str) -> list[Article]:
    if not slug:
        return []
    return list(Article.objects.published().filter(slug=slug).newest().for_cards()[:MOST])


def _found(words: str) -> list[Article]:
    try:
        findings = find(words, size=MOST, with_feedback=False, explained=False)
    except Unanswerable:
        return []
    return [each.article for each in findings.results]
