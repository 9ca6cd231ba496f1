"""What a reader may mean while still typing: headlines, categories, authors, topics."""

import re
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext

from iria.core.db.statement_timeout import TookTooLong, time_limit
from iria.core.http.urls import url_path
from iria.core.text.validators import one_line

SHORTEST: Final = 3
"""Letters of the longest word; with fewer there would be a suggestion for everybody."""

LONGEST: Final = 80
MOST_WORDS: Final = 6
TIMEOUT_MS: Final = 150
"""Milliseconds. Who types on does not wait; no suggestion is an answer too."""

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
"""Every word must begin a word of the name. Of authors and topics the first twenty are looked at, and
for each whether a reader can see anything of it; asked for all at once, that would be a long join."""

RARER: Final = """
SELECT 'article', headline, slug, year, month FROM articles_article
WHERE state = 'published' AND published_at <= %(now)s
    AND headline ~* %(longest)s AND headline ~* ALL(%(starts)s)
ORDER BY published_at DESC LIMIT 6
"""
"""Asked where the newest thousand headlines hold too few, so the word is rare and the index of the
headlines' trigrams answers quickly. It answers for one word at a time, so the longest stands alone."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A name and where it leads."""

    kind: str
    name: str
    address: str


def suggestions(typed: str) -> list[Suggestion]:
    """At most eight, from what readers may see; none where too little or nothing fitting is typed."""
    words = re.findall(r"\w+", one_line(typed.replace("\x00", " ")))[:MOST_WORDS]
    if len(typed) > LONGEST or max(map(len, words), default=0) < SHORTEST:
        return []
    starts = [rf"\m{word}" for word in words]
    try:
        with time_limit(TIMEOUT_MS), connection.cursor() as cursor:
            cursor.execute(SUGGESTIONS, {"starts": starts, "now": timezone.now()})
            rows = cursor.fetchall()
            if sum(row[0] == "article" for row in rows) < 6:
                longest = max(starts, key=len)
                cursor.execute(RARER, {"starts": starts, "longest": longest, "now": timezone.now()})
                rows = [row for row in rows if row[0] != "article"] + cursor.fetchall()
    except TookTooLong:
        return []
    found: dict[str, Suggestion] = {}
    for row in rows:
        # A topic that is called like a section is the lesser of the two.
        each = _suggestion(*row)
        found.setdefault(each.name.casefold() if row[0] != "article" else each.address, each)
    return list(found.values())[:8]


def _suggestion(kind: str, name: str, part: str, year: int | None, month: int | None) -> Suggestion:
    if kind == "article" and year and month:
        return Suggestion(gettext("Article"), name, url_path("article", year, month, part))
    titles = {"category": gettext("Category"), "author": gettext("Author"), "tag": gettext("Topic")}
    return Suggestion(titles[kind], name, url_path(kind, part))
