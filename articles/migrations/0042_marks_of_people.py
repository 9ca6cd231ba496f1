"""Bans keep marks of what they compare; whose an address is, is known once a mailed link was answered."""

from django.conf import settings
from django.db import migrations, models
from iria.core.security import encryption as sealing

MARKED = ["email", "name", "address"]


def keep_marks(apps, schema_editor):
    """What was banned in words so far becomes a mark (`banning.marking`)."""
    for ban in apps.get_model("articles", "Ban").objects.exclude(value=""):
        ban.readable = ban.label
        if ban.kind == "email":
            before, _, domain = ban.value.rpartition("@")
            ban.readable = f"{before[:1]}…@{domain}"
        elif ban.kind in {"address", "network"}:
            ban.readable = ban.value if ban.kind == "network" else "one address"
        if ban.kind in MARKED:
            ban.value = sealing.mark(ban.value, purpose=f"iria.comments.ban.{ban.kind}")
        ban.save(update_fields=["value", "readable"])


CONFIRMED = """
UPDATE articles_comment AS comment SET address_confirmed_at = row.made_at
FROM articles_moderation AS row
WHERE row.comment_id = comment.id AND row.reason LIKE 'Its writer confirmed the address.%'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0041_akismet'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='ban',
            name='readable',
            field=models.CharField(blank=True, editable=False, help_text='For moderators; an address only so far that it can be told from others.', max_length=320, verbose_name='what is banned'),
        ),
        migrations.AddField(
            model_name='comment',
            name='address_confirmed_at',
            field=models.DateTimeField(editable=False, help_text="When a link that was mailed to a guest's address was answered: only then it is theirs.", null=True),
        ),
        migrations.AddField(
            model_name='flag',
            name='today',
            field=models.CharField(blank=True, editable=False, help_text='Tells the reports of one sender of one day; emptied in the night, when its key is destroyed.', max_length=64),
        ),
        migrations.AlterField(
            model_name='ban',
            name='value',
            field=models.CharField(blank=True, editable=False, help_text='What is compared (`marking`); emptied when the ban ends.', max_length=320),
        ),
        migrations.AddIndex(
            model_name='flag',
            index=models.Index(condition=models.Q(('today', ''), _negated=True), fields=['today'], name='flag_today'),
        ),
        migrations.RunPython(keep_marks, migrations.RunPython.noop, elidable=True),
        migrations.RunSQL(CONFIRMED, migrations.RunSQL.noop, elidable=True),
    ]
