"""The tables of articles, pictures, comments, search and pages.

Their triggers and first rows follow in the next migration.
"""

import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import MD5, Concat, Greatest, Lower
from django.utils import timezone
from taggit.managers import TaggableManager

from articles.comments.notifications.models import new_token
from articles.pages.models import validate_path
from iria.core.text.validators import validate_not_blank, validate_storable

LANGUAGES = [
    ("en", "English"),
    ("fr", "French"),
    ("de", "German"),
    ("es", "Spanish"),
    ("pt", "Portuguese"),
    ("it", "Italian"),
    ("nl", "Dutch"),
    ("pl", "Polish"),
    ("ru", "Russian"),
    ("uk", "Ukrainian"),
    ("tr", "Turkish"),
    ("ar", "Arabic"),
    ("fa", "Persian"),
    ("he", "Hebrew"),
    ("ur", "Urdu"),
    ("hi", "Hindi"),
    ("zh", "Chinese"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
    ("id", "Indonesian"),
]
COMMENT_STATES = [
    ("unconfirmed", "Waits for its writer to confirm the address"),
    ("held", "Held"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("spam", "Spam"),
    ("deleted", "Deleted by its writer"),
]
ARTICLE_STATES = [
    ("draft", "Draft"),
    ("scheduled", "Scheduled"),
    ("published", "Published"),
    ("withdrawn", "Withdrawn"),
]
FORMATS = [("avif", "AVIF"), ("webp", "WebP"), ("jpeg", "JPEG"), ("png", "PNG")]
SCOPES = [
    ("all", "Every article; the target is 0"),
    ("year", "A year, as in the articles' URLs"),
    ("month", "A month, as 202603"),
    ("type", "A type of article"),
    ("category", "A category and those below it"),
    ("primary", "A category that is the article's first one"),
    ("tag", "A tag"),
    ("author", "An author"),
]


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("articles", "0001_initial"),
        ("articles", "0002_kinds_and_languages"),
        ("articles", "0003_finding"),
        ("articles", "0004_comments"),
        ("articles", "0005_pages"),
        ("articles", "0006_pictures_are_called_pictures"),
        ("articles", "0007_article_made_from"),
        ("articles", "0008_sizes_of_pictures"),
        ("articles", "0009_search_words_pins_counts"),
        ("articles", "0010_headline_parts"),
        ("articles", "0011_places_on_front_pages"),
        ("articles", "0012_search_statistics"),
        ("articles", "0013_tags_folded"),
        ("articles", "0014_translations"),
        ("articles", "0015_embeds"),
        ("articles", "0016_neighbours"),
        ("articles", "0017_former_addresses_of_pages"),
        ("articles", "0018_article_changed_last"),
        ("articles", "0019_series_and_republishing"),
        ("articles", "0020_most_read"),
        ("articles", "0021_pictures_and_their_rights"),
        ("articles", "0022_figures_in_galleries"),
        ("articles", "0023_picture_gate"),
        ("articles", "0024_names_follow_rights"),
        ("articles", "0025_screening"),
        ("articles", "0026_picture_licence_begin"),
        ("articles", "0027_library_of_pictures"),
        ("articles", "0028_pictures_are_withdrawn"),
        ("articles", "0029_search_changes_apart"),
        ("articles", "0030_reports_by_readers"),
        ("articles", "0031_words_of_comments"),
        ("articles", "0032_picture_words_once"),
        ("articles", "0033_search_needs_no_index_of_vectors"),
        ("articles", "0034_reporters"),
        ("articles", "0035_when_pictures_were_taken"),
        ("articles", "0036_uses_wait_for_the_article"),
        ("articles", "0037_following_by_mail"),
        ("articles", "0038_places_of_comments"),
        ("articles", "0039_deciding"),
        ("articles", "0040_dates_without_rows"),
        ("articles", "0041_akismet"),
        ("articles", "0042_marks_of_people"),
        ("articles", "0043_asking_for_addresses"),
        ("articles", "0044_words_read_apart"),
        ("articles", "0045_names_read_as_names"),
        ("articles", "0046_licences_in_words"),
        ("articles", "0047_listings"),
        ("articles", "0048_list_the_archive"),
        ("articles", "0049_search_statistics_of_large_archives"),
    ]

    dependencies = [
        ("accounts", "0001_squashed_0005_initial"),
        ("taggit", "0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        migrations.CreateModel(
            name="Kind",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=40,
                        unique=True,
                        validators=[validate_storable, validate_not_blank],
                    ),
                ),
                ("slug", models.SlugField(max_length=40, unique=True)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "name"],
            },
        ),
        migrations.CreateModel(
            name="Agency",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=120,
                        unique=True,
                        validators=[validate_storable, validate_not_blank],
                    ),
                ),
                (
                    "wording",
                    models.CharField(
                        help_text="How it stands in the credit after the photographer's name, as in “via Reuters”.",
                        max_length=120,
                        validators=[validate_storable, validate_not_blank],
                    ),
                ),
                (
                    "wording_alone",
                    models.CharField(
                        blank=True,
                        help_text="How it stands where no photographer is known; left empty, its name.",
                        max_length=120,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "address",
                    models.URLField(
                        blank=True, help_text="Where the credit leads, if anywhere.", max_length=500
                    ),
                ),
                (
                    "usage_terms",
                    models.TextField(
                        blank=True,
                        help_text="What it allows, as a rule; shown to editors beside each of its pictures.",
                        max_length=2000,
                        validators=[validate_storable],
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "agencies",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="agency_has_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("wording", ""), _negated=True),
                        name="agency_has_wording",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Photographer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=120,
                        unique=True,
                        validators=[validate_storable, validate_not_blank],
                    ),
                ),
                (
                    "address",
                    models.URLField(
                        blank=True, help_text="Where the credit leads, if anywhere.", max_length=500
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="photographer_has_name",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Image",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("original", models.FileField(max_length=200, upload_to="originals/%Y/%m/")),
                (
                    "checksum",
                    models.CharField(
                        editable=False, help_text="SHA-256 of the original.", max_length=64
                    ),
                ),
                ("media_type", models.CharField(editable=False, max_length=40)),
                (
                    "width",
                    models.PositiveIntegerField(editable=False, help_text="Upright, in pixels."),
                ),
                (
                    "height",
                    models.PositiveIntegerField(editable=False, help_text="Upright, in pixels."),
                ),
                (
                    "headline",
                    models.CharField(
                        blank=True,
                        help_text="How the picture is called in the library; readers do not see it.",
                        max_length=200,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "alt_text",
                    models.TextField(
                        blank=True,
                        help_text="What the picture shows, for a reader who cannot see it. Not the caption again.",
                        max_length=1000,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "caption",
                    models.TextField(
                        blank=True,
                        help_text="Offered as the caption when the picture is used; each use may have its own words.",
                        max_length=2000,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "credit",
                    models.CharField(
                        blank=True,
                        help_text="Who made it and through whom we have it, as in “Name/via Agency”. Readers see it. Composed by itself where a photographer or an agency is chosen below.",
                        max_length=300,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "credit_url",
                    models.URLField(
                        blank=True,
                        help_text="Where the credit leads, if anywhere.",
                        max_length=500,
                        verbose_name="credit link",
                    ),
                ),
                (
                    "copyright_notice",
                    models.CharField(
                        blank=True,
                        max_length=500,
                        validators=[validate_storable],
                        verbose_name="copyright",
                    ),
                ),
                (
                    "usage_terms",
                    models.TextField(
                        blank=True,
                        help_text="What the licence allows; for the newsroom, not shown.",
                        max_length=2000,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "source",
                    models.CharField(blank=True, max_length=300, validators=[validate_storable]),
                ),
                (
                    "byline",
                    models.CharField(
                        blank=True,
                        max_length=300,
                        validators=[validate_storable],
                        verbose_name="creator",
                    ),
                ),
                (
                    "needs_no_credit",
                    models.BooleanField(
                        default=False,
                        help_text="Only for pictures whose licence asks for none; say why below.",
                    ),
                ),
                (
                    "no_credit_reason",
                    models.CharField(blank=True, max_length=300, validators=[validate_storable]),
                ),
                (
                    "metadata",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        editable=False,
                        help_text="What the file itself said.",
                    ),
                ),
                ("uploaded_at", models.DateTimeField(auto_now_add=True)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=models.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sizes",
                    models.JSONField(
                        default=list,
                        editable=False,
                        help_text="Every rendition as format, width, height, name, bytes, shape and whether it moves, the narrowest first. PostgreSQL keeps it from the renditions' rows; what is written here is overruled.",
                    ),
                ),
                (
                    "city",
                    models.CharField(blank=True, max_length=200, validators=[validate_storable]),
                ),
                (
                    "country",
                    models.CharField(blank=True, max_length=200, validators=[validate_storable]),
                ),
                (
                    "digital_source_type",
                    models.CharField(
                        blank=True,
                        help_text="How the picture came to be, by the IPTC's vocabulary; from it readers are told that a machine made it.",
                        max_length=80,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "extended_description",
                    models.TextField(
                        blank=True,
                        help_text="For a chart or a map: what it says, at length, below the picture.",
                        max_length=5000,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "focus_x",
                    models.FloatField(
                        default=0.5,
                        help_text="Where the eye rests, from the left edge (0) to the right (1).",
                        validators=[MinValueValidator(0), MaxValueValidator(1)],
                    ),
                ),
                (
                    "focus_y",
                    models.FloatField(
                        default=0.5,
                        help_text="Where the eye rests, from the upper edge (0) to the lower (1).",
                        validators=[MinValueValidator(0), MaxValueValidator(1)],
                    ),
                ),
                (
                    "is_decorative",
                    models.BooleanField(
                        default=False,
                        help_text="It says nothing that the text does not say; readers who cannot see it are spared a description.",
                        verbose_name="decorative",
                    ),
                ),
                (
                    "is_moving",
                    models.BooleanField(
                        default=False,
                        editable=False,
                        help_text="More than one frame is kept of it.",
                    ),
                ),
                (
                    "keywords",
                    ArrayField(
                        base_field=models.CharField(max_length=100, validators=[validate_storable]),
                        blank=True,
                        default=list,
                    ),
                ),
                (
                    "licence_from",
                    models.DateTimeField(
                        blank=True,
                        help_text="Left empty, it holds already.",
                        null=True,
                        verbose_name="licence begins",
                    ),
                ),
                (
                    "licence_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="From this moment on the picture is withheld everywhere. Left empty, it never ends.",
                        null=True,
                        verbose_name="licence ends",
                    ),
                ),
                (
                    "licence_url",
                    models.URLField(
                        blank=True,
                        help_text="Where the licence can be read, as of Creative Commons.",
                        max_length=500,
                        verbose_name="licence address",
                    ),
                ),
                (
                    "licensed_for_archive",
                    models.BooleanField(
                        default=True,
                        help_text="It may stay with an article that is older than thirty days.",
                        verbose_name="for the archive",
                    ),
                ),
                (
                    "licensed_for_newsletter",
                    models.BooleanField(
                        default=True,
                        help_text="It may go out by mail.",
                        verbose_name="for the newsletter",
                    ),
                ),
                (
                    "licensed_for_site",
                    models.BooleanField(
                        default=True,
                        help_text="It may stand on pages, in feeds and in the API.",
                        verbose_name="for the site",
                    ),
                ),
                (
                    "licensor",
                    models.CharField(
                        blank=True,
                        help_text="From whom a licence can be had, with an address if there is one.",
                        max_length=300,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "looks",
                    models.BigIntegerField(
                        editable=False,
                        help_text="64 bits that are alike for pictures that look alike.",
                        null=True,
                    ),
                ),
                (
                    "persons",
                    models.CharField(
                        blank=True,
                        max_length=500,
                        validators=[validate_storable],
                        verbose_name="persons shown",
                    ),
                ),
                (
                    "rights_version",
                    models.PositiveIntegerField(
                        default=1,
                        editable=False,
                        help_text="Grows when what renditions say of rights changes; their names follow it.",
                    ),
                ),
                (
                    "taken",
                    models.CharField(
                        blank=True,
                        help_text="Year, or year-month, or a day, with a time if it is known: 2024-05-17T09:30:00.",
                        max_length=30,
                        validators=[validate_storable],
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "withdrawn_reason",
                    models.CharField(
                        blank=True, editable=False, max_length=300, validators=[validate_storable]
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="pictures",
                        to="articles.agency",
                    ),
                ),
                (
                    "photographer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="pictures",
                        to="articles.photographer",
                    ),
                ),
            ],
            options={
                "ordering": ["-uploaded_at", "-pk"],
                "verbose_name": "picture",
                "permissions": [
                    ("change_many_image", "Can change the rights of many pictures at once"),
                    ("replace_image", "Can replace the file of a picture"),
                    ("withdraw_image", "Can withdraw a picture from readers"),
                ],
                "indexes": [
                    models.Index(fields=["checksum"], name="articles_im_checksu_4d3675_idx"),
                    models.Index(
                        condition=models.Q(("licence_until__isnull", False)),
                        fields=["licence_until"],
                        name="image_licence_end",
                    ),
                    models.Index(
                        condition=models.Q(("licence_from__isnull", False)),
                        fields=["licence_from"],
                        name="image_licence_begin",
                    ),
                    models.Index(fields=["-uploaded_at", "-id"], name="image_newest"),
                    models.Index(
                        condition=models.Q(("credit", ""), ("needs_no_credit", False)),
                        fields=["-uploaded_at", "-id"],
                        name="image_lacks_credit",
                    ),
                    models.Index(
                        condition=models.Q(("alt_text", ""), ("is_decorative", False)),
                        fields=["-uploaded_at", "-id"],
                        name="image_lacks_alt",
                    ),
                    models.Index(
                        condition=models.Q(("digital_source_type", ""), _negated=True),
                        fields=["-uploaded_at", "-id"],
                        name="image_source_type",
                    ),
                    models.Index(
                        fields=["taken"], name="image_taken", opclasses=["varchar_pattern_ops"]
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("needs_no_credit", False),
                            models.Q(("no_credit_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="image_no_credit_has_reason",
                        violation_error_message="Say why this picture needs no credit.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("height__gt", 0), ("width__gt", 0)),
                        name="image_has_size",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("focus_x__range", (0, 1)), ("focus_y__range", (0, 1))),
                        name="image_focus_inside",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("licence_from__isnull", True),
                            ("licence_until__isnull", True),
                            ("licence_from__lt", models.F("licence_until")),
                            _connector="OR",
                        ),
                        name="image_licence_begins_before_it_ends",
                        violation_error_message="The licence ends before it begins; mend one of the two.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TranslationGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("made_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="Article",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "headline",
                    models.CharField(
                        max_length=200, validators=[validate_storable, validate_not_blank]
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        allow_unicode=True,
                        blank=True,
                        help_text="The last part of the address. Left empty, it is made from the headline; after a change, the old address leads to the new one.",
                        max_length=80,
                    ),
                ),
                (
                    "standfirst",
                    models.TextField(
                        blank=True,
                        help_text="One or two sentences below the headline that say why this matters.",
                        max_length=600,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "body",
                    models.TextField(
                        blank=True,
                        max_length=1000000,
                        validators=[validate_storable],
                        verbose_name="text",
                    ),
                ),
                ("language", models.CharField(choices=LANGUAGES, default="en", max_length=8)),
                (
                    "search_description",
                    models.CharField(
                        blank=True,
                        help_text="What search engines and previews show; left empty, the standfirst.",
                        max_length=300,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "lead_caption",
                    models.TextField(
                        blank=True,
                        help_text="The caption of the lead picture here. Its credit is kept with the picture.",
                        max_length=2000,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "comments_open",
                    models.BooleanField(
                        default=True, help_text="Whether readers may write below this article."
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=ARTICLE_STATES,
                        db_index=True,
                        default="draft",
                        editable=False,
                        max_length=10,
                    ),
                ),
                (
                    "publish_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="When a scheduled article goes out.",
                        null=True,
                    ),
                ),
                ("published_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "updated_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="When its published text last changed.",
                        null=True,
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("year", models.PositiveSmallIntegerField(blank=True, editable=False, null=True)),
                ("month", models.PositiveSmallIntegerField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "version",
                    models.PositiveIntegerField(
                        default=0,
                        editable=False,
                        help_text="Grows at every save; a form made earlier is stale.",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="articles_created",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead_picture",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="led_articles",
                        to="articles.image",
                    ),
                ),
                (
                    "kind",
                    models.ForeignKey(
                        on_delete=models.PROTECT, related_name="articles", to="articles.kind"
                    ),
                ),
                (
                    "made_from",
                    models.UUIDField(
                        editable=False,
                        help_text="The empty form it was begun with; a form sent twice makes one article.",
                        null=True,
                        unique=True,
                    ),
                ),
                (
                    "translation_group",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        help_text="The same text in other languages.",
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="articles",
                        to="articles.translationgroup",
                    ),
                ),
                (
                    "canonical_address",
                    models.URLField(
                        blank=True,
                        help_text="If the original stands on another site: its address. Search engines are sent there.",
                        max_length=500,
                    ),
                ),
                (
                    "first_published_address",
                    models.URLField(
                        blank=True,
                        help_text="Where the name leads.",
                        max_length=500,
                        verbose_name="address there",
                    ),
                ),
                (
                    "first_published_in",
                    models.CharField(
                        blank=True,
                        help_text="The name of the publication where it stood first; readers see it.",
                        max_length=160,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "licence",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("CC BY 4.0", "CC BY 4.0: whoever names us"),
                            ("CC BY-SA 4.0", "CC BY-SA 4.0: naming us, under the same licence"),
                            ("CC BY-ND 4.0", "CC BY-ND 4.0: naming us, unchanged"),
                            ("CC BY-NC 4.0", "CC BY-NC 4.0: naming us, not for money"),
                            (
                                "CC BY-NC-SA 4.0",
                                "CC BY-NC-SA 4.0: naming us, not for money, under the same licence",
                            ),
                            (
                                "CC BY-NC-ND 4.0",
                                "CC BY-NC-ND 4.0: naming us, not for money, unchanged",
                            ),
                            ("CC0 1.0", "CC0 1.0: everybody, without any condition"),
                        ],
                        help_text="How others may use the text. Pictures have rights of their own.",
                        max_length=20,
                    ),
                ),
                (
                    "noindex",
                    models.BooleanField(
                        default=False,
                        help_text="Readers see the article as ever; search engines are asked to leave it out.",
                        verbose_name="keep out of search engines",
                    ),
                ),
                (
                    "comments_close_after",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Days after publication from which nobody may comment any more; 0 for never. Left empty, as everywhere on the site.",
                        null=True,
                    ),
                ),
                (
                    "comments_policy",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "As everywhere on the site"),
                            ("open", "The rules decide what appears at once"),
                            ("held", "A moderator reads every comment first"),
                            ("off", "No comments, and none are shown"),
                        ],
                        default="",
                        max_length=4,
                    ),
                ),
            ],
            options={
                "ordering": ["-published_at", "-pk"],
                "permissions": [
                    ("publish_article", "Can publish, schedule and withdraw articles"),
                    ("change_others_article", "Can change the articles of others"),
                ],
                "indexes": [
                    models.Index(
                        models.OrderBy(models.F("published_at"), descending=True),
                        condition=models.Q(("state", "published")),
                        name="article_newest",
                    ),
                    GinIndex(
                        condition=models.Q(("state", "published")),
                        fields=["headline"],
                        name="article_headline_parts",
                        opclasses=["gin_trgm_ops"],
                    ),
                    models.Index(
                        Greatest("updated_at", "published_at"),
                        models.F("id"),
                        condition=models.Q(("state", "published")),
                        name="article_changed_last",
                    ),
                    models.Index(
                        condition=models.Q(("state", "published")),
                        fields=["id"],
                        include=("published_at",),
                        name="article_dates",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("year__isnull", False)),
                        fields=("year", "month", "slug"),
                        name="article_address_once",
                        violation_error_message="Another article of this month has this address.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True),
                            models.Q(
                                ("month__isnull", False),
                                ("published_at__isnull", False),
                                ("year__isnull", False),
                                models.Q(("slug", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="article_published_has_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "scheduled"), _negated=True),
                            models.Q(
                                ("publish_at__isnull", False), models.Q(("slug", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="article_scheduled_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("month__isnull", True), ("month__range", (1, 12)), _connector="OR"
                        ),
                        name="article_month",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("headline", ""), _negated=True),
                        name="article_has_headline",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("slug", "feed"), _negated=True),
                        name="article_slug_not_reserved",
                    ),
                    models.UniqueConstraint(
                        fields=("translation_group", "language"),
                        name="article_language_once_a_text",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_published_address", ""),
                            models.Q(("first_published_in", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="article_first_published_has_name",
                        violation_error_message="Name the publication to which the address belongs.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("comments_policy__in", ["", "open", "held", "off"])),
                        name="article_comments_policy_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ArticleTag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "content_object",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="article_tags", to="articles.article"
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="%(app_label)s_%(class)s_items",
                        to="taggit.tag",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("content_object", "tag"), name="article_tag_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Byline",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="bylines", to="articles.article"
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=models.PROTECT,
                        related_name="bylines",
                        to="accounts.authorprofile",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("article", "author"),
                        name="byline_once",
                        violation_error_message="This author signs twice.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Category",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=80, validators=[validate_storable, validate_not_blank]
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        allow_unicode=True,
                        help_text="One part of the address. The old address keeps working when it changes.",
                        max_length=80,
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Lower numbers stand first among their siblings."
                    ),
                ),
                (
                    "introduction",
                    models.TextField(
                        blank=True,
                        help_text="Stands at the head of the category's page and describes it to search engines.",
                        validators=[validate_storable],
                    ),
                ),
                ("path", models.CharField(editable=False, max_length=400, unique=True)),
                ("sort_key", models.CharField(db_index=True, editable=False, max_length=600)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="children",
                        to="articles.category",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "categories",
                "ordering": ["sort_key"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("parent", "slug"),
                        name="category_slug_once_per_parent",
                        nulls_distinct=False,
                        violation_error_message="There is a category with this address here already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("parent", models.F("pk")), _negated=True),
                        name="category_not_its_own_parent",
                        violation_error_message="A category cannot stand under itself.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("slug", "feed"), _negated=True),
                        name="category_slug_not_reserved",
                        violation_error_message="“feed” is reserved for addresses; choose another.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ArticleCategory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="article_categories",
                        to="articles.article",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=models.PROTECT,
                        related_name="article_categories",
                        to="articles.category",
                    ),
                ),
            ],
            options={
                "verbose_name": "category",
                "verbose_name_plural": "categories",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("article", "category"),
                        name="article_category_once",
                        violation_error_message="This category is chosen twice.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        help_text="What the article said, and what is right. Readers see it.",
                        max_length=2000,
                        validators=[validate_storable, validate_not_blank],
                    ),
                ),
                ("made_at", models.DateTimeField(default=timezone.now)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="corrections", to="articles.article"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=models.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at", "-pk"],
                "indexes": [models.Index(fields=["-made_at", "-id"], name="correction_newest")],
            },
        ),
        migrations.CreateModel(
            name="Figure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "place",
                    models.CharField(
                        choices=[("lead", "Lead picture"), ("inline", "In the text")], max_length=6
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        help_text="0 for the lead, then as in the text."
                    ),
                ),
                (
                    "caption",
                    models.TextField(
                        blank=True,
                        help_text="Its own words, or those of its gallery where it has none.",
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="figures", to="articles.article"
                    ),
                ),
                (
                    "image",
                    models.ForeignKey(
                        on_delete=models.PROTECT, related_name="figures", to="articles.image"
                    ),
                ),
                (
                    "gallery",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="Which gallery of the text it is part of; 0 where it stands alone.",
                    ),
                ),
                (
                    "width",
                    models.CharField(
                        choices=[
                            ("normal", "As wide as the text"),
                            ("wide", "Wide"),
                            ("full", "As wide as the page"),
                        ],
                        default="normal",
                        max_length=6,
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("article", "position"), name="figure_position_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Portrait",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "author",
                    models.OneToOneField(
                        on_delete=models.CASCADE,
                        related_name="portrait",
                        to="accounts.authorprofile",
                    ),
                ),
                (
                    "image",
                    models.ForeignKey(
                        on_delete=models.PROTECT, related_name="portraits", to="articles.image"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Redirect",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("old_path", models.CharField(max_length=500, unique=True)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "article",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.CASCADE,
                        related_name="redirects",
                        to="articles.article",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.CASCADE,
                        related_name="redirects",
                        to="accounts.authorprofile",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.CASCADE,
                        related_name="redirects",
                        to="articles.category",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.CASCADE,
                        related_name="redirects",
                        to="taggit.tag",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("article__isnull", False),
                                ("author__isnull", True),
                                ("category__isnull", True),
                                ("tag__isnull", True),
                            ),
                            models.Q(
                                ("article__isnull", True),
                                ("author__isnull", True),
                                ("category__isnull", False),
                                ("tag__isnull", True),
                            ),
                            models.Q(
                                ("article__isnull", True),
                                ("author__isnull", False),
                                ("category__isnull", True),
                                ("tag__isnull", True),
                            ),
                            models.Q(
                                ("article__isnull", True),
                                ("author__isnull", True),
                                ("category__isnull", True),
                                ("tag__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="redirect_has_one_target",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rendition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("format", models.CharField(choices=FORMATS, max_length=4)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                (
                    "name",
                    models.CharField(
                        help_text="Unguessable; the last part of its address.",
                        max_length=80,
                        unique=True,
                    ),
                ),
                ("file", models.FileField(max_length=200, upload_to="renditions/%Y/%m/")),
                ("bytes", models.PositiveIntegerField(default=0)),
                (
                    "image",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="renditions", to="articles.image"
                    ),
                ),
                (
                    "moving",
                    models.BooleanField(
                        default=False, help_text="Whether it holds several frames."
                    ),
                ),
                (
                    "rights_version",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Which version of the picture's rights the file itself tells.",
                    ),
                ),
                (
                    "shape",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Width to height it is cut to, as in 3:2; empty for the whole picture.",
                        max_length=8,
                    ),
                ),
                (
                    "focus_x",
                    models.FloatField(
                        default=0.5, help_text="Around which point it was cut, if to a shape."
                    ),
                ),
                ("focus_y", models.FloatField(default=0.5)),
            ],
            options={
                "ordering": ["width"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("image", "shape", "format", "width", "moving"),
                        name="rendition_made_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("headline", models.CharField(max_length=200)),
                ("standfirst", models.TextField(blank=True)),
                ("body", models.TextField(blank=True)),
                ("lead_picture_id", models.BigIntegerField(blank=True, null=True)),
                ("lead_caption", models.TextField(blank=True)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="revisions", to="articles.article"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("article", "number"), name="revision_number_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StateChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("state", models.CharField(choices=ARTICLE_STATES, max_length=10)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("publish_at", models.DateTimeField(blank=True, null=True)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="state_changes",
                        to="articles.article",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty when the worker did it at the scheduled time.",
                        null=True,
                        on_delete=models.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ArticleTerms",
            fields=[
                (
                    "article",
                    models.OneToOneField(
                        on_delete=models.CASCADE,
                        primary_key=True,
                        related_name="terms",
                        serialize=False,
                        to="articles.article",
                    ),
                ),
                ("language", models.CharField(max_length=8)),
                (
                    "headline",
                    ArrayField(
                        base_field=models.IntegerField(), help_text="The stems of the headline."
                    ),
                ),
                (
                    "words",
                    ArrayField(
                        base_field=models.IntegerField(),
                        help_text="Stems in their order, 0 for a break: headline, standfirst, text.",
                    ),
                ),
                (
                    "norm",
                    models.FloatField(default=0, help_text="Length of the vector of its words."),
                ),
                (
                    "pair_norm",
                    models.FloatField(
                        default=0, help_text="Length of the vector of its word pairs."
                    ),
                ),
                ("recorded_at", models.DateTimeField(auto_now=True, db_index=True)),
            ],
            options={
                "verbose_name_plural": "article terms",
                "indexes": [
                    GinIndex(fastupdate=False, fields=["words"], name="article_terms_by_word")
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "article",
                    models.OneToOneField(
                        on_delete=models.CASCADE,
                        primary_key=True,
                        related_name="search_entry",
                        serialize=False,
                        to="articles.article",
                    ),
                ),
                (
                    "configuration",
                    models.CharField(
                        db_index=True,
                        help_text="The text search configuration of its language.",
                        max_length=40,
                    ),
                ),
                (
                    "vector",
                    SearchVectorField(
                        help_text="Headline A, standfirst and tags B, text C; captions, credits, bylines D."
                    ),
                ),
                (
                    "text",
                    models.TextField(help_text="Standfirst, text and captions, without markup."),
                ),
                ("indexed_at", models.DateTimeField(default=timezone.now)),
            ],
            options={
                "verbose_name_plural": "search entries",
            },
        ),
        migrations.CreateModel(
            name="RelatedLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("score", models.FloatField()),
                ("position", models.PositiveSmallIntegerField(help_text="0 for the nearest.")),
                (
                    "reasons",
                    models.JSONField(
                        default=dict,
                        help_text="What the two share, in names, and what each part gave.",
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="related_links",
                        to="articles.article",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="related_from", to="articles.article"
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("article", "other"), name="related_link_once"),
                    models.CheckConstraint(
                        condition=models.Q(("article", models.F("other")), _negated=True),
                        name="related_link_not_itself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RelatedPick",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="related_picks",
                        to="articles.article",
                    ),
                ),
                (
                    "picked",
                    models.ForeignKey(
                        help_text="Shown while it is published. Places left over are filled by computation.",
                        on_delete=models.CASCADE,
                        related_name="picked_by",
                        to="articles.article",
                    ),
                ),
            ],
            options={
                "verbose_name": "pick to read next",
                "verbose_name_plural": "picks to read next",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("article", "picked"),
                        name="related_pick_once",
                        violation_error_message="This article is picked twice.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("article", models.F("picked")), _negated=True),
                        name="related_pick_not_itself",
                        violation_error_message="An article cannot be picked to follow itself.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="As it was when the comment was written.",
                        max_length=80,
                        validators=[validate_storable, validate_not_blank],
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True,
                        help_text="A guest's, to tell them what was decided. Never shown.",
                        max_length=254,
                        validators=[validate_storable],
                        verbose_name="e-mail address",
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        max_length=5000, validators=[validate_storable, validate_not_blank]
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=COMMENT_STATES, default="held", editable=False, max_length=11
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=timezone.now, editable=False, verbose_name="written"
                    ),
                ),
                (
                    "form_id",
                    models.UUIDField(
                        editable=False,
                        help_text="Of the form it was sent with: sent twice, it is still one comment.",
                        null=True,
                        unique=True,
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.CASCADE,
                        related_name="comments",
                        to="articles.article",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=models.RESTRICT,
                        related_name="replies",
                        to="articles.comment",
                        verbose_name="in reply to",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty for a guest.",
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="comments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "findings",
                    models.JSONField(
                        blank=True,
                        default=list,
                        editable=False,
                        help_text="What each rule of the first look said: phase, action, and its words.",
                    ),
                ),
                (
                    "edited_at",
                    models.DateTimeField(
                        editable=False,
                        help_text="The words before are kept for moderators.",
                        null=True,
                        verbose_name="last changed by its writer",
                    ),
                ),
                (
                    "featured",
                    models.BooleanField(
                        default=False,
                        editable=False,
                        help_text="An editor chose it; counts while it stands. The rows say who and when.",
                    ),
                ),
                (
                    "address_confirmed_at",
                    models.DateTimeField(
                        editable=False,
                        help_text="When a link that was mailed to a guest's address was answered: only then it is theirs.",
                        null=True,
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(
                        editable=False,
                        help_text="When a mail that asks a guest to confirm the address surely left us.",
                        null=True,
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "pk"],
                "permissions": [("feature_comment", "Can feature a comment")],
                "indexes": [
                    models.Index(fields=["article", "created_at", "id"], name="comment_thread"),
                    models.Index(
                        condition=models.Q(("state", "held")),
                        fields=["created_at", "id"],
                        name="comment_held_queue",
                    ),
                    models.Index(MD5("text"), models.F("created_at"), name="comment_same_words"),
                    models.Index(
                        Lower("email"),
                        condition=models.Q(
                            ("state", "approved"), models.Q(("email", ""), _negated=True)
                        ),
                        name="comment_known_guests",
                    ),
                    models.Index(
                        condition=models.Q(("state", "unconfirmed")),
                        fields=["created_at"],
                        name="comment_unconfirmed",
                    ),
                    models.Index(fields=["state", "created_at", "id"], name="comment_queue"),
                    models.Index(fields=["created_at"], name="comment_written"),
                    models.Index(
                        Lower("email"),
                        condition=models.Q(("email", ""), _negated=True),
                        name="comment_of_guest",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("id", "article"), name="comment_id_in_article"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent__isnull", True),
                            ("parent__lt", models.F("id")),
                            _connector="OR",
                        ),
                        name="comment_parent_is_older",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text__regex", "\\S")), name="comment_has_text"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name__regex", "\\S")), name="comment_has_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ("unconfirmed", "held", "approved", "rejected", "spam", "deleted"),
                            )
                        ),
                        name="comment_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Ban",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("account", "Account"),
                            ("email", "E-mail address"),
                            ("name", "Name"),
                            ("address", "Network address"),
                            ("network", "Network"),
                        ],
                        editable=False,
                        max_length=7,
                    ),
                ),
                (
                    "value",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="What is compared (`marking`); emptied when the ban ends.",
                        max_length=320,
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        editable=False,
                        help_text="The name beside the comment it was made from; never an address.",
                        max_length=120,
                        verbose_name="whom it means",
                    ),
                ),
                (
                    "until",
                    models.DateTimeField(
                        blank=True, help_text="Empty: until somebody lifts it.", null=True
                    ),
                ),
                ("why", models.CharField(max_length=300, validators=[validate_storable])),
                (
                    "earlier",
                    models.CharField(
                        choices=[
                            ("leave", "Leave them as they are"),
                            ("held", "Reject those that wait"),
                            ("reject", "Reject all of them"),
                            ("spam", "Set all of them aside as spam"),
                        ],
                        default="leave",
                        editable=False,
                        max_length=6,
                        verbose_name="earlier comments",
                    ),
                ),
                ("made_at", models.DateTimeField(default=timezone.now, editable=False)),
                ("ended_at", models.DateTimeField(editable=False, null=True)),
                (
                    "comment",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="bans",
                        to="articles.comment",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        editable=False,
                        help_text="Empty when it ran out.",
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="bans_ended",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="bans_made",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=models.CASCADE,
                        related_name="bans",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "readable",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="For moderators; an address only so far that it can be told from others.",
                        max_length=320,
                        verbose_name="what is banned",
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["account", "email", "name", "address", "network"])
                        ),
                        name="ban_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("earlier__in", ["leave", "held", "reject", "spam"])),
                        name="ban_earlier_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at__isnull", True), models.Q(("value", ""), _negated=True)
                            ),
                            models.Q(("ended_at__isnull", False), ("value", "")),
                            _connector="OR",
                        ),
                        name="ban_value_until_it_ends",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("kind", "value"),
                        name="ban_once_in_force",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Moderation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("decision", models.CharField(choices=COMMENT_STATES, max_length=11)),
                (
                    "reason",
                    models.CharField(blank=True, max_length=500, validators=[validate_storable]),
                ),
                (
                    "told",
                    models.BooleanField(
                        default=False,
                        help_text="Whether the mail to the writer holds the reason.",
                        verbose_name="told to the writer",
                    ),
                ),
                ("made_at", models.DateTimeField(default=timezone.now, editable=False)),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="moderations", to="articles.comment"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty when a rule decided, or a guest about their own comment.",
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="moderations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "featured",
                    models.BooleanField(
                        editable=False,
                        help_text="Whether it featured the comment, or ended that; empty where it did neither.",
                        null=True,
                    ),
                ),
                (
                    "undoes",
                    models.OneToOneField(
                        editable=False,
                        help_text="The decision that this one takes back, within seconds.",
                        null=True,
                        on_delete=models.CASCADE,
                        related_name="undone_by",
                        to="articles.moderation",
                    ),
                ),
                (
                    "ban",
                    models.ForeignKey(
                        editable=False,
                        help_text="The ban or suspension that brought this decision with it.",
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="decisions",
                        to="articles.ban",
                    ),
                ),
            ],
            options={
                "verbose_name": "decision",
                "verbose_name_plural": "moderation log",
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "decision__in",
                                ("unconfirmed", "held", "approved", "rejected", "spam", "deleted"),
                            )
                        ),
                        name="moderation_decision_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Page",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        max_length=120, validators=[validate_storable, validate_not_blank]
                    ),
                ),
                (
                    "path",
                    models.CharField(
                        error_messages={"unique": "There is a page at this address already."},
                        help_text="As in about or about/our-team. After a change the old one leads here.",
                        max_length=200,
                        unique=True,
                        validators=[validate_storable, validate_path],
                        verbose_name="address",
                    ),
                ),
                (
                    "body",
                    models.TextField(
                        blank=True,
                        max_length=500000,
                        validators=[validate_storable],
                        verbose_name="text",
                    ),
                ),
                (
                    "description",
                    models.CharField(
                        blank=True,
                        help_text="One sentence for search engines.",
                        max_length=300,
                        validators=[validate_storable],
                    ),
                ),
                ("language", models.CharField(choices=LANGUAGES, default="en", max_length=8)),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Lower numbers stand first at the foot of every page; empty, it is not named there.",
                        null=True,
                        verbose_name="place in the foot",
                    ),
                ),
                (
                    "is_published",
                    models.BooleanField(
                        default=False,
                        help_text="Untick to keep the page from readers.",
                        verbose_name="published",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("changed_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["position", "title"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("path", ""), _negated=True),
                            models.Q(("title", ""), _negated=True),
                        ),
                        name="page_has_address",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PinnedQuery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "words",
                    models.CharField(
                        help_text="What readers type, whole. Capitals, accents and quotes make no difference.",
                        max_length=120,
                        validators=[validate_storable, validate_not_blank],
                        verbose_name="search words",
                    ),
                ),
                ("key", models.CharField(editable=False, max_length=160, unique=True)),
                ("made_at", models.DateTimeField(auto_now=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "pinned search",
                "verbose_name_plural": "pinned searches",
                "ordering": ["words"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("key", ""), _negated=True), name="pinned_query_has_key"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PinnedResult",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Lower numbers stand first."
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="pinned_results",
                        to="articles.article",
                    ),
                ),
                (
                    "query",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="results", to="articles.pinnedquery"
                    ),
                ),
            ],
            options={
                "verbose_name": "article that stands first",
                "verbose_name_plural": "articles that stand first",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("query", "article"),
                        name="pinned_result_once",
                        violation_error_message="This article is pinned twice.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("words", models.CharField(max_length=60)),
                ("searches", models.PositiveIntegerField(default=0)),
                (
                    "found",
                    models.PositiveIntegerField(
                        default=0, help_text="Articles, at the last search of the day."
                    ),
                ),
                ("opened", models.PositiveIntegerField(default=0)),
            ],
            options={
                "ordering": ["-day", "-searches", "words"],
                "verbose_name_plural": "searches of readers",
                "constraints": [
                    models.UniqueConstraint(fields=("day", "words"), name="search_count_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Synonyms",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "words",
                    models.CharField(
                        help_text="Words or phrases that mean the same, with commas between: EU, European Union. Whoever searches for one of them finds the others too.",
                        max_length=300,
                        unique=True,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "keys",
                    ArrayField(
                        base_field=models.CharField(max_length=80),
                        blank=True,
                        default=list,
                        editable=False,
                        help_text="Each of them as queries are compared (search.keys).",
                    ),
                ),
                ("made_at", models.DateTimeField(auto_now=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "set of synonyms",
                "verbose_name_plural": "synonyms",
                "ordering": ["words"],
                "indexes": [GinIndex(fields=["keys"], name="synonyms_keys")],
            },
        ),
        migrations.CreateModel(
            name="Placement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "place",
                    models.CharField(
                        choices=[
                            ("lead", "Lead of the front page"),
                            ("second", "Beside the lead"),
                            ("section", "In a section of the front page"),
                            ("head", "Lead of a section's own page"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        choices=LANGUAGES,
                        help_text="Of the front page it stands on.",
                        max_length=8,
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=0, help_text="0 for the first."),
                ),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("placed_at", models.DateTimeField(auto_now_add=True)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="placements", to="articles.article"
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.CASCADE,
                        related_name="placements",
                        to="articles.category",
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=models.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "place on a front page",
                "verbose_name_plural": "front pages",
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("language", "place", "category", "position"),
                        name="placement_place_once",
                        nulls_distinct=False,
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("place", "head"), _negated=True),
                        fields=("language", "article"),
                        name="placement_article_once_a_front_page",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("category__isnull", False), ("place__in", ["section", "head"])
                            ),
                            models.Q(("category__isnull", True), ("place__in", ["lead", "second"])),
                            _connector="OR",
                        ),
                        name="placement_category_where_it_needs_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("place", "head"), ("language", ""), ("position", 0)),
                            models.Q(
                                models.Q(("place", "head"), _negated=True),
                                models.Q(("language", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="placement_language_where_it_needs_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchLanguage",
            fields=[
                (
                    "configuration",
                    models.CharField(max_length=40, primary_key=True, serialize=False),
                ),
                ("articles", models.IntegerField()),
                (
                    "length",
                    models.FloatField(help_text="Words of all entries, each counted by its place."),
                ),
                (
                    "mean",
                    models.FloatField(
                        help_text="The mean length that the postings' weights were written with; the true one may have moved on a little (search.statistics.refresh)."
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SearchLexeme",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("configuration", models.CharField(max_length=40)),
                ("word", models.TextField()),
                ("articles", models.IntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("configuration", "word"), name="search_lexeme_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("configuration", models.CharField(max_length=40)),
                ("word", models.TextField()),
                (
                    "lexeme",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=models.DO_NOTHING,
                        related_name="+",
                        to="articles.searchlexeme",
                    ),
                ),
            ],
            options={
                "indexes": [
                    GinIndex(fields=["word"], name="search_word_like", opclasses=["gin_trgm_ops"])
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("word", "configuration"), name="search_word_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EmbedProvider",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=40,
                        unique=True,
                        validators=[validate_storable, validate_not_blank],
                    ),
                ),
                (
                    "address_patterns",
                    models.TextField(
                        help_text="Addresses of its pages, one a line, with names in braces: https://vimeo.com/{id}. Further parts of a query are passed over.",
                        max_length=2000,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "frame_address",
                    models.CharField(
                        help_text="The address of its frame, with the same names: https://player.vimeo.com/video/{id}. {address} is the page's whole address.",
                        max_length=300,
                        validators=[validate_storable],
                    ),
                ),
                ("frame_origin", models.CharField(editable=False, max_length=260)),
                (
                    "shape",
                    models.CharField(
                        choices=[
                            ("wide", "Wide, as a film (16 : 9)"),
                            ("square", "Square"),
                            ("tall", "Tall, as a post or a chart"),
                            ("low", "Low, as a player for sound"),
                        ],
                        default="wide",
                        max_length=6,
                    ),
                ),
                (
                    "is_on",
                    models.BooleanField(
                        default=True,
                        help_text="Unticked, readers get a card with a link instead of the frame.",
                        verbose_name="in use",
                    ),
                ),
            ],
            options={
                "verbose_name": "provider of embeds",
                "verbose_name_plural": "providers of embeds",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("frame_origin__regex", "^https://[a-z0-9.-]+$"),
                            (
                                "frame_address__startswith",
                                Concat(models.F("frame_origin"), models.Value("/")),
                            ),
                        ),
                        name="embed_frame_stands_at_its_origin",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rarity",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("articles", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name_plural": "rarities",
            },
        ),
        migrations.CreateModel(
            name="RelatedExclusion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="related_exclusions",
                        to="articles.article",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=models.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="excluded_from",
                        to="articles.article",
                        verbose_name="not this one",
                    ),
                ),
            ],
            options={
                "verbose_name": "left out",
                "verbose_name_plural": "left out",
                "ordering": ["-made_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("article", "other"),
                        name="related_exclusion_once",
                        violation_error_message="This article is left out already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TextLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="text_links", to="articles.article"
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="linked_from", to="articles.article"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("article", "other"), name="text_link_once"),
                    models.CheckConstraint(
                        condition=models.Q(("article", models.F("other")), _negated=True),
                        name="text_link_not_to_itself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FormerAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.CharField(max_length=200, unique=True)),
                ("left_at", models.DateTimeField(auto_now_add=True)),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="former_addresses",
                        to="articles.page",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="Stands above each of its parts.",
                        max_length=120,
                        unique=True,
                        validators=[validate_storable, validate_not_blank],
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name_plural": "series",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="SeriesPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="Lower numbers come first; of equal ones, the one published earlier.",
                    ),
                ),
                (
                    "article",
                    models.OneToOneField(
                        error_messages={"unique": "This article is a part of a series already."},
                        on_delete=models.CASCADE,
                        related_name="series_part",
                        to="articles.article",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="parts", to="articles.series"
                    ),
                ),
            ],
            options={
                "verbose_name": "part",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="MostRead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("language", models.CharField(max_length=8)),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "article",
                    models.OneToOneField(
                        on_delete=models.CASCADE, related_name="most_read", to="articles.article"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "most read",
                "ordering": ["language", "position"],
            },
        ),
        migrations.CreateModel(
            name="ArticleViews",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("views", models.PositiveIntegerField(default=1)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="views_by_day", to="articles.article"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "article views",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "article"), name="article_views_once_a_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Collection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=120,
                        unique=True,
                        validators=[validate_storable, validate_not_blank],
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=models.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pictures",
                    models.ManyToManyField(
                        blank=True, related_name="collections", to="articles.image"
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="collection_has_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FormerName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, unique=True)),
                ("format", models.CharField(choices=FORMATS, max_length=4)),
                ("width", models.PositiveIntegerField()),
                ("shape", models.CharField(blank=True, default="", max_length=8)),
                ("moving", models.BooleanField(default=False)),
                ("left_at", models.DateTimeField(auto_now_add=True)),
                (
                    "image",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="former_names", to="articles.image"
                    ),
                ),
                (
                    "file",
                    models.FileField(
                        blank=True,
                        help_text="Kept for a while, for whoever is being handed it; then discarded.",
                        max_length=200,
                        upload_to="",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["left_at"], name="former_name_by_age")],
            },
        ),
        migrations.CreateModel(
            name="PictureEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("credited", "Credit changed"),
                            ("licensed", "Licence changed"),
                            ("replaced", "File replaced"),
                            ("withdrawn", "Withdrawn everywhere"),
                            ("restored", "Shown again"),
                        ],
                        max_length=9,
                    ),
                ),
                ("before", models.TextField(blank=True)),
                ("after", models.TextField(blank=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=models.SET_NULL, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "image",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="events", to="articles.image"
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="LearntModel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("made_at", models.DateTimeField(default=timezone.now)),
                (
                    "wanted",
                    models.PositiveIntegerField(help_text="Approved comments it learnt from."),
                ),
                ("unwanted", models.PositiveIntegerField(help_text="Spam it learnt from.")),
                (
                    "precision",
                    models.FloatField(help_text="On comments kept from it while it learnt."),
                ),
                (
                    "recall",
                    models.FloatField(help_text="On comments kept from it while it learnt."),
                ),
                ("content", models.JSONField(editable=False)),
            ],
            options={
                "verbose_name": "spam model",
                "ordering": ["-made_at", "-pk"],
                "get_latest_by": "made_at",
            },
        ),
        migrations.CreateModel(
            name="ScreenedWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "word",
                    models.CharField(
                        max_length=100,
                        validators=[validate_storable, validate_not_blank],
                        verbose_name="word or phrase",
                    ),
                ),
                ("folded", models.CharField(editable=False, max_length=200, unique=True)),
                (
                    "list",
                    models.CharField(
                        choices=[("banned", "Banned"), ("suspect", "Suspect")],
                        default="suspect",
                        max_length=7,
                    ),
                ),
                ("added_at", models.DateTimeField(auto_now_add=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=models.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["word"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("folded", ""), _negated=True),
                        name="screened_word_can_be_seen",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScreeningRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("writer", "A banned or suspended writer"),
                            ("likeness", "The name or network of a banned writer"),
                            ("rate", "Many comments in a short time"),
                            ("trap", "The field that people do not see was filled in"),
                            ("banned", "A banned word"),
                            ("suspect", "A suspect word"),
                            ("links", "Many links"),
                            ("link_kinds", "Links that hide where they lead"),
                            ("duplicate", "The same words again"),
                            ("shouting", "Shouting"),
                            ("length", "Very long"),
                            ("newcomer", "A writer's first comment"),
                            ("model", "Like what moderators called spam"),
                            ("akismet", "Akismet takes it for spam"),
                            ("reports", "Reported by readers"),
                            ("everyone", "Every comment is held first"),
                        ],
                        editable=False,
                        max_length=12,
                        unique=True,
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="on")),
                (
                    "threshold",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="What it means stands beside each rule; 0 where a rule needs none.",
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("allow", "Say so and do nothing"),
                            ("hold", "Hold for a moderator"),
                            ("spam", "Set aside as spam"),
                            ("reject", "Reject, and tell the writer why"),
                        ],
                        default="hold",
                        max_length=6,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        help_text="Only for a rule that rejects: one sentence that says what to change.",
                        max_length=300,
                        validators=[validate_storable],
                        verbose_name="reason told to the writer",
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "changed_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=models.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reports_back",
                    models.BooleanField(
                        default=False,
                        help_text="It is sent those comments once more, with the decision.",
                        verbose_name="tell Akismet where moderators decided otherwise",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("action__in", ["allow", "hold", "spam", "reject"])),
                        name="rule_action_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("action", "reject"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="rule_that_rejects_has_reason",
                        violation_error_message="Write the reason that a rejected writer is told.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reports_back", False), ("phase", "akismet"), _connector="OR"
                        ),
                        name="rule_that_reports_back_is_akismet",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Likeness",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "distance",
                    models.PositiveSmallIntegerField(
                        help_text="In how many of 64 bits they differ."
                    ),
                ),
                (
                    "kept_at",
                    models.DateTimeField(
                        help_text="When somebody looked at both and kept them.", null=True
                    ),
                ),
                (
                    "image",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="like_older", to="articles.image"
                    ),
                ),
                (
                    "kept_by",
                    models.ForeignKey(
                        null=True, on_delete=models.SET_NULL, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "older",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="like_newer", to="articles.image"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "likenesses",
                "constraints": [
                    models.UniqueConstraint(fields=("image", "older"), name="likeness_told_once"),
                    models.CheckConstraint(
                        condition=models.Q(("image", models.F("older")), _negated=True),
                        name="likeness_is_of_two",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PictureWords",
            fields=[
                (
                    "image",
                    models.OneToOneField(
                        on_delete=models.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="articles.image",
                    ),
                ),
                ("vector", SearchVectorField()),
            ],
            options={
                "indexes": [GinIndex(fastupdate=False, fields=["vector"], name="picture_words")],
            },
        ),
        migrations.CreateModel(
            name="SearchChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("configuration", models.CharField(max_length=40)),
                (
                    "articles",
                    models.SmallIntegerField(
                        help_text="1: an article holds these stems now; -1: it does no longer."
                    ),
                ),
                ("length", models.FloatField()),
                ("lexemes", ArrayField(base_field=models.IntegerField())),
            ],
        ),
        migrations.CreateModel(
            name="Flag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("advertising", "It is advertising"),
                            ("insult", "It insults or threatens somebody"),
                            ("hate", "It incites hatred"),
                            ("private", "It tells private things about somebody"),
                            ("false", "It says something that is plainly not true"),
                            ("other", "Something else"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "words",
                    models.CharField(blank=True, max_length=500, validators=[validate_storable]),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True,
                        help_text="To tell a guest what came of it. Never shown.",
                        max_length=254,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "sender",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="Tells two reports of one comment by one sender; emptied the night after the decision.",
                        max_length=64,
                    ),
                ),
                (
                    "weight",
                    models.FloatField(
                        default=1.0,
                        help_text="From 0 to 1: less for somebody whose earlier reports were dismissed.",
                    ),
                ),
                ("made_at", models.DateTimeField(default=timezone.now, editable=False)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Waiting"),
                            ("upheld", "Upheld"),
                            ("dismissed", "Dismissed"),
                            ("gone", "Taken back by its writer meanwhile"),
                        ],
                        default="",
                        max_length=9,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="flags", to="articles.comment"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="flags",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reporter",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="Tells a guest's reports from those of others once the address is forgotten.",
                        max_length=64,
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        editable=False,
                        help_text="The decision that answered it.",
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="answered_flags",
                        to="articles.moderation",
                    ),
                ),
                (
                    "today",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="Tells the reports of one sender of one day; emptied in the night, when its key is destroyed.",
                        max_length=64,
                    ),
                ),
            ],
            options={
                "verbose_name": "report by a reader",
                "verbose_name_plural": "reports by readers",
                "ordering": ["-made_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("outcome", "")), fields=["comment"], name="flag_waiting"
                    ),
                    models.Index(
                        condition=models.Q(("reporter", ""), _negated=True),
                        fields=["reporter"],
                        name="flag_reporter",
                    ),
                    models.Index(
                        condition=models.Q(("today", ""), _negated=True),
                        fields=["today"],
                        name="flag_today",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("weight__range", (0, 1))), name="flag_weight_in_range"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome", ""), ("decided_at__isnull", False), _connector="OR"
                        ),
                        name="flag_decided_when",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("sender", ""), _negated=True), ("outcome", "")
                        ),
                        fields=("comment", "sender"),
                        name="flag_once_a_sender",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CommentWords",
            fields=[
                (
                    "comment",
                    models.OneToOneField(
                        on_delete=models.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="articles.comment",
                    ),
                ),
                ("configuration", models.CharField(max_length=40)),
                ("vector", SearchVectorField()),
            ],
            options={
                "indexes": [GinIndex(fields=["vector"], name="comment_words")],
            },
        ),
        migrations.CreateModel(
            name="Follower",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True,
                        help_text="A guest's; an account is written to at its own address.",
                        max_length=254,
                        validators=[validate_storable],
                        verbose_name="e-mail address",
                    ),
                ),
                (
                    "token",
                    models.CharField(default=new_token, editable=False, max_length=64, unique=True),
                ),
                ("made_at", models.DateTimeField(default=timezone.now, editable=False)),
                (
                    "stopped_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="When a mail came back as undeliverable.",
                        null=True,
                    ),
                ),
                (
                    "stopped_because",
                    models.CharField(
                        blank=True, editable=False, max_length=300, validators=[validate_storable]
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=models.CASCADE,
                        related_name="follower",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        Lower("email"),
                        condition=models.Q(("email", ""), _negated=True),
                        name="follower_email_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("email__gt", ""), ("user__isnull", True)),
                            models.Q(("email", ""), ("user__isnull", False)),
                            _connector="OR",
                        ),
                        name="follower_is_account_or_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stopped_at__isnull", True),
                            models.Q(("stopped_because", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="follower_stopped_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Follow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("replies", "Answers to your comment"),
                            ("thread", "Every comment on the article"),
                            ("own", "Comments on articles you signed"),
                            ("queue", "What waits for moderators"),
                        ],
                        max_length=7,
                    ),
                ),
                (
                    "pace",
                    models.CharField(
                        choices=[("at_once", "At once"), ("daily", "Once a day")], max_length=7
                    ),
                ),
                (
                    "token",
                    models.CharField(default=new_token, editable=False, max_length=64, unique=True),
                ),
                ("made_at", models.DateTimeField(default=timezone.now, editable=False)),
                ("confirmed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("left_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "told_on",
                    models.DateField(
                        blank=True,
                        editable=False,
                        help_text="The last day for which the mail of what waits was made.",
                        null=True,
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.CASCADE,
                        related_name="+",
                        to="articles.article",
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.CASCADE,
                        related_name="+",
                        to="articles.comment",
                    ),
                ),
                (
                    "follower",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="follows", to="articles.follower"
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="When the address was last written to for it.",
                        null=True,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("confirmed_at__isnull", False), ("left_at__isnull", True)
                        ),
                        fields=["article"],
                        name="follow_living",
                    ),
                    models.Index(
                        condition=models.Q(("confirmed_at__isnull", True)),
                        fields=["made_at"],
                        name="follow_unconfirmed",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("follower", "kind", "article", "comment"),
                        name="follow_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("article__isnull", False),
                                ("comment__isnull", False),
                                ("kind", "replies"),
                            ),
                            models.Q(
                                ("article__isnull", False),
                                ("comment__isnull", True),
                                ("kind", "thread"),
                            ),
                            models.Q(
                                ("article__isnull", True),
                                ("comment__isnull", True),
                                ("kind", "own"),
                            ),
                            models.Q(
                                ("article__isnull", True),
                                ("comment__isnull", True),
                                ("kind", "queue"),
                                ("pace", "daily"),
                            ),
                            _connector="OR",
                        ),
                        name="follow_has_its_subject",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pace__in", ["at_once", "daily"])),
                        name="follow_pace_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sending", "Being sent"),
                            ("sent", "Sent"),
                            ("dropped", "Not sent: the comment is not on the page"),
                            ("uncertain", "The mail server may have it or not"),
                        ],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                ("made_at", models.DateTimeField(default=timezone.now, editable=False)),
                ("due_at", models.DateTimeField(help_text="Not told before.")),
                (
                    "settled_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When it was claimed, and then what became of it.",
                        null=True,
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="+", to="articles.comment"
                    ),
                ),
                (
                    "follow",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="notices", to="articles.follow"
                    ),
                ),
                (
                    "follower",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="notices", to="articles.follower"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["due_at"],
                        name="notice_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "sending")),
                        fields=["settled_at"],
                        name="notice_being_sent",
                    ),
                    models.Index(fields=["made_at"], name="notice_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("follower", "comment"), name="notice_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["waiting", "sending", "sent", "dropped", "uncertain"])
                        ),
                        name="notice_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at__isnull", True), ("state", "waiting")),
                            models.Q(
                                models.Q(("state", "waiting"), _negated=True),
                                ("settled_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="notice_settled_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CommentVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField()),
                ("replaced_at", models.DateTimeField(default=timezone.now, editable=False)),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="versions", to="articles.comment"
                    ),
                ),
                (
                    "replaced_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty for a guest, who holds the link of the comment.",
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "earlier text",
                "ordering": ["-replaced_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ThreadCount",
            fields=[
                (
                    "article",
                    models.OneToOneField(
                        on_delete=models.CASCADE,
                        primary_key=True,
                        related_name="thread_count",
                        serialize=False,
                        to="articles.article",
                    ),
                ),
                ("readable", models.PositiveIntegerField(default=0)),
                (
                    "tops",
                    models.PositiveIntegerField(
                        default=0, help_text="With the gaps that stand there."
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CommentPlace",
            fields=[
                (
                    "comment",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=models.DO_NOTHING,
                        primary_key=True,
                        related_name="place",
                        serialize=False,
                        to="articles.comment",
                    ),
                ),
                ("level", models.PositiveSmallIntegerField()),
                ("created_at", models.DateTimeField()),
                ("readable", models.BooleanField(default=False)),
                (
                    "answers",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="How many comments that can be read answer it directly.",
                    ),
                ),
                (
                    "below",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="How many comments that can be read are shown below it.",
                    ),
                ),
                (
                    "shown",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Q(
                            ("readable", True),
                            ("answers__gt", 0),
                            ("below__gt", 0),
                            _connector="OR",
                        ),
                        help_text="Whether it has a place on the page, be it as the gap that it left.",
                        output_field=models.BooleanField(),
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=models.DO_NOTHING,
                        related_name="+",
                        to="articles.article",
                    ),
                ),
                (
                    "host",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=models.DO_NOTHING,
                        related_name="+",
                        to="articles.comment",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=models.DO_NOTHING,
                        related_name="+",
                        to="articles.comment",
                    ),
                ),
                (
                    "root",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=models.DO_NOTHING,
                        related_name="+",
                        to="articles.comment",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("level", 1), ("shown", True)),
                        fields=["article", "created_at", "comment"],
                        name="comment_place_tops",
                    ),
                    models.Index(
                        condition=models.Q(("level", 1), ("shown", True)),
                        fields=["article", "-below", "created_at", "comment"],
                        name="comment_place_discussed",
                    ),
                    models.Index(
                        condition=models.Q(("shown", True)),
                        fields=["host", "created_at", "comment"],
                        name="comment_place_hosted",
                    ),
                    models.Index(
                        condition=models.Q(("level__gt", 1), ("shown", True)),
                        fields=["root", "comment"],
                        name="comment_place_first",
                    ),
                    models.Index(
                        condition=models.Q(("shown", True)),
                        fields=["host", "comment"],
                        name="comment_place_first_hosted",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("host__isnull", True), ("level", 1), ("root", models.F("comment"))
                            ),
                            models.Q(("host__isnull", False), ("level__in", (2, 3))),
                            _connector="OR",
                        ),
                        name="comment_place_level",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                (
                    "comment",
                    models.OneToOneField(
                        on_delete=models.CASCADE,
                        primary_key=True,
                        related_name="appeal",
                        serialize=False,
                        to="articles.comment",
                    ),
                ),
                (
                    "words",
                    models.CharField(blank=True, max_length=1000, validators=[validate_storable]),
                ),
                ("made_at", models.DateTimeField(default=timezone.now, editable=False)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Waiting"),
                            ("granted", "Published after all"),
                            ("kept", "Stays rejected"),
                            ("gone", "Taken back by its writer meanwhile"),
                        ],
                        default="",
                        max_length=7,
                    ),
                ),
                (
                    "decision",
                    models.OneToOneField(
                        editable=False,
                        help_text="The decision that answered it.",
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="appeal",
                        to="articles.moderation",
                    ),
                ),
            ],
            options={
                "ordering": ["made_at", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("outcome", "")),
                        fields=["made_at"],
                        name="appeal_waiting",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["", "granted", "kept", "gone"])),
                        name="appeal_outcome_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                (
                    "comment",
                    models.OneToOneField(
                        on_delete=models.CASCADE,
                        primary_key=True,
                        related_name="claim",
                        serialize=False,
                        to="articles.comment",
                    ),
                ),
                ("until", models.DateTimeField(db_index=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="claims", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ListedReason",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="Two or three words, for moderators.",
                        max_length=60,
                        unique=True,
                        validators=[validate_storable, validate_not_blank],
                    ),
                ),
                (
                    "words",
                    models.CharField(
                        help_text="One or two sentences, kind and plain: what is wrong, and what would be right.",
                        max_length=300,
                        validators=[validate_storable, validate_not_blank],
                        verbose_name="words for the writer",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="Lower numbers stand first; the first nine have a key of their own.",
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="offered")),
            ],
            options={
                "verbose_name": "reason to reject",
                "verbose_name_plural": "reasons to reject",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="SealedAddress",
            fields=[
                (
                    "comment",
                    models.OneToOneField(
                        on_delete=models.CASCADE,
                        primary_key=True,
                        related_name="sealed_address",
                        serialize=False,
                        to="articles.comment",
                    ),
                ),
                ("sealed", models.TextField(editable=False)),
                ("made_at", models.DateTimeField(default=timezone.now, editable=False)),
                ("kept_until", models.DateTimeField(db_index=True, editable=False)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kept_until__lte",
                                CombinedExpression(
                                    models.F("made_at"),
                                    "+",
                                    models.Value(datetime.timedelta(days=30)),
                                ),
                            )
                        ),
                        name="sealed_address_at_most_30_days",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AkismetOpinion",
            fields=[
                (
                    "comment",
                    models.OneToOneField(
                        on_delete=models.CASCADE,
                        primary_key=True,
                        related_name="akismet",
                        serialize=False,
                        to="articles.comment",
                    ),
                ),
                (
                    "spam",
                    models.BooleanField(
                        editable=False,
                        help_text="Whether it takes the comment for spam; empty before.",
                        null=True,
                    ),
                ),
                ("asked_at", models.DateTimeField(default=timezone.now, editable=False)),
                (
                    "told",
                    models.CharField(
                        blank=True,
                        choices=[("spam", "It is spam"), ("ham", "It is none")],
                        editable=False,
                        help_text="What Akismet was told after a moderator had decided otherwise.",
                        max_length=4,
                    ),
                ),
                (
                    "holding",
                    models.ForeignKey(
                        editable=False,
                        help_text="The row that holds the comment for nothing but this answer.",
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to="articles.moderation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("told__in", ["", "spam", "ham"])),
                        name="akismet_told_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ListingCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scope", models.CharField(choices=SCOPES, max_length=8)),
                ("target", models.BigIntegerField()),
                ("language", models.CharField(max_length=8)),
                ("period", models.IntegerField(default=0)),
                ("articles", models.IntegerField()),
                ("visible_from", models.DateTimeField()),
                ("added_up", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("period", 0)),
                        fields=["scope", "target", "language"],
                        include=("articles", "visible_from"),
                        name="listing_count",
                    ),
                    models.Index(
                        condition=models.Q(("period__gt", 0)),
                        fields=["scope", "target", "period"],
                        name="listing_count_by_month",
                    ),
                    models.Index(
                        condition=models.Q(("added_up", False)),
                        fields=["visible_from"],
                        name="listing_count_to_add_up",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ListingRecheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=models.DO_NOTHING,
                        related_name="+",
                        to="articles.article",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ListingEntry",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "article",
                        "scope",
                        "target",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("scope", models.CharField(choices=SCOPES, max_length=8)),
                ("target", models.BigIntegerField()),
                ("language", models.CharField(max_length=8)),
                ("published_at", models.DateTimeField()),
                (
                    "article",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=models.DO_NOTHING,
                        related_name="listing_entries",
                        to="articles.article",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["scope", "target", "-published_at", "-article"],
                        name="listing_newest",
                    ),
                    models.Index(
                        fields=["scope", "target", "language", "-published_at", "-article"],
                        name="listing_newest_in_language",
                    ),
                ],
            },
        ),
        # Its primary key includes the weight, which Django cannot declare (sql/search_statistics.sql).
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="SearchPosting",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "lexeme_id",
                                "article_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "article",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=models.DO_NOTHING,
                                related_name="+",
                                to="articles.searchentry",
                            ),
                        ),
                        (
                            "lexeme",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=models.DO_NOTHING,
                                related_name="+",
                                to="articles.searchlexeme",
                            ),
                        ),
                        ("weight", models.FloatField()),
                    ],
                ),
            ]
        ),
        migrations.AddField(
            model_name="article",
            name="tags",
            field=TaggableManager(
                blank=True,
                help_text="A comma-separated list of tags.",
                through="articles.ArticleTag",
                to="taggit.Tag",
                verbose_name="Tags",
            ),
        ),
        migrations.AddField(
            model_name="article",
            name="categories",
            field=models.ManyToManyField(
                related_name="articles", through="articles.ArticleCategory", to="articles.category"
            ),
        ),
    ]
