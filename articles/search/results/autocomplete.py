"""Autocomplete: headlines, categories, authors and topics."""

import re
from dataclasses import dataclass
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext

from iria.core.db.replica import reading
from iria.core.db.statement_timeout import TookTooLong, time_limit
from iria.core.http.urls import url_path
from iria.core.text.validators import one_line

MIN_LENGTH: Final = 3
"""Minimum length of the longest word; shorter ones match too much."""

MAX_LENGTH: Final = 80
MAX_WORDS: Final = 6
TIMEOUT_MS: Final = 150
"""After this time there are no suggestions."""

SUGGESTIONS: Final = """
(SELECT 'category' AS kind, name, path AS part, NULL::int AS year, NULL::int AS month
FROM articles_category WHERE name ~* ALL(%(starts)s) ORDER BY sort_key LIMIT 2)
UNION ALL
(SELECT 'author', author.name, author.slug, NULL, NULL FROM (
    SELECT id, name, slug FROM accounts_authorprofile
    WHERE name ~* ALL(%(starts)s) ORDER BY name LIMIT 20
) AS author CROSS JOIN LATERAL (
    SELECT FROM articles_byline AS byline
    JOIN articles_article AS article ON article.id = byline.article_id
    WHERE byline.author_id = author.id AND article.state = 'published'
        AND article.published_at <= %(now)s LIMIT 1
) AS seen LIMIT 2)
UNION ALL
(SELECT 'tag', tag.name, tag.slug, NULL, NULL FROM (
    SELECT id, name, slug FROM taggit_tag
    WHERE name ~* ALL(%(starts)s) ORDER BY length(name), name LIMIT 20
) AS tag CROSS JOIN LATERAL (
    SELECT FROM articles_articletag AS worn
    JOIN articles_article AS article ON article.id = worn.content_object_id
    WHERE worn.tag_id = tag.id AND article.state = 'published'
        AND article.published_at <= %(now)s LIMIT 1
) AS seen LIMIT 2)
UNION ALL
(SELECT 'article', headline, slug, year, month FROM (
    SELECT headline, slug, year, month, published_at FROM articles_article
    WHERE state = 'published' AND published_at <= %(now)s ORDER BY published_at DESC LIMIT 1000
) AS newest WHERE headline ~* ALL(%(starts)s) ORDER BY published_at DESC LIMIT 6)
"""
"""Every word must be the beginning of a word of the name. Only the first twenty authors and topics are
checked for published articles, because a join over all of them would take too long."""

RARER: Final = """
SELECT 'article', headline, slug, year, month FROM articles_article
WHERE state = 'published' AND published_at <= %(now)s
    AND headline ~* %(longest)s AND headline ~* ALL(%(starts)s)
ORDER BY published_at DESC LIMIT 6
"""
"""Used if the newest thousand headlines have too few matches: the word is rare, so the trigram index of
headlines is fast. It is used for the longest word, which is therefore a separate condition."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A name, and its URL."""

    kind: str
    name: str
    address: str


def suggestions(typed: str) -> list[Suggestion]:
    """Returns at most eight suggestions of published content; none for short or unknown text."""
    words = re.findall(r"\w+", one_line(typed.replace("\x00", " ")))[:MAX_WORDS]
    if len(typed) > MAX_LENGTH or max(map(len, words), default=0) < MIN_LENGTH:
        return []
    starts = [rf"\m{word}" for word in words]
    try:
        with time_limit(TIMEOUT_MS), reading.cursor() as cursor:
            cursor.execute(SUGGESTIONS, {"starts": starts, "now": timezone.now()})
            rows = cursor.fetchall()
            if sum(row[0] == "article" for row in rows) < 6:
                longest = max(starts, key=len)
                cursor.execute(RARER, {"starts": starts, "longest": longest, "now": timezone.now()})
                rows = [row for row in rows if row[0] != "article"] + cursor.fetchall()
    except TookTooLong:
        return []
    unique: dict[str, Suggestion] = {}
    for row in rows:
        # A category takes precedence over a topic of the same name.
        each = _suggestion(*row)
        unique.setdefault(each.name.casefold() if row[0] != "article" else each.address, each)
    return list(unique.values())[:8]


def _suggestion(kind: str, name: str, part: str, year: int | None, month: int | None) -> Suggestion:
    if kind == "article" and year and month:
        return Suggestion(gettext("Article"), name, url_path("article", year, month, part))
    titles = {"category": gettext("Category"), "author": gettext("Author"), "tag": gettext("Topic")}
    return Suggestion(titles[kind], name, url_path(kind, part))
