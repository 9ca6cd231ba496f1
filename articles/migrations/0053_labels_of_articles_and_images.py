"""Labels, help texts and choices of articles, images and embeds in plain English."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import iria.core.text.validators


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0052_rename_editorial_and_image_models"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="article",
            options={
                "ordering": ["-published_at", "-pk"],
                "permissions": [
                    ("publish_article", "Can publish, schedule and unpublish articles"),
                    ("change_others_article", "Can change other users' articles"),
                ],
            },
        ),
        migrations.AlterModelOptions(
            name="correction",
            options={"ordering": ["-created_at", "-pk"]},
        ),
        migrations.AlterModelOptions(
            name="embedprovider",
            options={"ordering": ["name"], "verbose_name": "embed provider"},
        ),
        migrations.AlterModelOptions(
            name="image",
            options={
                "ordering": ["-uploaded_at", "-pk"],
                "permissions": [
                    ("bulk_change_image", "Can edit the rights of several images at once"),
                    ("replace_image", "Can replace the file of an image"),
                    ("withdraw_image", "Can withdraw an image from the site"),
                ],
                "verbose_name": "image",
            },
        ),
        migrations.AlterModelOptions(
            name="imageevent",
            options={"ordering": ["-created_at", "-pk"]},
        ),
        migrations.AlterModelOptions(
            name="similarimage",
            options={"verbose_name": "possible duplicate"},
        ),
        migrations.AlterModelOptions(
            name="statechange",
            options={"ordering": ["-created_at", "-pk"]},
        ),
        migrations.AlterField(
            model_name="agency",
            name="credit_text",
            field=models.CharField(
                help_text="Credit after the photographer's name, for example “via Reuters”.",
                max_length=120,
                validators=[
                    iria.core.text.validators.validate_storable,
                    iria.core.text.validators.validate_not_blank,
                ],
            ),
        ),
        migrations.AlterField(
            model_name="agency",
            name="credit_text_alone",
            field=models.CharField(
                blank=True,
                help_text="Credit if no photographer is known. Empty: the name.",
                max_length=120,
                validators=[iria.core.text.validators.validate_storable],
            ),
        ),
        migrations.AlterField(
            model_name="agency",
            name="url",
            field=models.URLField(
                blank=True, help_text="Link target of the credit.", max_length=500
            ),
        ),
        migrations.AlterField(
            model_name="agency",
            name="usage_terms",
            field=models.TextField(
                blank=True,
                help_text="What the agency usually allows. Shown to editors with each of its images.",
                max_length=2000,
                validators=[iria.core.text.validators.validate_storable],
            ),
        ),
        migrations.AlterField(
            model_name="article",
            name="canonical_url",
            field=models.URLField(
                blank=True,
                help_text="URL of the original on another site. Search engines are sent there.",
                max_length=500,
            ),
        ),
        migrations.AlterField(
            model_name="article",
            name="comments_close_after",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Days after publication; 0 for never. Empty: site default.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="article",
            name="comments_open",
            field=models.BooleanField(default=True, help_text="Allow comments on this article."),
        ),
        migrations.AlterField(
            model_name="article",
            name="comments_policy",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Site default"),
                    ("open", "Post-moderation: screening rules decide"),
                    ("held", "Pre-moderation: a moderator approves every comment"),
                    ("off", "Comments off and hidden"),
                ],
                default="",
                max_length=4,
            ),
        ),
        migrations.AlterField(
            model_name="article",
            name="first_published_in",
            field=models.CharField(
                blank=True,
                help_text="Name of the publication where it appeared first. Shown to readers.",
                max_length=160,
                validators=[iria.core.text.validators.validate_storable],
            ),
        ),
        migrations.AlterField(
            model_name="article",
            name="first_published_url",
            field=models.URLField(
                blank=True,
                help_text="Link target of that name.",
                max_length=500,
                verbose_name="original URL",
            ),
        ),
        migrations.AlterField(
            model_name="article",
            name="form_id",
            field=models.UUIDField(
                editable=False,
                help_text="Id of the empty form it was created with; a form sent twice creates one article.",
                null=True,
                unique=True,
            ),
        ),
        migrations.AlterField(
            model_name="article",
            name="lead_caption",
            field=models.TextField(
                blank=True,
                help_text="Caption in this article. The credit is stored with the image.",
                max_length=2000,
                validators=[iria.core.text.validators.validate_storable],
            ),
        ),
        migrations.AlterField(
            model_name="article",
            name="licence",
            field=models.CharField(
                blank=True,
                choices=[
                    ("CC BY 4.0", "CC BY 4.0: attribution"),
                    ("CC BY-SA 4.0", "CC BY-SA 4.0: attribution, share alike"),
                    ("CC BY-ND 4.0", "CC BY-ND 4.0: attribution, no derivatives"),
                    ("CC BY-NC 4.0", "CC BY-NC 4.0: attribution, non-commercial"),
                    (
                        "CC BY-NC-SA 4.0",
                        "CC BY-NC-SA 4.0: attribution, non-commercial, share alike",
                    ),
                    (
                        "CC BY-NC-ND 4.0",
                        "CC BY-NC-ND 4.0: attribution, non-commercial, no derivatives",
                    ),
                    ("CC0 1.0", "CC0 1.0: public domain"),
                ],
                help_text="How others may reuse the text. Images have rights of their own.",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="article",
            name="noindex",
            field=models.BooleanField(
                default=False,
                help_text="Adds noindex; readers can still open the article.",
                verbose_name="hide from search engines",
            ),
        ),
        migrations.AlterField(
            model_name="article",
            name="publish_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="Publication time of a scheduled article.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="article",
            name="search_description",
            field=models.CharField(
                blank=True,
                help_text="Shown by search engines and link previews. Empty: the standfirst.",
                max_length=300,
                validators=[iria.core.text.validators.validate_storable],
            ),
        ),
        migrations.AlterField(
            model_name="article",
            name="slug",
            field=models.SlugField(
                allow_unicode=True,
                blank=True,
                help_text="Last part of the URL. Empty: made from the headline. After a change, the old URL redirects.",
                max_length=80,
            ),
        ),
        migrations.AlterField(
            model_name="article",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("scheduled", "Scheduled"),
                    ("published", "Published"),
                    ("withdrawn", "Unpublished"),
                ],
                db_index=True,
                default="draft",
                editable=False,
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="article",
            name="version",
            field=models.PositiveIntegerField(
                default=0,
                editable=False,
                help_text="Increases with every save, to detect edit conflicts.",
            ),
        ),
        migrations.AlterField(
            model_name="category",
            name="introduction",
            field=models.TextField(
                blank=True,
                help_text="Shown at the top of the category page, and as its meta description.",
                validators=[iria.core.text.validators.validate_storable],
            ),
        ),
        migrations.AlterField(
            model_name="category",
            name="position",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="Lower numbers come first."
            ),
        ),
        migrations.AlterField(
            model_name="category",
            name="slug",
            field=models.SlugField(
                allow_unicode=True,
                help_text="Part of the URL. After a change, the old URL redirects.",
                max_length=80,
            ),
        ),
        migrations.AlterField(
            model_name="correction",
            name="text",
            field=models.TextField(
                help_text="What was wrong, and what is correct. Shown to readers.",
                max_length=2000,
                validators=[
                    iria.core.text.validators.validate_storable,
                    iria.core.text.validators.validate_not_blank,
                ],
            ),
        ),
        migrations.AlterField(
            model_name="embedprovider",
            name="frame_url",
            field=models.CharField(
                help_text="URL of its frame, with the same placeholders: https://player.vimeo.com/video/{id}. {address} is the full URL of the page.",
                max_length=300,
                validators=[iria.core.text.validators.validate_storable],
            ),
        ),
        migrations.AlterField(
            model_name="embedprovider",
            name="is_enabled",
            field=models.BooleanField(
                default=True,
                help_text="If off, readers get a link card instead of the embed.",
                verbose_name="enabled",
            ),
        ),
        migrations.AlterField(
            model_name="embedprovider",
            name="page_url_patterns",
            field=models.TextField(
                help_text="URLs of its pages, one per line, with placeholders in braces: https://vimeo.com/{id}. Other query parameters are ignored.",
                max_length=2000,
                validators=[iria.core.text.validators.validate_storable],
            ),
        ),
        migrations.AlterField(
            model_name="embedprovider",
            name="shape",
            field=models.CharField(
                choices=[
                    ("wide", "Wide (16:9)"),
                    ("square", "Square"),
                    ("tall", "Tall (posts, charts)"),
                    ("low", "Low (audio players)"),
                ],
                default="wide",
                max_length=6,
            ),
        ),
        migrations.AlterField(
            model_name="figure",
            name="caption",
            field=models.TextField(
                blank=True, help_text="Its own caption, or that of its gallery."
            ),
        ),
        migrations.AlterField(
            model_name="figure",
            name="gallery",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="Number of its gallery in the text; 0 if it is in none."
            ),
        ),
        migrations.AlterField(
            model_name="figure",
            name="place",
            field=models.CharField(
                choices=[("lead", "Lead image"), ("inline", "In the text")], max_length=6
            ),
        ),
        migrations.AlterField(
            model_name="figure",
            name="position",
            field=models.PositiveSmallIntegerField(
                help_text="0 for the lead image, then in text order."
            ),
        ),
        migrations.AlterField(
            model_name="figure",
            name="width",
            field=models.CharField(
                choices=[("normal", "Text width"), ("wide", "Wide"), ("full", "Full width")],
                default="normal",
                max_length=6,
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="alt_text",
            field=models.TextField(
                blank=True,
                help_text="Describe the image for readers who cannot see it. Do not repeat the caption.",
                max_length=1000,
                validators=[iria.core.text.validators.validate_storable],
                verbose_name="alt text",
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="caption",
            field=models.TextField(
                blank=True,
                help_text="Default caption; each use can have its own.",
                max_length=2000,
                validators=[iria.core.text.validators.validate_storable],
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="credit",
            field=models.CharField(
                blank=True,
                help_text="Creator and agency, as in “Name/via Agency”. Shown to readers. Filled in automatically if a photographer or an agency is chosen.",
                max_length=300,
                validators=[iria.core.text.validators.validate_storable],
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="credit_exempt",
            field=models.BooleanField(
                default=False,
                help_text="Only if the licence requires no credit. Enter the reason below.",
                verbose_name="no credit needed",
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="credit_url",
            field=models.URLField(
                blank=True,
                help_text="Link target of the credit.",
                max_length=500,
                verbose_name="credit link",
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="digital_source_type",
            field=models.CharField(
                blank=True,
                help_text="How the image was made (IPTC). Images made with AI are marked for readers.",
                max_length=80,
                validators=[iria.core.text.validators.validate_storable],
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="extended_description",
            field=models.TextField(
                blank=True,
                help_text="For charts and maps: their full content, shown below the image.",
                max_length=5000,
                validators=[iria.core.text.validators.validate_storable],
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="focus_x",
            field=models.FloatField(
                default=0.5,
                help_text="Focal point, from the left edge (0) to the right (1).",
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(1),
                ],
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="focus_y",
            field=models.FloatField(
                default=0.5,
                help_text="Focal point, from the top edge (0) to the bottom (1).",
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(1),
                ],
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="headline",
            field=models.CharField(
                blank=True,
                help_text="Name of the image in the library; not shown to readers.",
                max_length=200,
                validators=[iria.core.text.validators.validate_storable],
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="is_animated",
            field=models.BooleanField(
                default=False, editable=False, help_text="It has more than one frame."
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="is_decorative",
            field=models.BooleanField(
                default=False,
                help_text="Adds nothing to the text; screen readers skip it.",
                verbose_name="decorative",
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="licence_from",
            field=models.DateTimeField(
                blank=True, help_text="Empty: valid now.", null=True, verbose_name="licence begins"
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="licence_until",
            field=models.DateTimeField(
                blank=True,
                help_text="The image is hidden from this time. Empty: no end.",
                null=True,
                verbose_name="licence ends",
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="licence_url",
            field=models.URLField(
                blank=True,
                help_text="Text of the licence, for example at Creative Commons.",
                max_length=500,
                verbose_name="licence URL",
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="licensed_for_archive",
            field=models.BooleanField(
                default=True,
                help_text="In articles older than 30 days.",
                verbose_name="licensed for the archive",
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="licensed_for_newsletter",
            field=models.BooleanField(
                default=True, help_text="In e-mails.", verbose_name="licensed for the newsletter"
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="licensed_for_site",
            field=models.BooleanField(
                default=True,
                help_text="On pages, in feeds and in the API.",
                verbose_name="licensed for the site",
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="licensor",
            field=models.CharField(
                blank=True,
                help_text="Who grants licences, with contact or URL.",
                max_length=300,
                validators=[iria.core.text.validators.validate_storable],
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="metadata",
            field=models.JSONField(
                blank=True, default=dict, editable=False, help_text="Metadata embedded in the file."
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="perceptual_hash",
            field=models.BigIntegerField(
                editable=False,
                help_text="Perceptual hash of 64 bits, similar for similar images.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="rights_version",
            field=models.PositiveIntegerField(
                default=1,
                editable=False,
                help_text="Increases when rights embedded in renditions change; their names contain it.",
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="sizes",
            field=models.JSONField(
                default=list,
                editable=False,
                help_text="Every rendition as format, width, height, name, bytes, shape and whether it is animated, the narrowest first. PostgreSQL fills it from the renditions' rows and ignores other values.",
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="taken",
            field=models.CharField(
                blank=True,
                help_text="Year, month or day, with the time if known: 2024, 2024-05 or 2024-05-17T09:30:00.",
                max_length=30,
                validators=[iria.core.text.validators.validate_storable],
                verbose_name="date taken",
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="usage_terms",
            field=models.TextField(
                blank=True,
                help_text="What the licence allows. Internal; not shown to readers.",
                max_length=2000,
                validators=[iria.core.text.validators.validate_storable],
            ),
        ),
        migrations.AlterField(
            model_name="imageevent",
            name="action",
            field=models.CharField(
                choices=[
                    ("credited", "Credit changed"),
                    ("licensed", "Licence changed"),
                    ("replaced", "File replaced"),
                    ("withdrawn", "Withdrawn"),
                    ("restored", "Restored"),
                ],
                max_length=9,
            ),
        ),
        migrations.AlterField(
            model_name="imagesearchvector",
            name="image",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="search_vector",
                serialize=False,
                to="articles.image",
            ),
        ),
        migrations.AlterField(
            model_name="listingcount",
            name="scope",
            field=models.CharField(
                choices=[
                    ("all", "All articles; the target is 0"),
                    ("year", "A year, as in the articles' URLs"),
                    ("month", "A month, as 202603"),
                    ("type", "A type of article"),
                    ("category", "A category and its subcategories"),
                    ("primary", "A primary category"),
                    ("tag", "A tag"),
                    ("author", "An author"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="listingentry",
            name="scope",
            field=models.CharField(
                choices=[
                    ("all", "All articles; the target is 0"),
                    ("year", "A year, as in the articles' URLs"),
                    ("month", "A month, as 202603"),
                    ("type", "A type of article"),
                    ("category", "A category and its subcategories"),
                    ("primary", "A primary category"),
                    ("tag", "A tag"),
                    ("author", "An author"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="oldrenditionname",
            name="file",
            field=models.FileField(
                blank=True,
                help_text="Kept for a while for running requests, then deleted.",
                max_length=200,
                upload_to="",
            ),
        ),
        migrations.AlterField(
            model_name="photographer",
            name="url",
            field=models.URLField(
                blank=True, help_text="Link target of the credit.", max_length=500
            ),
        ),
        migrations.AlterField(
            model_name="rendition",
            name="focus_x",
            field=models.FloatField(default=0.5, help_text="Focal point of the crop."),
        ),
        migrations.AlterField(
            model_name="rendition",
            name="moving",
            field=models.BooleanField(default=False, help_text="Whether it has several frames."),
        ),
        migrations.AlterField(
            model_name="rendition",
            name="name",
            field=models.CharField(
                help_text="Unguessable; the last part of its URL.", max_length=80, unique=True
            ),
        ),
        migrations.AlterField(
            model_name="rendition",
            name="rights_version",
            field=models.PositiveIntegerField(
                default=0, help_text="Which version of the image's rights is embedded in the file."
            ),
        ),
        migrations.AlterField(
            model_name="rendition",
            name="shape",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Aspect ratio of the crop, as in 3:2; empty if uncropped.",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="series",
            name="name",
            field=models.CharField(
                help_text="Shown above each of its articles.",
                max_length=120,
                unique=True,
                validators=[
                    iria.core.text.validators.validate_storable,
                    iria.core.text.validators.validate_not_blank,
                ],
            ),
        ),
        migrations.AlterField(
            model_name="seriespart",
            name="article",
            field=models.OneToOneField(
                error_messages={"unique": "This article is already part of a series."},
                on_delete=django.db.models.deletion.CASCADE,
                related_name="series_part",
                to="articles.article",
            ),
        ),
        migrations.AlterField(
            model_name="seriespart",
            name="position",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="Lower numbers come first; equal numbers are ordered by publication date.",
            ),
        ),
        migrations.AlterField(
            model_name="similarimage",
            name="distance",
            field=models.PositiveSmallIntegerField(
                help_text="Number of differing bits of the perceptual hashes."
            ),
        ),
        migrations.AlterField(
            model_name="similarimage",
            name="kept_at",
            field=models.DateTimeField(help_text="When someone decided to keep both.", null=True),
        ),
        migrations.AlterField(
            model_name="statechange",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty if the worker did it at the scheduled time.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="statechange",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("scheduled", "Scheduled"),
                    ("published", "Published"),
                    ("withdrawn", "Unpublished"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterConstraint(
            model_name="article",
            name="article_address_once",
            constraint=models.UniqueConstraint(
                condition=models.Q(("year__isnull", False)),
                fields=("year", "month", "slug"),
                name="article_address_once",
                violation_error_message="Another article of this month has this slug. Choose another one.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="articlecategory",
            name="article_category_once",
            constraint=models.UniqueConstraint(
                fields=("article", "category"),
                name="article_category_once",
                violation_error_message="This category is listed twice.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="byline",
            name="byline_once",
            constraint=models.UniqueConstraint(
                fields=("article", "author"),
                name="byline_once",
                violation_error_message="This author is listed twice.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="category",
            name="category_slug_once_per_parent",
            constraint=models.UniqueConstraint(
                fields=("parent", "slug"),
                name="category_slug_once_per_parent",
                nulls_distinct=False,
                violation_error_message="A category with this slug already exists here.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="category",
            name="category_not_its_own_parent",
            constraint=models.CheckConstraint(
                condition=models.Q(("parent", models.F("pk")), _negated=True),
                name="category_not_its_own_parent",
                violation_error_message="A category cannot be below itself.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="category",
            name="category_slug_not_reserved",
            constraint=models.CheckConstraint(
                condition=models.Q(("slug", "feed"), _negated=True),
                name="category_slug_not_reserved",
                violation_error_message="“feed” is reserved for URLs. Choose another slug.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="image",
            name="image_licence_begins_before_it_ends",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("licence_from__isnull", True),
                    ("licence_until__isnull", True),
                    ("licence_from__lt", models.F("licence_until")),
                    _connector="OR",
                ),
                name="image_licence_begins_before_it_ends",
                violation_error_message="The licence ends before it begins. Correct one of the dates.",
            ),
        ),
        migrations.RunSQL(
            "UPDATE auth_permission SET codename = 'bulk_change_image' "
            "WHERE codename = 'change_many_image'"
        ),
    ]
