"""Lists the articles that are there already, a thousand at a time.

Each time in a transaction of its own, so that nobody waits long for an article, and so that a migration
that was interrupted goes on where it was: what is listed already is left alone.
"""

from django.db import migrations

AT_ONCE = 1_000


ADD_UP = """
WITH gone AS (
    DELETE FROM articles_listingcount WHERE visible_from <= now()
    RETURNING scope, target, language, period, articles
)
INSERT INTO articles_listingcount
    (scope, target, language, period, articles, visible_from, added_up)
SELECT scope, target, language, period, sum(articles), 'epoch', true
FROM gone GROUP BY scope, target, language, period HAVING sum(articles) <> 0
"""
"""As the worker does every minute: each batch has left rows of its own."""


def list_the_archive(apps, schema_editor):
    """Lists the articles that exist; doing it twice changes nothing."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(min(id), 0), coalesce(max(id), -1) FROM articles_article")
        first, last = cursor.fetchone()
        for start in range(first, last + 1, AT_ONCE):
            cursor.execute(
                "SELECT articles_listing_write_unlocked(array_agg(id)) FROM articles_article"
                " WHERE id >= %s AND id < %s AND state = 'published'",
                [start, start + AT_ONCE],
            )
        if last >= first:
            cursor.execute(ADD_UP)
            cursor.execute("ANALYZE articles_listingentry, articles_listingcount")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("articles", "0047_listings")]

    operations = [migrations.RunPython(list_the_archive, migrations.RunPython.noop)]
