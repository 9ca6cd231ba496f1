"""What a reader chose moves from rows of its own into a list in the subscription.

Sets, not rows one by one. Unknown is everything; so a list that loses its last topic stays empty.
"""

import django.contrib.postgres.fields
import newsletter.models.subscriber
from django.db import migrations, models

IN_ORDER = """
CREATE FUNCTION newsletter_in_order(numbers bigint[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT numbers = ARRAY(SELECT DISTINCT n FROM unnest(numbers) n WHERE n IS NOT NULL ORDER BY n) $$
"""
NOT_IN_ORDER = "DROP FUNCTION newsletter_in_order(bigint[])"

MOVE = """
UPDATE newsletter_subscription s SET topics = chosen.topics
  FROM (SELECT subscription_id, array_agg(category_id ORDER BY category_id) AS topics
          FROM newsletter_subscribedtopic GROUP BY subscription_id) chosen
 WHERE chosen.subscription_id = s.id AND s.rhythm <> 'issues'
"""
"""Beside what the editors write, topics never changed anything."""

BACK = """
INSERT INTO newsletter_subscribedtopic (subscription_id, category_id)
SELECT s.id, c.id
  FROM newsletter_subscription s
 CROSS JOIN LATERAL unnest(s.topics) AS t (id)
  JOIN articles_category c ON c.id = t.id;
SET CONSTRAINTS ALL IMMEDIATE;
DELETE FROM newsletter_subscription WHERE topics = '{}';
SET CONSTRAINTS ALL DEFERRED
"""
"""Without a row there, everything comes. So whoever has no topic left gets nothing there either: they are
not subscribed."""

EVERYTHING_IS_UNKNOWN = "UPDATE newsletter_consentednewsletter SET topics = NULL WHERE topics = '{}'"
EVERYTHING_IS_NONE = "UPDATE newsletter_consentednewsletter SET topics = '{}' WHERE topics IS NULL"

ADDRESSES = """
UPDATE newsletter_consentednewsletter w
   SET addresses = ARRAY(SELECT coalesce('/category/' || c.path || '/', '')
                           FROM unnest(w.topics) WITH ORDINALITY AS t (id, place)
                           LEFT JOIN articles_category c ON c.id = t.id ORDER BY t.place)
 WHERE w.topics IS NOT NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0041_akismet'),
        ('newsletter', '0014_digests_held_by_editors'),
    ]

    operations = [
        migrations.RunSQL(IN_ORDER, NOT_IN_ORDER),
        migrations.RemoveField(
            model_name='subscription',
            name='topics',
        ),
        migrations.AddField(
            model_name='subscription',
            name='topics',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, help_text='The categories it is to be about, by number; unknown, everything comes, and with none in the list nothing does.', null=True),
        ),
        migrations.RunSQL(MOVE, BACK),
        migrations.RemoveConstraint(
            model_name='subscribedtopic',
            name='subscribed_topic_once',
        ),
        migrations.DeleteModel(
            name='SubscribedTopic',
        ),
        migrations.AddField(
            model_name='consentednewsletter',
            name='addresses',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=500), blank=True, db_default=[], default=list, help_text='Of the topics, in the same order, when they were chosen.'),
        ),
        migrations.AlterField(
            model_name='consentednewsletter',
            name='topics',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, help_text='Unknown: everything.', null=True),
        ),
        migrations.RunSQL(EVERYTHING_IS_UNKNOWN, EVERYTHING_IS_NONE),
        migrations.RunSQL(ADDRESSES, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='subscription',
            index=models.Index(fields=['newsletter', 'rhythm', 'topics'], include=('subscriber',), name='subscription_choice'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(('topics__isnull', True), models.Q(('rhythm', 'issues'), _negated=True), _connector='OR'), name='subscription_topics_are_composed'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(('topics__isnull', True), newsletter.models.subscriber.InOrder('topics'), _connector='OR'), name='subscription_topics_in_order'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(('topics__isnull', True), ('topics__len__lte', 200), _connector='OR'), name='subscription_topics_fit'),
        ),
    ]
