"""What is known of who reports comments, once addresses are forgotten."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0033_search_needs_no_index_of_vectors'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='flag',
            name='reporter',
            field=models.CharField(blank=True, editable=False, help_text="Tells a guest's reports from those of others once the address is forgotten.", max_length=64),
        ),
        migrations.AlterField(
            model_name='flag',
            name='outcome',
            field=models.CharField(blank=True, choices=[('', 'Waiting'), ('upheld', 'Upheld'), ('dismissed', 'Dismissed'), ('gone', 'Taken back by its writer meanwhile')], default='', max_length=9),
        ),
        migrations.AddIndex(
            model_name='flag',
            index=models.Index(condition=models.Q(('reporter', ''), _negated=True), fields=['reporter'], name='flag_reporter'),
        ),
    ]
