"""Creates a long history for every article."""

from typing import Final

from django.db import connection

ARTICLES_AT_ONCE: Final = 10_000

REVISIONS: Final = """
INSERT INTO articles_revision (article_id, number, headline, standfirst, body, lead_image_id,
    lead_caption, details, reason, created_at, published_at)
SELECT article.id, newest.number + n, article.headline, article.standfirst, left(article.body, 400),
    article.lead_image_id, article.lead_caption, jsonb_build_object(
        'slug', slug, 'kind_id', kind_id, 'language', language, 'tags', '[]'::jsonb,
        'categories', '[]'::jsonb, 'authors', '[]'::jsonb, 'translation_of', NULL),
    'save', article.created_at + n * interval '20 minutes',
    CASE WHEN n = 1 THEN article.created_at END
FROM articles_article AS article
CROSS JOIN LATERAL (SELECT coalesce(max(number), 0) AS number FROM articles_revision
    WHERE article_id = article.id) AS newest
CROSS JOIN generate_series(1, %(each)s) AS n
WHERE article.id > %(after)s AND article.id <= %(last)s
"""
"""Texts are cut, so that a million revisions need a gigabyte and not five."""


def load_revisions(count: int) -> int:
    """Adds about this many revisions, the same number to each article; returns how many."""
    added = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), coalesce(max(id), 0) FROM articles_article")
        articles, newest = cursor.fetchone()
        each = -(-count // articles) if articles else 0
        for after in range(0, newest, ARTICLES_AT_ONCE):
            part = {"each": each, "after": after, "last": after + ARTICLES_AT_ONCE}
            cursor.execute(REVISIONS, part)
            added += cursor.rowcount
    return added
