"""Where comments stand in their threads, what they said before, and who has yet to confirm an address.

PostgreSQL keeps places and counts, with every statement that writes comments. A statement counts once
for all its rows, so that loading or removing thousands costs what they are worth. Who counts below an
article holds the row of its counts; so nobody waits for each other in two orders.

Comments that are older than this get their positions from 0050, which also validates the constraints:
both would take long under the locks that this migration needs.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

STATES = ("unconfirmed", "held", "approved", "rejected", "spam", "deleted")

PLACES = """
CREATE FUNCTION articles_thread_place(fresh bigint[]) RETURNS bigint[] LANGUAGE sql AS $$
    -- The places of new comments; what answers them stood without one until now, if it came first.
    WITH RECURSIVE laid AS (
        SELECT c.id, c.article_id, c.parent_id, c.created_at,
            coalesce(above.root_id, c.id) AS root_id,
            CASE above.level WHEN 3 THEN above.host_id ELSE above.comment_id END AS host_id,
            least(coalesce(above.level, 0) + 1, 3) AS level
        FROM unnest(fresh) AS one(id)
        JOIN articles_comment AS c ON c.id = one.id
        LEFT JOIN articles_commentplace AS above ON above.comment_id = c.parent_id
        WHERE c.parent_id IS NULL OR above.comment_id IS NOT NULL
        UNION ALL
        SELECT c.id, c.article_id, c.parent_id, c.created_at, laid.root_id,
            CASE laid.level WHEN 3 THEN laid.host_id ELSE laid.id END,
            least(laid.level + 1, 3)
        FROM laid JOIN articles_comment AS c ON c.parent_id = laid.id
    ), placed AS (
        INSERT INTO articles_commentplace
            (comment_id, article_id, parent_id, root_id, host_id, level, created_at,
            readable, answers, below)
        SELECT id, article_id, parent_id, root_id, host_id, level, created_at, false, 0, 0
        FROM laid ON CONFLICT (comment_id) DO NOTHING
        RETURNING comment_id
    )
    SELECT coalesce(array_agg(placed.comment_id), '{}')
    FROM placed JOIN articles_comment AS c ON c.id = placed.comment_id
    WHERE c.state = 'approved'
$$;

CREATE FUNCTION articles_thread_count(changed bigint[], now_readable boolean[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    threads bigint[];
    roots bigint[];
BEGIN
    SELECT array_agg(DISTINCT article_id), array_agg(DISTINCT root_id) INTO threads, roots
        FROM articles_commentplace WHERE comment_id = ANY(changed);
    IF threads IS NULL THEN
        RETURN;
    END IF;
    PERFORM 1 FROM articles_threadcount WHERE article_id = ANY(threads)
        ORDER BY article_id FOR UPDATE;
    UPDATE articles_threadcount AS thread SET tops = tops - before.number
        FROM (
            SELECT article_id, count(*) AS number FROM articles_commentplace
            WHERE comment_id = ANY(roots) AND shown GROUP BY article_id
        ) AS before
        WHERE thread.article_id = before.article_id;
    WITH step AS (
        SELECT place.*, CASE WHEN one.readable THEN 1 ELSE -1 END AS delta
        FROM unnest(changed, now_readable) AS one(id, readable)
        JOIN articles_commentplace AS place ON place.comment_id = one.id
        WHERE place.readable IS DISTINCT FROM one.readable
    ), target AS (
        SELECT id, sum(own) AS own, sum(answers) AS answers, sum(below) AS below
        FROM (
            SELECT comment_id AS id, delta AS own, 0 AS answers, 0 AS below FROM step
            UNION ALL SELECT parent_id, 0, delta, 0 FROM step WHERE parent_id IS NOT NULL
            UNION ALL SELECT host_id, 0, 0, delta FROM step WHERE level > 1
            UNION ALL SELECT root_id, 0, 0, delta FROM step WHERE level = 3
        ) AS one GROUP BY id
    ), counted AS (
        UPDATE articles_commentplace AS place
        SET readable = CASE WHEN target.own = 0 THEN place.readable ELSE target.own > 0 END,
            answers = place.answers + target.answers,
            below = place.below + target.below
        FROM target WHERE place.comment_id = target.id
    )
    UPDATE articles_threadcount AS thread SET readable = thread.readable + sums.delta
    FROM (SELECT article_id, sum(delta) AS delta FROM step GROUP BY article_id) AS sums
    WHERE thread.article_id = sums.article_id;
    UPDATE articles_threadcount AS thread SET tops = tops + after.number
        FROM (
            SELECT article_id, count(*) AS number FROM articles_commentplace
            WHERE comment_id = ANY(roots) AND shown GROUP BY article_id
        ) AS after
        WHERE thread.article_id = after.article_id;
END $$;

CREATE FUNCTION articles_thread_begin(threads bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO articles_threadcount (article_id, readable, tops)
    SELECT DISTINCT id, 0, 0 FROM unnest(threads) AS thread(id) ORDER BY id
    ON CONFLICT (article_id) DO NOTHING
$$;

CREATE FUNCTION articles_thread_lay(fresh bigint[], threads bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    readable bigint[];
BEGIN
    readable := articles_thread_place(fresh);
    IF cardinality(readable) > 0 THEN
        PERFORM articles_thread_begin(threads);
        PERFORM articles_thread_count(readable, array_fill(true, ARRAY[cardinality(readable)]));
    END IF;
END $$;

CREATE FUNCTION articles_comment_came() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM articles_thread_lay(array_agg(id), array_agg(DISTINCT article_id)) FROM came
        HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER comment_came AFTER INSERT ON articles_comment
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION articles_comment_came();

CREATE FUNCTION articles_comment_went() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    SELECT array_agg(id) INTO ids FROM went;
    IF ids IS NOT NULL THEN
        PERFORM articles_thread_count(ids, array_fill(false, ARRAY[cardinality(ids)]));
        -- Where answers are removed by a later statement, their place was still counted.
        UPDATE articles_threadcount AS thread SET tops = tops - gone.number
            FROM (
                SELECT article_id, count(*) AS number FROM articles_commentplace
                WHERE comment_id = ANY(ids) AND level = 1 AND shown GROUP BY article_id
            ) AS gone
            WHERE thread.article_id = gone.article_id;
        DELETE FROM articles_commentplace WHERE comment_id = ANY(ids);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER comment_went AFTER DELETE ON articles_comment
    REFERENCING OLD TABLE AS went FOR EACH STATEMENT EXECUTE FUNCTION articles_comment_went();

CREATE FUNCTION articles_comment_turned() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
    states boolean[];
    moved bigint[];
    all_ids bigint[];
BEGIN
    SELECT array_agg(is_now.id), array_agg(is_now.state = 'approved') INTO ids, states
        FROM is_now JOIN was USING (id)
        WHERE (is_now.state = 'approved') <> (was.state = 'approved');
    IF ids IS NOT NULL THEN
        PERFORM articles_thread_begin(array_agg(article_id)) FROM is_now;
        PERFORM articles_thread_count(ids, states);
    END IF;
    UPDATE articles_commentplace AS place SET created_at = is_now.created_at
        FROM is_now JOIN was USING (id)
        WHERE place.comment_id = is_now.id AND is_now.created_at <> was.created_at;
    SELECT array_agg(DISTINCT thread.id) INTO moved
        FROM is_now JOIN was USING (id),
            unnest(ARRAY[is_now.article_id, was.article_id]) AS thread(id)
        WHERE is_now.article_id <> was.article_id
            OR is_now.parent_id IS DISTINCT FROM was.parent_id;
    IF moved IS NOT NULL THEN
        -- It happens to whole threads, if ever: they are laid anew.
        PERFORM articles_thread_begin(moved);
        DELETE FROM articles_commentplace WHERE article_id = ANY(moved);
        UPDATE articles_threadcount SET readable = 0, tops = 0 WHERE article_id = ANY(moved);
        SELECT array_agg(id) INTO all_ids FROM articles_comment WHERE article_id = ANY(moved);
        PERFORM articles_thread_lay(all_ids, moved);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER comment_turned AFTER UPDATE ON articles_comment
    REFERENCING OLD TABLE AS was NEW TABLE AS is_now
    FOR EACH STATEMENT EXECUTE FUNCTION articles_comment_turned();
"""

NO_PLACES = """
DROP TRIGGER comment_turned ON articles_comment;
DROP TRIGGER comment_went ON articles_comment;
DROP TRIGGER comment_came ON articles_comment;
DROP FUNCTION articles_comment_turned();
DROP FUNCTION articles_comment_went();
DROP FUNCTION articles_comment_came();
DROP FUNCTION articles_thread_lay(bigint[], bigint[]);
DROP FUNCTION articles_thread_begin(bigint[]);
DROP FUNCTION articles_thread_count(bigint[], boolean[]);
DROP FUNCTION articles_thread_place(bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0037_following_by_mail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="article",
            name="comments_close_after",
            field=models.PositiveSmallIntegerField(blank=True, help_text="Days after publication from which nobody may comment any more; 0 for never. Left empty, as everywhere on the site.", null=True),
        ),
        migrations.AddField(
            model_name="article",
            name="comments_policy",
            field=models.CharField(blank=True, choices=[("", "As everywhere on the site"), ("open", "The rules decide what appears at once"), ("held", "A moderator reads every comment first"), ("off", "No comments, and none are shown")], default="", max_length=4),
        ),
        AddConstraintNotValid(
            model_name="article",
            constraint=models.CheckConstraint(condition=models.Q(("comments_policy__in", ["", "open", "held", "off"])), name="article_comments_policy_known"),
        ),
        migrations.AddField(
            model_name="comment",
            name="edited_at",
            field=models.DateTimeField(editable=False, help_text="The words before are kept for moderators.", null=True, verbose_name="last changed by its writer"),
        ),
        migrations.RemoveConstraint(model_name="comment", name="comment_state_known"),
        migrations.RemoveConstraint(model_name="moderation", name="moderation_decision_known"),
        migrations.AlterField(
            model_name="comment",
            name="state",
            field=models.CharField(choices=[("unconfirmed", "Waits for its writer to confirm the address"), ("held", "Held"), ("approved", "Approved"), ("rejected", "Rejected"), ("spam", "Spam"), ("deleted", "Deleted by its writer")], default="held", editable=False, max_length=11),
        ),
        migrations.AlterField(
            model_name="moderation",
            name="decision",
            field=models.CharField(choices=[("unconfirmed", "Waits for its writer to confirm the address"), ("held", "Held"), ("approved", "Approved"), ("rejected", "Rejected"), ("spam", "Spam"), ("deleted", "Deleted by its writer")], max_length=11),
        ),
        AddConstraintNotValid(
            model_name="comment",
            constraint=models.CheckConstraint(condition=models.Q(("state__in", STATES)), name="comment_state_known"),
        ),
        AddConstraintNotValid(
            model_name="moderation",
            constraint=models.CheckConstraint(condition=models.Q(("decision__in", STATES)), name="moderation_decision_known"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(condition=models.Q(("state", "unconfirmed")), fields=["created_at"], name="comment_unconfirmed"),
        ),
        migrations.CreateModel(
            name="CommentVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                ("replaced_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("comment", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="articles.comment")),
                ("replaced_by", models.ForeignKey(blank=True, help_text="Empty for a guest, who holds the link of the comment.", null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={"verbose_name": "earlier text", "ordering": ["-replaced_at", "-pk"]},
        ),
        migrations.CreateModel(
            name="ThreadCount",
            fields=[
                ("article", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="thread_count", serialize=False, to="articles.article")),
                ("readable", models.PositiveIntegerField(default=0)),
                ("tops", models.PositiveIntegerField(default=0, help_text="With the gaps that stand there.")),
            ],
        ),
        migrations.CreateModel(
            name="CommentPlace",
            fields=[
                ("comment", models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name="place", serialize=False, to="articles.comment")),
                ("level", models.PositiveSmallIntegerField()),
                ("created_at", models.DateTimeField()),
                ("readable", models.BooleanField(default=False)),
                ("answers", models.PositiveIntegerField(default=0, help_text="How many comments that can be read answer it directly.")),
                ("below", models.PositiveIntegerField(default=0, help_text="How many comments that can be read are shown below it.")),
                ("shown", models.GeneratedField(db_persist=True, expression=models.Q(("readable", True), ("answers__gt", 0), ("below__gt", 0), _connector="OR"), help_text="Whether it has a place on the page, be it as the gap that it left.", output_field=models.BooleanField())),
                ("article", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="articles.article")),
                ("host", models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="articles.comment")),
                ("parent", models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="articles.comment")),
                ("root", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="articles.comment")),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("level", 1), ("shown", True)), fields=["article", "created_at", "comment"], name="comment_place_tops"),
                    models.Index(condition=models.Q(("level", 1), ("shown", True)), fields=["article", "-below", "created_at", "comment"], name="comment_place_discussed"),
                    models.Index(condition=models.Q(("shown", True)), fields=["host", "created_at", "comment"], name="comment_place_hosted"),
                    models.Index(condition=models.Q(("level__gt", 1), ("shown", True)), fields=["root", "comment"], name="comment_place_first"),
                    models.Index(condition=models.Q(("shown", True)), fields=["host", "comment"], name="comment_place_first_hosted"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("host__isnull", True), ("level", 1), ("root", models.F("comment"))) | models.Q(("host__isnull", False), ("level__in", (2, 3))), name="comment_place_level"),
                ],
            },
        ),
        migrations.RunSQL(PLACES, NO_PLACES),
    ]
