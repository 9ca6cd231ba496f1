"""Marks the newest revision of each published article as what readers see, with the whole article in it."""

from typing import Any

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

ARTICLES_AT_ONCE = 5_000

CONTENT = """
SELECT article.id, article.headline, article.standfirst, article.body, article.lead_image_id,
    article.lead_caption, coalesce(article.updated_at, article.published_at) AS published_at,
    jsonb_build_object(
        'slug', slug, 'kind_id', kind_id, 'language', language,
        'search_description', search_description, 'canonical_url', canonical_url, 'noindex', noindex,
        'first_published_in', first_published_in, 'first_published_url', first_published_url,
        'licence', licence, 'comments_open', comments_open, 'comments_policy', comments_policy,
        'comments_close_after', comments_close_after,
        'categories', coalesce((
            SELECT jsonb_agg(jsonb_build_object('id', category.id, 'name', category.name)
                ORDER BY chosen.position, chosen.id)
            FROM articles_articlecategory AS chosen JOIN articles_category AS category
                ON category.id = chosen.category_id
            WHERE chosen.article_id = article.id), '[]'),
        'authors', coalesce((
            SELECT jsonb_agg(jsonb_build_object('id', author.id, 'name', author.name)
                ORDER BY byline.position, byline.id)
            FROM articles_byline AS byline JOIN accounts_authorprofile AS author
                ON author.id = byline.author_id
            WHERE byline.article_id = article.id), '[]'),
        'tags', coalesce((
            SELECT jsonb_agg(tag.name ORDER BY tag.name COLLATE "C")
            FROM articles_articletag AS chosen JOIN taggit_tag AS tag ON tag.id = chosen.tag_id
            WHERE chosen.content_object_id = article.id), '[]'),
        'translation_of', (
            SELECT other.id FROM articles_article AS other
            WHERE other.translation_group_id = article.translation_group_id
                AND other.id <> article.id
            ORDER BY other.language LIMIT 1)
    ) AS details,
    newest.id AS revision_id, coalesce(newest.number, 0) AS number,
    newest.id IS NOT NULL AND (newest.headline, newest.standfirst, newest.body, newest.lead_caption)
        = (article.headline, article.standfirst, article.body, article.lead_caption)
        AND newest.lead_image_id IS NOT DISTINCT FROM article.lead_image_id AS is_recorded
FROM articles_article AS article
LEFT JOIN LATERAL (
    SELECT * FROM articles_revision WHERE article_id = article.id ORDER BY number DESC LIMIT 1
) AS newest ON true
WHERE article.state = 'published' AND article.id > %(after)s AND article.id <= %(last)s
"""

MARK = f"""
WITH content AS ({CONTENT}),
recorded AS (
    UPDATE articles_revision AS revision
    SET details = content.details, published_at = content.published_at
    FROM content WHERE revision.id = content.revision_id AND content.is_recorded
)
INSERT INTO articles_revision (article_id, number, headline, standfirst, body, lead_image_id,
    lead_caption, details, reason, created_at, published_at)
SELECT id, number + 1, headline, standfirst, body, lead_image_id, lead_caption, details, 'save', now(),
    published_at
FROM content WHERE NOT is_recorded
"""


def mark(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM articles_article")
        newest = cursor.fetchone()[0]
        for after in range(0, newest, ARTICLES_AT_ONCE):
            cursor.execute(MARK, {"after": after, "last": after + ARTICLES_AT_ONCE})


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("articles", "0056_drafts"), ("accounts", "0006_names_and_labels")]

    operations = [
        ValidateConstraint("article", "article_has_headline"),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
