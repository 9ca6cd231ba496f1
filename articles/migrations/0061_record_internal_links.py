"""Records the links between texts that related articles know already, for “Linked from”.

The texts keep their URLs; each gets references when it is saved next.
"""

from typing import Any

from django.db import migrations

ARTICLES_AT_ONCE = 5_000

RECORD = """
INSERT INTO articles_internallink (article_id, target_kind, target_id)
SELECT article_id, 'article', other_id FROM articles_textlink
WHERE article_id > %(after)s AND article_id <= %(last)s
ON CONFLICT DO NOTHING
"""


def record(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM articles_article")
        newest = cursor.fetchone()[0]
        for after in range(0, newest, ARTICLES_AT_ONCE):
            cursor.execute(RECORD, {"after": after, "last": after + ARTICLES_AT_ONCE})


class Migration(migrations.Migration):
    # Each batch is a transaction of its own.
    atomic = False

    dependencies = [("articles", "0060_internal_links")]

    operations = [migrations.RunPython(record, migrations.RunPython.noop)]
