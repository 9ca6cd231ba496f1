"""Names of accounts are kept from imitation: the first account to have one keeps it, the newsroom before all.

Names that are older than this get their keys from 0005, without locking the table.
"""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_sessions_devices_faces'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='name_key',
            field=models.CharField(editable=False, help_text='The display name as the eye takes it; nobody else may have one that looks like it.', max_length=200, null=True),
        ),
        migrations.AlterField(
            model_name='user',
            name='name_key',
            field=models.CharField(editable=False, help_text='The display name as the eye takes it; nobody else may have one that looks like it.', max_length=200, null=True, unique=True),
        ),
    ]
