"""What two articles share apart from their texts, and the reasons for a related article.

Links, tags, categories, authors, series and dates count in the score. Reasons are stored as names, and
described to editors.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import chain
from math import exp, log
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q

from articles.body.references import references_in
from articles.body.rendering import plain_text
from articles.body.tree import parse
from articles.editorial.models import (
    Article,
    ArticleCategory,
    ArticleTag,
    Byline,
    Redirect,
    SeriesPart,
)
from articles.editorial.text_search_config import configuration_for
from articles.related.models import ArticleTerms, TextLink
from articles.related.similarity import MAX_CHARACTERS, UNSTORABLE, TextSimilarity, stem_number

ARTICLE_PATH: Final = re.compile(r"/(?P<year>\d{4})/(?P<month>\d{2})/(?P<slug>[^/]+)/?")

MAX_PATHS: Final = 500
"""Paths per text that are looked up."""


def record_links(article: Article) -> None:
    """Records the articles that the text links to."""
    paths = _paths(article.body)
    targets = (_articles_at(paths) | _articles_referenced_in(article.body)) - {article.pk}
    stored = set(article.text_links.values_list("other", flat=True))
    article.text_links.filter(other__in=stored - targets).delete()
    TextLink.objects.bulk_create(
        [TextLink(article=article, other_id=other) for other in sorted(targets - stored)],
        ignore_conflicts=True,
    )


def _articles_referenced_in(body: str) -> set[int]:
    """Returns the articles to which the text links by reference, and which still exist."""
    ids = [reference.id for reference in references_in(body) if reference.kind == "article"]
    return set(Article.objects.filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()


def _paths(body: str) -> set[str]:
    """Returns the paths on this site that the text links to."""
    site = urlsplit(settings.SITE_URL).netloc
    paths: set[str] = set()
    for anchor in parse(body).iter("a"):
        try:
            target = urlsplit(anchor.get("href") or "")
        except ValueError:
            continue  # an invalid URL
        path = unquote(target.path)
        # PostgreSQL cannot compare text with a null character.
        if path and "\x00" not in path and target.netloc in {"", site}:
            paths.add(path)
        if len(paths) == MAX_PATHS:
            break
    return paths


def _articles_at(paths: set[str]) -> set[int]:
    """Returns the articles that have or had these paths."""
    matches = Q(pk__in=[])
    for path in paths:
        if match := ARTICLE_PATH.fullmatch(path):
            matches |= Q(year=int(match["year"]), month=int(match["month"]), slug=match["slug"])
    targets = Article.objects.filter(matches).values_list("pk", flat=True) if matches else []
    moved = Redirect.objects.filter(old_path__in=paths, article__isnull=False)
    return {*targets, *moved.values_list("article", flat=True)}


class ArticleLinks:
    """The links of an article and between its candidates, read with two queries."""

    def __init__(self, article_id: int, others: Iterable[int]) -> None:
        others = list(others)
        own = TextLink.objects.filter(Q(article=article_id) | Q(other=article_id))
        pairs = set(own.values_list("article", "other"))
        self.outgoing = {other for start, other in pairs if start == article_id}
        self.incoming = {start for start, other in pairs if other == article_id}
        between = TextLink.objects.filter(article__in=others, other__in=others)
        self._linked_with: dict[int, set[int]] = {}
        for start, other in between.values_list("article", "other"):
            self._linked_with.setdefault(start, set()).add(other)
            self._linked_with.setdefault(other, set()).add(start)

    def is_linked(self, other: int) -> bool:
        """Whether one of the two texts links to the other."""
        return other in self.outgoing or other in self.incoming

    def linked_beside(self, other: int, similarities: Mapping[int, float]) -> float:
        """Returns the total similarity of the other candidates that it is linked with; many links reduce it."""
        linked = self._linked_with.get(other, set())
        return sum(similarities[each] / (1 + len(self._linked_with[each])) for each in linked)


DAYS_PER_YEAR: Final = 365.0

FEATURES: Final = {
    "tags": (ArticleTag, "content_object", "tag"),
    "categories": (ArticleCategory, "article", "category"),
    "authors": (Byline, "article", "author"),
    "series": (SeriesPart, "article", "series"),
}
"""The model of each feature, and its fields for the article and the term."""


class TaxonomyFeatures:
    """The features of an article and its candidates, read with a few queries."""

    def __init__(self, article: Article, candidates: Iterable[int]) -> None:
        self.own = article.pk
        article_ids = {*candidates, article.pk}
        dates = Article.objects.filter(pk__in=article_ids).values_list("pk", "published_at")
        self.dates: dict[int, datetime] = {pk: published for pk, published in dates if published}
        self._articles = Article.objects.filter(state=Article.State.PUBLISHED).count()
        self._names = {feature: self._read(feature, article_ids) for feature in FEATURES}
        self._frequency = {feature: self._inverse_frequencies(feature) for feature in FEATURES}

    def parts(self, other: int) -> dict[str, float]:
        """Returns how much the two share by feature, 0 to 1; rare terms count more than common ones."""
        return {feature: self._shared(feature, other) for feature in FEATURES} | {
            "time": exp(-self.days(other) / DAYS_PER_YEAR)
        }

    def names(self, other: int) -> dict[str, list[str]]:
        """Returns the names of what the two share, the rarest first."""
        named = {}
        for feature in FEATURES:
            frequency, own = self._frequency[feature], self._names[feature].get(self.own, {})
            shared = own.keys() & self._names[feature].get(other, {}).keys()
            named[feature] = [
                own[term] for term in sorted(shared, key=lambda term: -frequency[term])
            ]
        return named

    def days(self, other: int) -> float:
        """Returns the days between the two."""
        own = self.dates.get(self.own, self.dates[other])
        return abs((own - self.dates[other]).total_seconds()) / 86400

    def _read(self, feature: str, article_ids: set[int]) -> dict[int, dict[int, str]]:
        """Returns the terms of each article, with their names."""
        model, article_field, term_field = FEATURES[feature]
        rows: Any = model._default_manager.filter(**{f"{article_field}__in": article_ids})
        taxonomy: dict[int, dict[int, str]] = defaultdict(dict)
        for article_id, term_id, name in rows.values_list(
            article_field, term_field, f"{term_field}__name"
        ):
            taxonomy[article_id][term_id] = name
        return taxonomy

    def _inverse_frequencies(self, feature: str) -> dict[int, float]:
        """Returns the rarity of the terms of the article: 1 if no other has it, 0 if all have it."""
        model, _, term_field = FEATURES[feature]
        own = list(self._names[feature].get(self.own, {}))
        rows: Any = model._default_manager.filter(**{f"{term_field}__in": own}).order_by()
        scale = log(max(self._articles, 2))
        counts = rows.values_list(term_field).annotate(Count("pk"))
        return {term_id: max(0.0, 1 - log(count) / scale) for term_id, count in counts}

    def _shared(self, feature: str, other: int) -> float:
        """Returns the total rarity of the shared terms, mapped to the range from 0 to 1."""
        frequency = self._frequency[feature]
        shared = frequency.keys() & self._names[feature].get(other, {}).keys()
        total = sum(frequency[term] for term in shared)
        return total / (1 + total)


MAX_TERMS: Final = 4
"""Maximum number of words, and of pairs, in the reasons."""

SPELLING: Final = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")

STEMS: Final = """
SELECT spelling, lexeme FROM unnest(%s::text[]) AS spelling,
    unnest(to_tsvector(%s::text::regconfig, spelling)) AS stem
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
        self._spellings = spellings_of(article, numbers) if numbers else {}

    def words(self, other: int) -> list[str]:
        return [
            self._spellings[number] for number in self._words[other] if number in self._spellings
        ]

    def pairs(self, other: int) -> list[str]:
        return [
            f"{self._spellings[first]} {self._spellings[second]}"
            for first, second in self._pairs[other]
            if first in self._spellings and second in self._spellings
        ]


def spellings_of(article: Article, numbers: set[int]) -> dict[int, str]:
    """Returns the first spelling of each stem number in the article."""
    text = "\n".join(
        [plain_text(article.body)[:MAX_CHARACTERS], article.headline, article.standfirst]
    )
    spellings = list(dict.fromkeys(SPELLING.findall(UNSTORABLE.sub(" ", text))))
    with connection.cursor() as cursor:
        cursor.execute(STEMS, [spellings, configuration_for(article.language)])
        stems: dict[int, str] = {}
        for spelling, stem in cursor.fetchall():
            stems.setdefault(stem_number(article.language, stem), spelling)
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
