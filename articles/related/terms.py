"""The stems of each published article, kept for comparing."""

import re
from dataclasses import dataclass
from typing import Final

from django.db import OperationalError, connection, transaction

from articles.editorial.models import Article
from articles.editorial.stemming import configuration_for
from articles.editorial.words import words_of
from articles.related.models import ArticleTerms

WHOLE: Final = 200_000
"""Characters of a text that are compared; a tsvector holds one megabyte at most."""

TOO_LONG: Final = "54000"
"""PostgreSQL's SQLSTATE for a value beyond one of its limits."""

UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")

QUERY: Final = r"('''' || replace(replace({0}, '\', '\\'), '''', '''''') || '''')::tsquery"
"""A stem as a query for itself, whatever signs it is made of."""

UPSERT: Final = """
WITH words AS (SELECT
    setweight(to_tsvector(%(configuration)s::text::regconfig, %(headline)s), 'A') ||
    setweight(to_tsvector(%(configuration)s::text::regconfig, %(standfirst)s), 'B') ||
    setweight(to_tsvector(%(configuration)s::text::regconfig, %(text)s), 'C') AS vector)
INSERT INTO articles_articleterms (article_id, vector, length)
SELECT %(id)s, vector,
    (SELECT coalesce(sum(cardinality(positions)), 0) FROM unnest(vector)) FROM words
ON CONFLICT (article_id) DO UPDATE SET vector = excluded.vector, length = excluded.length
"""

OWN_TERMS: Final = f"""
WITH own AS (
    SELECT term.lexeme, sum(CASE weight WHEN 'A' THEN 3 WHEN 'B' THEN 2 ELSE 1 END) AS times
    FROM articles_articleterms, unnest(vector) AS term, unnest(term.weights) AS weight
    WHERE article_id = %s AND length(term.lexeme) > 1
    GROUP BY term.lexeme ORDER BY times DESC, term.lexeme LIMIT %s
)
SELECT lexeme, times, (
    SELECT count(*) FROM articles_articleterms AS terms
    WHERE terms.vector @@ {QUERY.format("own.lexeme")})
FROM own
"""  # noqa: S608 - the part put in is a constant
"""A word in the headline counts three times, one in the standfirst twice."""


@dataclass(frozen=True, slots=True)
class Term:
    """A stem of an article: how often it stands there, and in how many articles at all."""

    lexeme: str
    times: float
    articles: int


def record(article: Article) -> None:
    """Writes the stems of an article as it stands now."""
    words = words_of(article)
    length = WHOLE
    while True:
        values: dict[str, str | int] = {
            "id": article.pk,
            "configuration": configuration_for(article.language),
            "headline": UNSTORABLE.sub(" ", words.headline),
            "standfirst": UNSTORABLE.sub(" ", words.standfirst),
            "text": UNSTORABLE.sub(" ", words.text)[:length],
        }
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(UPSERT, values)
        except OperationalError as mistake:
            if getattr(mistake.__cause__, "sqlstate", None) != TOO_LONG or length < 1000:
                raise
            length //= 2
        else:
            return


def forget(article_id: int) -> None:
    """Drops an article from what is compared."""
    ArticleTerms.objects.filter(article_id=article_id).delete()


def terms_of(article_id: int, *, limit: int = 250) -> list[Term]:
    """The stems that stand most often in the article."""
    with connection.cursor() as cursor:
        cursor.execute(OWN_TERMS, [article_id, limit])
        return [Term(lexeme, float(times), count) for lexeme, times, count in cursor.fetchall()]
