"""One word is one tag, whatever its capitals and accents: merges those there are, then an index."""

from django.db import migrations

UNACCENT = """
SELECT quote_ident(space.nspname) FROM pg_extension AS ext
JOIN pg_namespace AS space ON space.oid = ext.extnamespace WHERE ext.extname = 'unaccent'
"""

# Named with its schema and its dictionary, the function gives one answer for ever; `unaccent` alone
# depends on the search path and may not be part of an index.
FUNCTION = """
CREATE OR REPLACE FUNCTION iria_folded(text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN lower({schema}.unaccent('{schema}.unaccent'::regdictionary, lower(normalize($1, NFKC))));
"""

DOUBLES = """
CREATE TEMPORARY TABLE doubled ON COMMIT DROP AS
SELECT id AS old, slug, first_value(id) OVER same_word AS kept
FROM (
    SELECT tag.id, tag.name, tag.slug, count(used.id) AS uses
    FROM taggit_tag AS tag LEFT JOIN articles_articletag AS used ON used.tag_id = tag.id
    GROUP BY tag.id
) AS counted
WINDOW same_word AS (PARTITION BY iria_folded(name) ORDER BY uses DESC, id);
DELETE FROM doubled WHERE old = kept;

INSERT INTO articles_articletag (content_object_id, tag_id)
    SELECT DISTINCT content_object_id, kept FROM articles_articletag JOIN doubled ON old = tag_id
    ON CONFLICT DO NOTHING;
DELETE FROM articles_articletag WHERE tag_id IN (SELECT old FROM doubled);
DELETE FROM taggit_taggeditem WHERE tag_id IN (SELECT old FROM doubled);
UPDATE articles_redirect SET tag_id = kept FROM doubled WHERE tag_id = old;
INSERT INTO articles_redirect (old_path, tag_id, made_at)
    SELECT '/tag/' || slug || '/', kept, now() FROM doubled
    ON CONFLICT (old_path) DO UPDATE SET tag_id = excluded.tag_id, article_id = NULL,
        category_id = NULL, author_id = NULL;
DELETE FROM taggit_tag WHERE id IN (SELECT old FROM doubled);
"""


def make_function(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(UNACCENT)
        (schema,) = cursor.fetchone()
        cursor.execute(FUNCTION.format(schema=schema))


def merge_doubles(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for statement in DOUBLES.split(";\n"):
            if statement.strip():
                cursor.execute(statement)
        # What waits for its foreign keys to be looked at keeps the index from being made.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0012_search_statistics"),
        ("taggit", "0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx"),
    ]

    operations = [
        migrations.RunPython(make_function, migrations.RunPython.noop),
        migrations.RunPython(merge_doubles, migrations.RunPython.noop),
        migrations.RunSQL(
            "CREATE UNIQUE INDEX tag_once_folded ON taggit_tag (iria_folded(name))",
            "DROP INDEX tag_once_folded; DROP FUNCTION iria_folded(text)",
        ),
    ]
