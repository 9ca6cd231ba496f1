"""Akismet may be asked about comments: a rule that is off, and what it said of each."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def add_rule(apps, schema_editor):
    apps.get_model("articles", "ScreeningRule").objects.create(
        phase="akismet", active=False, threshold=0, action="hold"
    )


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0040_dates_without_rows'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AkismetOpinion',
            fields=[
                ('comment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='akismet', serialize=False, to='articles.comment')),
                ('spam', models.BooleanField(editable=False, help_text='Whether it takes the comment for spam; empty before.', null=True)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('told', models.CharField(blank=True, choices=[('spam', 'It is spam'), ('ham', 'It is none')], editable=False, help_text='What Akismet was told after a moderator had decided otherwise.', max_length=4)),
            ],
        ),
        migrations.AddField(
            model_name='screeningrule',
            name='reports_back',
            field=models.BooleanField(default=False, help_text='It is sent those comments once more, with the decision.', verbose_name='tell Akismet where moderators decided otherwise'),
        ),
        migrations.AddConstraint(
            model_name='screeningrule',
            constraint=models.CheckConstraint(condition=models.Q(('reports_back', False), ('phase', 'akismet'), _connector='OR'), name='rule_that_reports_back_is_akismet'),
        ),
        migrations.AddField(
            model_name='akismetopinion',
            name='holding',
            field=models.ForeignKey(editable=False, help_text='The row that holds the comment for nothing but this answer.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='articles.moderation'),
        ),
        migrations.AddConstraint(
            model_name='akismetopinion',
            constraint=models.CheckConstraint(condition=models.Q(('told__in', ['', 'spam', 'ham'])), name='akismet_told_known'),
        ),
        migrations.RunPython(add_rule, migrations.RunPython.noop),
    ]
