"""The first look at a comment follows rules that are rows, and keeps what each of them said."""

import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import iria.core.text.validators
from django.conf import settings
from django.db import migrations, models


RULES = [
    # phase, threshold, action, reason told to the writer
    ("trap", 0, "spam", ""),
    (
        "banned",
        0,
        "reject",
        "It has a word that is not used on this site; please write it without that word.",
    ),
    ("suspect", 0, "hold", ""),
    ("links", 2, "hold", ""),
    ("link_kinds", 0, "hold", ""),
    ("duplicate", 1, "hold", ""),
    ("shouting", 70, "hold", ""),
    ("length", 4000, "allow", ""),
    ("newcomer", 1, "hold", ""),
    ("model", 0, "hold", ""),
    ("everyone", 0, "hold", ""),
]


def make_rules(apps, schema_editor):
    rule = apps.get_model("articles", "ScreeningRule")
    rule.objects.bulk_create(
        rule(phase=phase, threshold=threshold, action=action, reason=reason)
        for phase, threshold, action, reason in RULES
    )


class Migration(migrations.Migration):

    dependencies = [
        ('articles', "0024_names_follow_rights"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LearntModel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('wanted', models.PositiveIntegerField(help_text='Approved comments it learnt from.')),
                ('unwanted', models.PositiveIntegerField(help_text='Spam it learnt from.')),
                ('precision', models.FloatField(help_text='On comments kept from it while it learnt.')),
                ('recall', models.FloatField(help_text='On comments kept from it while it learnt.')),
                ('content', models.JSONField(editable=False)),
            ],
            options={
                'verbose_name': 'spam model',
                'ordering': ['-made_at', '-pk'],
                'get_latest_by': 'made_at',
            },
        ),
        migrations.CreateModel(
            name='ScreenedWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=100, validators=[iria.core.text.validators.validate_storable, iria.core.text.validators.validate_not_blank], verbose_name='word or phrase')),
                ('folded', models.CharField(editable=False, max_length=200, unique=True)),
                ('list', models.CharField(choices=[('banned', 'Banned'), ('suspect', 'Suspect')], default='suspect', max_length=7)),
                ('added_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['word'],
            },
        ),
        migrations.CreateModel(
            name='ScreeningRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phase', models.CharField(choices=[('trap', 'The field that people do not see was filled in'), ('banned', 'A banned word'), ('suspect', 'A suspect word'), ('links', 'Many links'), ('link_kinds', 'Links that hide where they lead'), ('duplicate', 'The same words again'), ('shouting', 'Shouting'), ('length', 'Very long'), ('newcomer', "A writer's first comment"), ('model', 'Like what moderators called spam'), ('everyone', 'Every comment is held first')], editable=False, max_length=12, unique=True)),
                ('active', models.BooleanField(default=True, verbose_name='on')),
                ('threshold', models.PositiveIntegerField(default=0, help_text='What it means stands beside each rule; 0 where a rule needs none.')),
                ('action', models.CharField(choices=[('allow', 'Say so and do nothing'), ('hold', 'Hold for a moderator'), ('spam', 'Set aside as spam'), ('reject', 'Reject, and tell the writer why')], default='hold', max_length=6)),
                ('reason', models.CharField(blank=True, help_text='Only for a rule that rejects: one sentence that says what to change.', max_length=300, validators=[iria.core.text.validators.validate_storable], verbose_name='reason told to the writer')),
                ('changed_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.AddField(
            model_name='comment',
            name='findings',
            field=models.JSONField(blank=True, default=list, editable=False, help_text='What each rule of the first look said: phase, action, and its words.'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(django.db.models.functions.text.MD5('text'), models.F('created_at'), name='comment_same_words'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(django.db.models.functions.text.Lower('email'), condition=models.Q(('state', 'approved'), models.Q(('email', ''), _negated=True)), name='comment_known_guests'),
        ),
        migrations.AddField(
            model_name='screenedword',
            name='added_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='screeningrule',
            name='changed_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='screenedword',
            constraint=models.CheckConstraint(condition=models.Q(('folded', ''), _negated=True), name='screened_word_can_be_seen'),
        ),
        migrations.AddConstraint(
            model_name='screeningrule',
            constraint=models.CheckConstraint(condition=models.Q(('action__in', ['allow', 'hold', 'spam', 'reject'])), name='rule_action_known'),
        ),
        migrations.AddConstraint(
            model_name='screeningrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('action', 'reject'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='rule_that_rejects_has_reason', violation_error_message='Write the reason that a rejected writer is told.'),
        ),
        migrations.RunPython(make_rules, migrations.RunPython.noop),
    ]
