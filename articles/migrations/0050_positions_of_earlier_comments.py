"""Gives the comments that are older than the triggers of 0038 their positions in their threads.

A batch is one set-based call, in a transaction of its own. Readers never wait, and somebody who writes a
comment waits for one batch at most. A comment without a position is what the triggers expect of one
whose parent comes later, so comments may be written, decided and deleted between two batches; and a
run that was interrupted continues where it stopped.

The constraints that 0038 added are validated here, while rows are read and written.
"""

from itertools import batched

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations, transaction

BATCH = 2_000

MISSING = """
SELECT id, article_id FROM articles_comment AS comment
WHERE NOT EXISTS (SELECT FROM articles_commentplace WHERE comment_id = comment.id) ORDER BY id
"""

# Until the end of the batch no comment changes state behind its back; reading goes on.
WRITERS_WAIT = "LOCK TABLE articles_comment IN SHARE ROW EXCLUSIVE MODE"

# A plan that is kept for later batches was made for tables that were almost empty, and reads them
# whole again and again.
NEW_PLANS = "SET LOCAL plan_cache_mode = force_custom_plan"

# Threads in which nothing can be read have no counts, as if each had been laid by itself.
ADD = """
SELECT articles_thread_lay(%s::bigint[], (
    SELECT array_agg(id) FROM unnest(%s::bigint[]) AS thread(id)
    WHERE EXISTS (
        SELECT FROM articles_comment WHERE article_id = thread.id AND state = 'approved'
    )
))
"""


def add_positions(apps, schema_editor, batch=BATCH):
    database = schema_editor.connection
    with database.cursor() as cursor:
        cursor.execute(MISSING)
        missing = cursor.fetchall()
        for number, rows in enumerate(batched(missing, batch), 1):
            comments, threads = (list(dict.fromkeys(column)) for column in zip(*rows))
            with transaction.atomic(using=database.alias):
                cursor.execute(NEW_PLANS)
                cursor.execute(WRITERS_WAIT)
                cursor.execute(ADD, [comments, threads])
            if number & (number - 1) == 0:
                # The tables have doubled.
                cursor.execute("ANALYZE articles_commentplace, articles_threadcount")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("articles", "0049_search_statistics_of_large_archives")]

    operations = [
        migrations.RunPython(add_positions, migrations.RunPython.noop, elidable=True),
        ValidateConstraint("article", "article_comments_policy_known"),
        ValidateConstraint("comment", "comment_state_known"),
        ValidateConstraint("moderation", "moderation_decision_known"),
    ]
