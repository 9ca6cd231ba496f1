"""The reasons for a related article: stored as names, and described to editors."""

import re
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, Final

from django.db import connection

from articles.body.plain_text import plain_text
from articles.editorial.models import Article
from articles.editorial.text_search_config import configuration_for
from articles.related.link_graph import ArticleLinks
from articles.related.models import ArticleTerms
from articles.related.similarity import TextSimilarity
from articles.related.stems import UNSTORABLE, WHOLE, stem_number
from articles.related.taxonomy_features import TaxonomyFeatures

MAX_TERMS: Final = 4
"""The number of words, and of pairs, in the reasons."""

FORM: Final = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")

STEMS: Final = """
SELECT form, lexeme FROM unnest(%s::text[]) AS form,
    unnest(to_tsvector(%s::text::regconfig, form)) AS stem
"""


class TermSpellings:
    """The spellings of the words and pairs that an article shares with its neighbours."""

    def __init__(
        self, article: Article, similarity: TextSimilarity, others: Iterable[ArticleTerms]
    ) -> None:
        self._words, self._pairs = {}, {}
        for other in others:
            self._words[other.article_id] = _highest(similarity.shared_words(other))
            self._pairs[other.article_id] = _highest(similarity.shared_pairs(other))
        numbers = {*chain.from_iterable(self._words.values())}
        for pair in chain.from_iterable(self._pairs.values()):
            numbers.update(pair)
        self._forms = forms_of(article, numbers) if numbers else {}

    def words(self, other: int) -> list[str]:
        return [self._forms[number] for number in self._words[other] if number in self._forms]

    def pairs(self, other: int) -> list[str]:
        return [
            f"{self._forms[first]} {self._forms[second]}"
            for first, second in self._pairs[other]
            if first in self._forms and second in self._forms
        ]


def forms_of(article: Article, numbers: set[int]) -> dict[int, str]:
    """Returns the first spelling of each stem number in the article."""
    text = "\n".join([plain_text(article.body)[:WHOLE], article.headline, article.standfirst])
    forms = list(dict.fromkeys(FORM.findall(UNSTORABLE.sub(" ", text))))
    with connection.cursor() as cursor:
        cursor.execute(STEMS, [forms, configuration_for(article.language)])
        stems: dict[int, str] = {}
        for form, stem in cursor.fetchall():
            stems.setdefault(stem_number(article.language, stem), form)
    return {number: stems[number] for number in numbers & stems.keys()}


def collect_reasons(
    other: int, spelling: TermSpellings, taxonomy: TaxonomyFeatures, links: ArticleLinks
) -> dict[str, Any]:
    """Returns the reasons for a neighbour by name, without empty ones."""
    reasons: dict[str, Any] = {
        "pairs": spelling.pairs(other),
        "words": spelling.words(other),
        **taxonomy.names(other),
        "linked": [
            direction
            for direction, linked in (("to", links.outgoing), ("from", links.incoming))
            if other in linked
        ],
    }
    return {name: value for name, value in reasons.items() if value} | {
        "days": round(taxonomy.days(other))
    }


def describe_reasons(reasons: Mapping[str, Any]) -> str:
    """Describes the reasons in one line for editors, the most important first."""
    linked = {"to": "linked in this article", "from": "links to this article"}
    parts = [linked[direction] for direction in reasons.get("linked", []) if direction in linked]
    if shared := reasons.get("pairs") or reasons.get("words"):
        parts.append("shared terms: " + ", ".join(f"“{each}”" for each in shared))
    if taxonomy := [*reasons.get("tags", []), *reasons.get("categories", [])]:
        parts.append("shares " + ", ".join(taxonomy))
    if series := reasons.get("series"):
        parts.append(f"same series ({', '.join(series)})")
    if authors := reasons.get("authors"):
        parts.append(f"same author ({', '.join(authors)})")
    if "days" in reasons:
        parts.append(_time_between(reasons["days"]))
    return "; ".join(parts)


def _time_between(days: int) -> str:
    match days:
        case 0:
            return "the same day"
        case 1:
            return "1 day apart"
        case _ if days < 60:
            return f"{days} days apart"
        case _ if days < 700:
            return f"{round(days / 30.4)} months apart"
    return f"{round(days / 365.25)} years apart"


def _highest[Key](values: Mapping[Key, float]) -> list[Key]:
    return sorted(values, key=lambda key: -values[key])[:MAX_TERMS]
