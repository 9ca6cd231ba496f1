"""Bans and suspensions, sealed addresses, claims, appeals, reasons to choose from, and taking back."""

import datetime
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import django.utils.timezone
import iria.core.text.validators
from django.conf import settings
from django.db import migrations, models


RULES = [
    # phase, threshold, action, reason told to the writer
    (
        "writer",
        0,
        "reject",
        "Commenting with this account or address is suspended. If you think that this is a mistake, "
        "please write to the newsroom.",
    ),
    ("likeness", 0, "hold", ""),
    ("rate", 4, "hold", ""),
]

REASONS = [
    (
        "Off the subject",
        "It is not about what the article says. You are welcome to write about that.",
    ),
    (
        "Insulting",
        "It insults somebody. Please say what you think of the matter without attacking a person.",
    ),
    (
        "Hateful",
        "It speaks of people with contempt for what they are; that is not published here.",
    ),
    (
        "Advertising",
        "It advertises something. Comments are for talking about the article.",
    ),
    (
        "Private matters",
        "It tells private things about somebody, such as an address or an illness.",
    ),
    (
        "Not true",
        "It states as a fact what is plainly not true, and could harm somebody who believes it.",
    ),
    (
        "Said already",
        "The same was said in this conversation already.",
    ),
    (
        "Cannot be understood",
        "We could not make out what it means; please write it in whole sentences.",
    ),
]


def fill(apps, schema_editor):
    rule = apps.get_model("articles", "ScreeningRule")
    rule.objects.bulk_create(
        rule(phase=phase, threshold=threshold, action=action, reason=reason)
        for phase, threshold, action, reason in RULES
    )
    reason = apps.get_model("articles", "ListedReason")
    reason.objects.bulk_create(
        reason(name=name, words=words, position=position)
        for position, (name, words) in enumerate(REASONS, 1)
    )


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0038_places_of_comments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('comment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='appeal', serialize=False, to='articles.comment')),
                ('words', models.CharField(blank=True, max_length=1000, validators=[iria.core.text.validators.validate_storable])),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('outcome', models.CharField(blank=True, choices=[('', 'Waiting'), ('granted', 'Published after all'), ('kept', 'Stays rejected'), ('gone', 'Taken back by its writer meanwhile')], default='', max_length=7)),
            ],
            options={
                'ordering': ['made_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Ban',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('account', 'Account'), ('email', 'E-mail address'), ('name', 'Name'), ('address', 'Network address'), ('network', 'Network')], editable=False, max_length=7)),
                ('value', models.CharField(blank=True, editable=False, help_text='What is compared; emptied when the ban ends.', max_length=320)),
                ('label', models.CharField(editable=False, help_text='The name beside the comment it was made from; never an address.', max_length=120, verbose_name='whom it means')),
                ('until', models.DateTimeField(blank=True, help_text='Empty: until somebody lifts it.', null=True)),
                ('why', models.CharField(max_length=300, validators=[iria.core.text.validators.validate_storable])),
                ('earlier', models.CharField(choices=[('leave', 'Leave them as they are'), ('held', 'Reject those that wait'), ('reject', 'Reject all of them'), ('spam', 'Set all of them aside as spam')], default='leave', editable=False, max_length=6, verbose_name='earlier comments')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('ended_at', models.DateTimeField(editable=False, null=True)),
            ],
            options={
                'ordering': ['-made_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('comment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='claim', serialize=False, to='articles.comment')),
                ('until', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='ListedReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='Two or three words, for moderators.', max_length=60, unique=True, validators=[iria.core.text.validators.validate_storable, iria.core.text.validators.validate_not_blank])),
                ('words', models.CharField(help_text='One or two sentences, kind and plain: what is wrong, and what would be right.', max_length=300, validators=[iria.core.text.validators.validate_storable, iria.core.text.validators.validate_not_blank], verbose_name='words for the writer')),
                ('position', models.PositiveSmallIntegerField(default=0, help_text='Lower numbers stand first; the first nine have a key of their own.')),
                ('active', models.BooleanField(default=True, verbose_name='offered')),
            ],
            options={
                'verbose_name': 'reason to reject',
                'verbose_name_plural': 'reasons to reject',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='SealedAddress',
            fields=[
                ('comment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='sealed_address', serialize=False, to='articles.comment')),
                ('sealed', models.TextField(editable=False)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('kept_until', models.DateTimeField(db_index=True, editable=False)),
            ],
        ),
        migrations.AlterModelOptions(
            name='comment',
            options={'ordering': ['created_at', 'pk'], 'permissions': [('feature_comment', 'Can feature a comment')]},
        ),
        migrations.AlterModelOptions(
            name='moderation',
            options={'ordering': ['-pk'], 'verbose_name': 'decision', 'verbose_name_plural': 'moderation log'},
        ),
        migrations.RemoveConstraint(
            model_name='flag',
            name='flag_once_a_sender',
        ),
        migrations.AlterField(
            model_name='flag',
            name='sender',
            field=models.CharField(blank=True, editable=False, help_text='Tells two reports of one comment by one sender; emptied the night after the decision.', max_length=64),
        ),
        migrations.AlterField(
            model_name='screeningrule',
            name='phase',
            field=models.CharField(choices=[('writer', 'A banned or suspended writer'), ('likeness', 'The name or network of a banned writer'), ('rate', 'Many comments in a short time'), ('trap', 'The field that people do not see was filled in'), ('banned', 'A banned word'), ('suspect', 'A suspect word'), ('links', 'Many links'), ('link_kinds', 'Links that hide where they lead'), ('duplicate', 'The same words again'), ('shouting', 'Shouting'), ('length', 'Very long'), ('newcomer', "A writer's first comment"), ('model', 'Like what moderators called spam'), ('akismet', 'Akismet takes it for spam'), ('reports', 'Reported by readers'), ('everyone', 'Every comment is held first')], editable=False, max_length=12, unique=True),
        ),
        migrations.AddConstraint(
            model_name='flag',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('sender', ''), _negated=True), ('outcome', '')), fields=('comment', 'sender'), name='flag_once_a_sender'),
        ),
        migrations.AddConstraint(
            model_name='sealedaddress',
            constraint=models.CheckConstraint(condition=models.Q(('kept_until__lte', django.db.models.expressions.CombinedExpression(models.F('made_at'), '+', models.Value(datetime.timedelta(days=30))))), name='sealed_address_at_most_30_days'),
        ),
        migrations.AddIndex(
            model_name='appeal',
            index=models.Index(condition=models.Q(('outcome', '')), fields=['made_at'], name='appeal_waiting'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'granted', 'kept', 'gone'])), name='appeal_outcome_known'),
        ),
        migrations.AddConstraint(
            model_name='ban',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['account', 'email', 'name', 'address', 'network'])), name='ban_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='ban',
            constraint=models.CheckConstraint(condition=models.Q(('earlier__in', ['leave', 'held', 'reject', 'spam'])), name='ban_earlier_known'),
        ),
        migrations.AddConstraint(
            model_name='ban',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), models.Q(('value', ''), _negated=True)), models.Q(('ended_at__isnull', False), ('value', '')), _connector='OR'), name='ban_value_until_it_ends'),
        ),
        migrations.AddConstraint(
            model_name='ban',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('kind', 'value'), name='ban_once_in_force'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        # Readers go on while these are built; foreign keys keep writers waiting, and what keeps readers
        # waiting comes last.
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(fields=['state', 'created_at', 'id'], name='comment_queue'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(fields=['created_at'], name='comment_written'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(django.db.models.functions.text.Lower('email'), condition=models.Q(('email', ''), _negated=True), name='comment_of_guest'),
        ),
        migrations.AddField(
            model_name='flag',
            name='decision',
            field=models.ForeignKey(editable=False, help_text='The decision that answered it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='answered_flags', to='articles.moderation'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='decision',
            field=models.OneToOneField(editable=False, help_text='The decision that answered it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='appeal', to='articles.moderation'),
        ),
        migrations.AddField(
            model_name='ban',
            name='comment',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='bans', to='articles.comment'),
        ),
        migrations.AddField(
            model_name='ban',
            name='ended_by',
            field=models.ForeignKey(editable=False, help_text='Empty when it ran out.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='bans_ended', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ban',
            name='made_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='bans_made', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ban',
            name='user',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='bans', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='claim',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='claims', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='comment',
            name='featured',
            field=models.BooleanField(default=False, editable=False, help_text='An editor chose it; counts while it stands. The rows say who and when.'),
        ),
        migrations.AddField(
            model_name='moderation',
            name='featured',
            field=models.BooleanField(editable=False, help_text='Whether it featured the comment, or ended that; empty where it did neither.', null=True),
        ),
        migrations.AddField(
            model_name='moderation',
            name='undoes',
            field=models.OneToOneField(editable=False, help_text='The decision that this one takes back, within seconds.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='undone_by', to='articles.moderation'),
        ),
        migrations.AddField(
            model_name='moderation',
            name='ban',
            field=models.ForeignKey(editable=False, help_text='The ban or suspension that brought this decision with it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='decisions', to='articles.ban'),
        ),
    ]
