"""Pictures learn their rights, their focus, their shapes and what was done to them."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import iria.core.text.validators
from django.conf import settings
from django.db import migrations, models


SIZES = """
CREATE OR REPLACE FUNCTION articles_image_fill_sizes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.sizes := (
        SELECT coalesce(
            jsonb_agg(
                jsonb_build_array(format, width, height, name, bytes{more})
                ORDER BY width, format{more}),
            '[]')
        FROM articles_rendition WHERE image_id = NEW.id
    );
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0020_most_read'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Agency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True, validators=[iria.core.text.validators.validate_storable, iria.core.text.validators.validate_not_blank])),
                ('wording', models.CharField(help_text="How it stands in the credit after the photographer's name, as in “via Reuters”.", max_length=120, validators=[iria.core.text.validators.validate_storable, iria.core.text.validators.validate_not_blank])),
                ('wording_alone', models.CharField(blank=True, help_text='How it stands where no photographer is known; left empty, its name.', max_length=120, validators=[iria.core.text.validators.validate_storable])),
                ('address', models.URLField(blank=True, help_text='Where the credit leads, if anywhere.', max_length=500)),
                ('usage_terms', models.TextField(blank=True, help_text='What it allows, as a rule; shown to editors beside each of its pictures.', max_length=2000, validators=[iria.core.text.validators.validate_storable])),
            ],
            options={
                'verbose_name_plural': 'agencies',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Collection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True, validators=[iria.core.text.validators.validate_storable, iria.core.text.validators.validate_not_blank])),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='FormerName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True)),
                ('format', models.CharField(choices=[('avif', 'AVIF'), ('webp', 'WebP'), ('jpeg', 'JPEG'), ('png', 'PNG')], max_length=4)),
                ('width', models.PositiveIntegerField()),
                ('shape', models.CharField(blank=True, default='', max_length=8)),
                ('moving', models.BooleanField(default=False)),
                ('left_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Photographer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True, validators=[iria.core.text.validators.validate_storable, iria.core.text.validators.validate_not_blank])),
                ('address', models.URLField(blank=True, help_text='Where the credit leads, if anywhere.', max_length=500)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='PictureEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('credited', 'Credit changed'), ('licensed', 'Licence changed'), ('replaced', 'File replaced'), ('withdrawn', 'Withdrawn everywhere'), ('restored', 'Shown again')], max_length=9)),
                ('before', models.TextField(blank=True)),
                ('after', models.TextField(blank=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='rendition',
            name='rendition_made_once',
        ),
        migrations.AddField(
            model_name='image',
            name='city',
            field=models.CharField(blank=True, max_length=200, validators=[iria.core.text.validators.validate_storable]),
        ),
        migrations.AddField(
            model_name='image',
            name='country',
            field=models.CharField(blank=True, max_length=200, validators=[iria.core.text.validators.validate_storable]),
        ),
        migrations.AddField(
            model_name='image',
            name='digital_source_type',
            field=models.CharField(blank=True, help_text="How the picture came to be, by the IPTC's vocabulary; from it readers are told that a machine made it.", max_length=80, validators=[iria.core.text.validators.validate_storable]),
        ),
        migrations.AddField(
            model_name='image',
            name='extended_description',
            field=models.TextField(blank=True, help_text='For a chart or a map: what it says, at length, below the picture.', max_length=5000, validators=[iria.core.text.validators.validate_storable]),
        ),
        migrations.AddField(
            model_name='image',
            name='focus_x',
            field=models.FloatField(default=0.5, help_text='Where the eye rests, from the left edge (0) to the right (1).', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1)]),
        ),
        migrations.AddField(
            model_name='image',
            name='focus_y',
            field=models.FloatField(default=0.5, help_text='Where the eye rests, from the upper edge (0) to the lower (1).', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1)]),
        ),
        migrations.AddField(
            model_name='image',
            name='is_decorative',
            field=models.BooleanField(default=False, help_text='It says nothing that the text does not say; readers who cannot see it are spared a description.', verbose_name='decorative'),
        ),
        migrations.AddField(
            model_name='image',
            name='is_moving',
            field=models.BooleanField(default=False, editable=False, help_text='More than one frame is kept of it.'),
        ),
        migrations.AddField(
            model_name='image',
            name='keywords',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100, validators=[iria.core.text.validators.validate_storable]), blank=True, default=list),
        ),
        migrations.AddField(
            model_name='image',
            name='licence_from',
            field=models.DateTimeField(blank=True, help_text='Left empty, it holds already.', null=True, verbose_name='licence begins'),
        ),
        migrations.AddField(
            model_name='image',
            name='licence_until',
            field=models.DateTimeField(blank=True, help_text='From this moment on the picture is withheld everywhere. Left empty, it never ends.', null=True, verbose_name='licence ends'),
        ),
        migrations.AddField(
            model_name='image',
            name='licence_url',
            field=models.URLField(blank=True, help_text='Where the licence can be read, as of Creative Commons.', max_length=500, verbose_name='licence address'),
        ),
        migrations.AddField(
            model_name='image',
            name='licensed_for_archive',
            field=models.BooleanField(default=True, help_text='It may stay with an article that is older than thirty days.', verbose_name='for the archive'),
        ),
        migrations.AddField(
            model_name='image',
            name='licensed_for_newsletter',
            field=models.BooleanField(default=True, help_text='It may go out by mail.', verbose_name='for the newsletter'),
        ),
        migrations.AddField(
            model_name='image',
            name='licensed_for_site',
            field=models.BooleanField(default=True, help_text='It may stand on pages, in feeds and in the API.', verbose_name='for the site'),
        ),
        migrations.AddField(
            model_name='image',
            name='licensor',
            field=models.CharField(blank=True, help_text='From whom a licence can be had, with an address if there is one.', max_length=300, validators=[iria.core.text.validators.validate_storable]),
        ),
        migrations.AddField(
            model_name='image',
            name='looks',
            field=models.BigIntegerField(editable=False, help_text='64 bits that are alike for pictures that look alike.', null=True),
        ),
        migrations.AddField(
            model_name='image',
            name='persons',
            field=models.CharField(blank=True, max_length=500, validators=[iria.core.text.validators.validate_storable], verbose_name='persons shown'),
        ),
        migrations.AddField(
            model_name='image',
            name='rights_version',
            field=models.PositiveIntegerField(default=1, editable=False, help_text='Grows when what renditions say of rights changes; their names follow it.'),
        ),
        migrations.AddField(
            model_name='image',
            name='taken',
            field=models.CharField(blank=True, help_text='Year, or year-month, or a day, with a time if it is known: 2024-05-17T09:30:00.', max_length=30, validators=[iria.core.text.validators.validate_storable]),
        ),
        migrations.AddField(
            model_name='image',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='image',
            name='withdrawn_reason',
            field=models.CharField(blank=True, editable=False, max_length=300, validators=[iria.core.text.validators.validate_storable]),
        ),
        migrations.AddField(
            model_name='rendition',
            name='moving',
            field=models.BooleanField(default=False, help_text='Whether it holds several frames.'),
        ),
        migrations.AddField(
            model_name='rendition',
            name='rights_version',
            field=models.PositiveIntegerField(default=0, help_text="Which version of the picture's rights the file itself tells."),
        ),
        migrations.AddField(
            model_name='rendition',
            name='shape',
            field=models.CharField(blank=True, default='', help_text='Width to height it is cut to, as in 3:2; empty for the whole picture.', max_length=8),
        ),
        migrations.AlterField(
            model_name='image',
            name='credit',
            field=models.CharField(blank=True, help_text='Who made it and through whom we have it, as in “Name/via Agency”. Readers see it. Composed by itself where a photographer or an agency is chosen below.', max_length=300, validators=[iria.core.text.validators.validate_storable]),
        ),
        migrations.AlterField(
            model_name='image',
            name='sizes',
            field=models.JSONField(default=list, editable=False, help_text="Every rendition as format, width, height, name, bytes, shape and whether it moves, the narrowest first. PostgreSQL keeps it from the renditions' rows; what is written here is overruled."),
        ),
        migrations.AddConstraint(
            model_name='rendition',
            constraint=models.UniqueConstraint(fields=('image', 'shape', 'format', 'width', 'moving'), name='rendition_made_once'),
        ),
        migrations.AddConstraint(
            model_name='agency',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='agency_has_name'),
        ),
        migrations.AddConstraint(
            model_name='agency',
            constraint=models.CheckConstraint(condition=models.Q(('wording', ''), _negated=True), name='agency_has_wording'),
        ),
        migrations.AddField(
            model_name='image',
            name='agency',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pictures', to='articles.agency'),
        ),
        migrations.AddField(
            model_name='collection',
            name='created_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='collection',
            name='pictures',
            field=models.ManyToManyField(blank=True, related_name='collections', to='articles.image'),
        ),
        migrations.AddField(
            model_name='formername',
            name='image',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='former_names', to='articles.image'),
        ),
        migrations.AddConstraint(
            model_name='photographer',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='photographer_has_name'),
        ),
        migrations.AddField(
            model_name='image',
            name='photographer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pictures', to='articles.photographer'),
        ),
        migrations.AddIndex(
            model_name='image',
            index=models.Index(condition=models.Q(('licence_until__isnull', False)), fields=['licence_until'], name='image_licence_end'),
        ),
        migrations.AddConstraint(
            model_name='image',
            constraint=models.CheckConstraint(condition=models.Q(('focus_x__range', (0, 1)), ('focus_y__range', (0, 1))), name='image_focus_inside'),
        ),
        migrations.AddConstraint(
            model_name='image',
            constraint=models.CheckConstraint(condition=models.Q(('licence_from__isnull', True), ('licence_until__isnull', True), ('licence_from__lt', models.F('licence_until')), _connector='OR'), name='image_licence_begins_before_it_ends', violation_error_message='The licence ends before it begins; mend one of the two.'),
        ),
        migrations.AddField(
            model_name='pictureevent',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='pictureevent',
            name='image',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='articles.image'),
        ),
        migrations.AddConstraint(
            model_name='collection',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='collection_has_name'),
        ),
        migrations.AddIndex(
            model_name='formername',
            index=models.Index(fields=['left_at'], name='former_name_by_age'),
        ),
        migrations.RunSQL(
            SIZES.format(more=", shape, moving"), SIZES.format(more="")
        ),
    ]
