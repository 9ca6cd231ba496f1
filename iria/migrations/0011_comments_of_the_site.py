"""What holds for comments everywhere on the site."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('iria', '0010_daily_keys'),
    ]

    operations = [
        migrations.AddField(
            model_name='publication',
            name='comments_close_after',
            field=models.PositiveSmallIntegerField(blank=True, help_text="Days after an article's publication; left empty, they stay open.", null=True, verbose_name='comments close after'),
        ),
        migrations.AddField(
            model_name='publication',
            name='comments_confirmed',
            field=models.BooleanField(default=False, help_text="A guest's comment waits until the link in a mail was opened; only then does a moderator see it.", verbose_name='guests confirm their address'),
        ),
        migrations.AddField(
            model_name='publication',
            name='comments_policy',
            field=models.CharField(choices=[('open', 'The rules decide what appears at once'), ('held', 'A moderator reads every comment first'), ('off', 'No comments, and none are shown')], default='open', help_text='For every article that says nothing else.', max_length=4, verbose_name='comments'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(('comments_policy__in', ['open', 'held', 'off'])), name='publication_comments_policy_known'),
        ),
    ]
