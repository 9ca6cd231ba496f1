"""Readers report comments; enough reports hold one, by a rule like the others."""

import django.db.models.deletion
import django.utils.timezone
import iria.core.text.validators
from django.conf import settings
from django.db import migrations, models


def make_rule(apps, schema_editor):
    apps.get_model("articles", "ScreeningRule").objects.create(
        phase="reports", threshold=3, action="hold"
    )


class Migration(migrations.Migration):

    dependencies = [
        ('articles', "0029_search_changes_apart"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='screeningrule',
            name='phase',
            field=models.CharField(choices=[('trap', 'The field that people do not see was filled in'), ('banned', 'A banned word'), ('suspect', 'A suspect word'), ('links', 'Many links'), ('link_kinds', 'Links that hide where they lead'), ('duplicate', 'The same words again'), ('shouting', 'Shouting'), ('length', 'Very long'), ('newcomer', "A writer's first comment"), ('model', 'Like what moderators called spam'), ('reports', 'Reported by readers'), ('everyone', 'Every comment is held first')], editable=False, max_length=12, unique=True),
        ),
        migrations.CreateModel(
            name='Flag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('advertising', 'It is advertising'), ('insult', 'It insults or threatens somebody'), ('hate', 'It incites hatred'), ('private', 'It tells private things about somebody'), ('false', 'It says something that is plainly not true'), ('other', 'Something else')], max_length=12)),
                ('words', models.CharField(blank=True, max_length=500, validators=[iria.core.text.validators.validate_storable])),
                ('email', models.EmailField(blank=True, help_text='To tell a guest what came of it. Never shown.', max_length=254, validators=[iria.core.text.validators.validate_storable])),
                ('sender', models.CharField(blank=True, editable=False, help_text='Tells two reports of one comment by one sender; emptied with the decision.', max_length=64)),
                ('weight', models.FloatField(default=1.0, help_text='From 0 to 1: less for somebody whose earlier reports were dismissed.')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('outcome', models.CharField(blank=True, choices=[('', 'Waiting'), ('upheld', 'Upheld'), ('dismissed', 'Dismissed')], default='', max_length=9)),
                ('decided_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('comment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='flags', to='articles.comment')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='flags', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'report by a reader',
                'verbose_name_plural': 'reports by readers',
                'ordering': ['-made_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('outcome', '')), fields=['comment'], name='flag_waiting')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('sender', ''), _negated=True), fields=('comment', 'sender'), name='flag_once_a_sender'), models.CheckConstraint(condition=models.Q(('weight__range', (0, 1))), name='flag_weight_in_range'), models.CheckConstraint(condition=models.Q(('outcome', ''), ('decided_at__isnull', False), _connector='OR'), name='flag_decided_when')],
            },
        ),
        migrations.RunPython(make_rule, migrations.RunPython.noop),
    ]
