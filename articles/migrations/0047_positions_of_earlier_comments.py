"""Gives the comments that are older than the triggers of 0038 their positions in their threads.

A batch is one set-based call, in a transaction of its own. Readers never wait, and whoever writes a
comment waits for one batch at most. A comment without a position is what the triggers expect of one
whose parent comes later, so comments may be written, decided and deleted between two batches; and a
run that was interrupted continues where it stopped.

The constraints that 0038 added are validated here, while rows are read and written.
"""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations, transaction

BATCH = 1_000

# Threads in which nothing can be read have no counts, as if each had been laid by itself.
MISSING = """
SELECT array_agg(id), array_agg(DISTINCT article_id) FILTER (WHERE EXISTS (
    SELECT FROM articles_comment AS readable
    WHERE readable.article_id = batch.article_id AND readable.state = 'approved'
)) FROM (
    SELECT id, article_id FROM articles_comment AS comment
    WHERE id > %s AND NOT EXISTS (
        SELECT FROM articles_commentplace WHERE comment_id = comment.id
    )
    ORDER BY id LIMIT %s
) AS batch
"""

# Until the end of the batch no comment changes state behind its back; reading goes on.
WRITERS_WAIT = "LOCK TABLE articles_comment IN SHARE ROW EXCLUSIVE MODE"


def add_positions(apps, schema_editor, batch=BATCH):
    database = schema_editor.connection
    last = 0
    with database.cursor() as cursor:
        while True:
            cursor.execute(MISSING, [last, batch])
            comments, threads = cursor.fetchone()
            if not comments:
                break
            with transaction.atomic(using=database.alias):
                cursor.execute(WRITERS_WAIT)
                cursor.execute("SELECT articles_thread_lay(%s::bigint[], %s::bigint[])", [comments, threads])
            if last == 0:
                # Plans that were made for empty tables would read them whole for every comment.
                cursor.execute("ANALYZE articles_commentplace, articles_threadcount")
            last = max(comments)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("articles", "0046_licences_in_words")]

    operations = [
        migrations.RunPython(add_positions, migrations.RunPython.noop, elidable=True),
        ValidateConstraint("article", "article_comments_policy_known"),
        ValidateConstraint("comment", "comment_state_known"),
        ValidateConstraint("moderation", "moderation_decision_known"),
    ]
