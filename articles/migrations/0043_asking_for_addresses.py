"""When an address was asked for, so that a comment is forgotten only where a mail left us."""

from django.db import migrations, models


ASKED = "UPDATE articles_comment SET asked_at = created_at WHERE state = 'unconfirmed'"


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0042_marks_of_people'),
    ]

    operations = [
        migrations.AddField(
            model_name='comment',
            name='asked_at',
            field=models.DateTimeField(editable=False, help_text='When a mail that asks a guest to confirm the address surely left us.', null=True),
        ),
        migrations.AddField(
            model_name='follow',
            name='asked_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='When the address was last written to for it.', null=True),
        ),
        migrations.RunSQL(ASKED, migrations.RunSQL.noop, elidable=True),
    ]
