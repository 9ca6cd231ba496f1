"""What a reader may mean while still typing: headlines, categories, authors, topics."""

import re
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext

from iria.kit.addresses import address_of
from iria.kit.text import one_line
from iria.kit.timelimit import TookTooLong, time_limit

SHORTEST: Final = 3
"""Letters of the longest word; with fewer there would be a suggestion for everybody."""

LONGEST: Final = 80
MOST_WORDS: Final = 6
PATIENCE: Final = 150
"""Milliseconds. Who types on does not wait; no suggestion is an answer too."""

SUGGESTIONS: Final = """
(SELECT 'category' AS kind, name, path AS part, NULL::int AS year, NULL::int AS month
FROM articles_category WHERE name ~* ALL(%(starts)s) ORDER BY sort_key LIMIT 2)
UNION ALL
(SELECT 'author', author.name, author.slug, NULL, NULL FROM accounts_authorprofile AS author
WHERE author.name ~* ALL(%(starts)s) AND EXISTS (
    SELECT FROM articles_byline AS byline
    JOIN articles_article AS article ON article.id = byline.article_id
    WHERE byline.author_id = author.id AND article.state = 'published' AND article.published_at <= %(now)s)
ORDER BY author.name LIMIT 2)
UNION ALL
(SELECT 'tag', tag.name, tag.slug, NULL, NULL FROM taggit_tag AS tag
WHERE tag.name ~* ALL(%(starts)s) AND EXISTS (
    SELECT FROM articles_articletag AS worn
    JOIN articles_article AS article ON article.id = worn.content_object_id
    WHERE worn.tag_id = tag.id AND article.state = 'published' AND article.published_at <= %(now)s)
ORDER BY length(tag.name), tag.name LIMIT 2)
UNION ALL
(SELECT 'article', headline, slug, year, month FROM articles_article
WHERE state = 'published' AND published_at <= %(now)s AND headline ~* %(longest)s AND headline ~* ALL(%(starts)s)
ORDER BY published_at DESC LIMIT 6)
"""
"""Every word must begin a word of the name. The longest is asked for by itself, since the index of
the headlines' trigrams answers for one at a time."""


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
        with time_limit(PATIENCE), connection.cursor() as cursor:
            longest = max(starts, key=len)
            cursor.execute(
                SUGGESTIONS, {"starts": starts, "longest": longest, "now": timezone.now()}
            )
            rows = cursor.fetchall()
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
        return Suggestion(gettext("Article"), name, address_of("article", year, month, part))
    titles = {"category": gettext("Category"), "author": gettext("Author"), "tag": gettext("Topic")}
    return Suggestion(titles[kind], name, address_of(kind, part))
