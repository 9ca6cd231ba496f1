"""Words are kept as numbers in their order; what they were read into before is computed anew."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0015_embeds'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.DeleteModel(name='ArticleTerms'),
        migrations.CreateModel(
            name='ArticleTerms',
            fields=[
                ('article', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='terms', serialize=False, to='articles.article')),
                ('language', models.CharField(max_length=8)),
                ('headline', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), help_text='The stems of the headline.')),
                ('words', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), help_text='Stems in their order, 0 for a break: headline, standfirst, text.')),
                ('norm', models.FloatField(default=0, help_text='Length of the vector of its words.')),
                ('pair_norm', models.FloatField(default=0, help_text='Length of the vector of its word pairs.')),
                ('recorded_at', models.DateTimeField(auto_now=True, db_index=True)),
            ],
            options={
                'verbose_name_plural': 'article terms',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['words'], name='article_terms_by_word')],
            },
        ),
        migrations.CreateModel(
            name='Rarity',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                ('articles', models.PositiveIntegerField()),
            ],
            options={
                'verbose_name_plural': 'rarities',
            },
        ),
        migrations.CreateModel(
            name='RelatedExclusion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='related_exclusions', to='articles.article')),
                ('made_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='excluded_from', to='articles.article', verbose_name='not this one')),
            ],
            options={
                'verbose_name': 'left out',
                'verbose_name_plural': 'left out',
                'ordering': ['-made_at', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('article', 'other'), name='related_exclusion_once', violation_error_message='This article is left out already.')],
            },
        ),
        migrations.CreateModel(
            name='TextLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='text_links', to='articles.article')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='linked_from', to='articles.article')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('article', 'other'), name='text_link_once'),
                    models.CheckConstraint(condition=models.Q(('article', models.F('other')), _negated=True), name='text_link_not_to_itself'),
                ],
            },
        ),
        migrations.AlterField(
            model_name='relatedlink',
            name='reasons',
            field=models.JSONField(default=dict, help_text='What the two share, in names, and what each part gave.'),
        ),
    ]
