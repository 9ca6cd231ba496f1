"""The publication and what all parts of the site share; the groups of a newsroom and the table of the cache."""

from django.core.management import call_command
from django.db import migrations, models

from iria.core.text.validators import validate_storable
from iria.publication.models import validate_time_zone, validate_year

GROUPS = ["Administrator", "Editor", "Reporter", "Moderator"]


def create_cache_table(apps, schema_editor):
    call_command(
        "createcachetable", "iria_cache", database=schema_editor.connection.alias, verbosity=0
    )


def create_groups(apps, schema_editor):
    """Their permissions follow once Django has created those (`iria.roles`)."""
    Group = apps.get_model("auth", "Group")
    Group.objects.bulk_create(Group(name=name) for name in GROUPS)


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("iria", "0001_initial"),
        ("iria", "0002_cache_table"),
        ("iria", "0003_roles"),
        ("iria", "0004_marks"),
        ("iria", "0005_changes"),
        ("iria", "0006_identity"),
        ("iria", "0007_share_links"),
        ("iria", "0008_whole_texts_in_feeds"),
        ("iria", "0009_most_read"),
        ("iria", "0010_daily_keys"),
        ("iria", "0011_comments_of_the_site"),
    ]

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.CreateModel(
            name="RateCount",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("count", models.PositiveIntegerField(default=1)),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="Publication",
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
                        default="Our publication",
                        help_text="Stands at the head of every page and in every newsletter.",
                        max_length=80,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "legal_name",
                    models.CharField(
                        blank=True,
                        help_text="Who holds the copyright, if that is more than the name.",
                        max_length=160,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "tagline",
                    models.CharField(
                        blank=True,
                        help_text="One line below the name: what the reader finds here.",
                        max_length=160,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "about",
                    models.TextField(
                        blank=True,
                        help_text="What the institute is and does, in two or three sentences; at the foot of every page.",
                        validators=[validate_storable],
                    ),
                ),
                (
                    "contact_email",
                    models.EmailField(
                        blank=True,
                        help_text="Where clients write for reports; shown at the foot of every page.",
                        max_length=254,
                    ),
                ),
                (
                    "contact_words",
                    models.CharField(
                        default="For client reports write to",
                        help_text="The words before the address.",
                        max_length=200,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "postal_address",
                    models.TextField(
                        blank=True,
                        help_text="Stands in every newsletter; many countries require it.",
                        validators=[validate_storable],
                    ),
                ),
                (
                    "first_year",
                    models.PositiveSmallIntegerField(
                        default=2014,
                        help_text="The first of the copyright years, as in “© 2014–2026”.",
                        validators=[validate_year],
                    ),
                ),
                (
                    "zone",
                    models.CharField(
                        default="UTC",
                        help_text="Dates on the site and times in the admin are in this zone.",
                        max_length=64,
                        validators=[validate_time_zone],
                        verbose_name="time zone",
                    ),
                ),
                (
                    "languages",
                    models.CharField(
                        default="en",
                        help_text="Language codes in the order of importance, such as “en, fr, ar”.",
                        max_length=120,
                    ),
                ),
                (
                    "credit_wording",
                    models.CharField(
                        default="(Image Credit: {credit})",
                        help_text="How a picture's credit is written after its caption; {credit} is replaced.",
                        max_length=80,
                    ),
                ),
                (
                    "accent",
                    models.CharField(
                        blank=True,
                        help_text="The colour of links and buttons, such as #1a5f7a. Left empty, our own.",
                        max_length=7,
                    ),
                ),
                (
                    "accent_dark",
                    models.CharField(
                        blank=True,
                        help_text="The same on dark paper. Left empty, it is made from the accent.",
                        max_length=7,
                        verbose_name="accent in the dark",
                    ),
                ),
                ("emblems", models.JSONField(default=dict, editable=False)),
                ("footer_menu", models.JSONField(blank=True, default=list)),
                ("header_menu", models.JSONField(blank=True, default=list)),
                (
                    "issn",
                    models.CharField(
                        blank=True,
                        help_text="The number of the serial, if it has one, such as 2049-3630; for catalogues.",
                        max_length=9,
                        verbose_name="ISSN",
                    ),
                ),
                ("social_links", models.JSONField(blank=True, default=list)),
                ("ways", models.JSONField(editable=False, null=True)),
                ("share_links", models.JSONField(blank=True, default=list)),
                (
                    "whole_texts_in_feeds",
                    models.BooleanField(
                        default=True,
                        help_text="Untick to give feed readers a summary with the picture instead of the whole text.",
                    ),
                ),
                (
                    "shows_most_read",
                    models.BooleanField(
                        default=False,
                        help_text="A list of five on the front page. Openings are counted without cookies either way.",
                        verbose_name="show what is read most",
                    ),
                ),
                (
                    "comments_close_after",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Days after an article's publication; left empty, they stay open.",
                        null=True,
                        verbose_name="comments close after",
                    ),
                ),
                (
                    "comments_confirmed",
                    models.BooleanField(
                        default=False,
                        help_text="A guest's comment waits until the link in a mail was opened; only then does a moderator see it.",
                        verbose_name="guests confirm their address",
                    ),
                ),
                (
                    "comments_policy",
                    models.CharField(
                        choices=[
                            ("open", "The rules decide what appears at once"),
                            ("held", "A moderator reads every comment first"),
                            ("off", "No comments, and none are shown"),
                        ],
                        default="open",
                        help_text="For every article that says nothing else.",
                        max_length=4,
                        verbose_name="comments",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "publication",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pk", 1)), name="publication_is_one_row"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("credit_wording__contains", "{credit}")),
                        name="publication_credit_wording_has_credit",
                        violation_error_message="The wording must contain {credit}, where the credit goes.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accent__regex", "^(#[0-9a-f]{6})?$"),
                            ("accent_dark__regex", "^(#[0-9a-f]{6})?$"),
                        ),
                        name="publication_accent_is_colour",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("issn__regex", "^(\\d{4}-\\d{3}[\\dX])?$")),
                        name="publication_issn_shape",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("comments_policy__in", ["open", "held", "off"])),
                        name="publication_comments_policy_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("collection", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=200)),
                ("object_id", models.BigIntegerField()),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "content_type",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="+", to="contenttypes.contenttype"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("collection", "key"), name="mark_key_once"),
                    models.UniqueConstraint(
                        fields=("collection", "content_type", "object_id"), name="mark_row_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scope", models.CharField(max_length=40)),
                ("mark", models.BigIntegerField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["scope"], include=("mark",), name="change_by_scope")
                ],
            },
        ),
        migrations.CreateModel(
            name="Emblem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, unique=True)),
                ("png", models.BinaryField()),
                ("width", models.PositiveSmallIntegerField()),
                ("height", models.PositiveSmallIntegerField()),
                ("made_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="DailyKey",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("key", models.BinaryField(max_length=32)),
            ],
        ),
        migrations.RunPython(create_cache_table, migrations.RunPython.noop),
        migrations.RunPython(create_groups, migrations.RunPython.noop),
    ]
