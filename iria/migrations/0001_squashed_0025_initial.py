"""The publication and what all parts of the site share; the groups of a newsroom and the table of the cache."""

from django.conf import settings
from django.core.management import call_command
from django.db import migrations, models

from iria.core.text.validators import validate_storable
from iria.publication.models import validate_time_zone, validate_year

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
STORABLE = [validate_storable]

GROUPS = ["Administrator", "Editor", "Reporter", "Moderator"]


def create_cache_table(apps, schema_editor):
    call_command(
        "createcachetable", "iria_cache", database=schema_editor.connection.alias, verbosity=0
    )


def create_groups(apps, schema_editor):
    """Their permissions follow once Django has created those (`iria.roles`)."""
    Group = apps.get_model("auth", "Group")
    Group.objects.bulk_create(Group(name=name) for name in GROUPS)


def create(model, /, *, Meta=None, **fields):
    """The fields by keyword, as in a model."""
    return migrations.CreateModel(model, [*fields.items()], Meta)


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("iria", "0001_squashed_0011_initial"),
        ("iria", "0012_names_and_labels"),
        ("iria", "0013_theme"),
        ("iria", "0014_translations"),
        ("iria", "0015_publication_credit_below_every_image"),
        ("iria", "0016_imported_items"),
        ("iria", "0017_import_runs"),
        ("iria", "0018_index_of_import_runs"),
        ("iria", "0019_import_from_server"),
        ("iria", "0020_backup_runs"),
        ("iria", "0021_publish_unknown_credits"),
        ("iria", "0022_import_fetches_images"),
        ("iria", "0023_import_options"),
        ("iria", "0024_import_progress"),
        ("iria", "0025_theme_applied_at"),
    ]
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        create(
            "RateCount",
            key=models.CharField(max_length=64, primary_key=True, serialize=False),
            count=models.PositiveIntegerField(default=1),
            expires_at=models.DateTimeField(db_index=True),
        ),
        create(
            "Publication",
            id=ID,
            name=models.CharField(
                default="Our publication",
                help_text="Shown in the header of every page and in every newsletter.",
                max_length=80,
                validators=STORABLE,
            ),
            legal_name=models.CharField(
                blank=True,
                help_text="Copyright holder. Empty: the name.",
                max_length=160,
                validators=STORABLE,
            ),
            tagline=models.CharField(
                blank=True,
                help_text="One line below the name.",
                max_length=160,
                validators=STORABLE,
            ),
            about=models.TextField(
                blank=True,
                help_text="Two or three sentences for the footer of every page.",
                validators=STORABLE,
            ),
            contact_email=models.EmailField(
                blank=True,
                help_text="E-mail address for readers and clients, shown in the footer of every page.",
                max_length=254,
            ),
            contact_label=models.CharField(
                default="For client reports write to",
                help_text="Text before the e-mail address.",
                max_length=200,
                validators=STORABLE,
            ),
            postal_address=models.TextField(
                blank=True,
                help_text="Shown in every newsletter, as many countries require.",
                validators=STORABLE,
            ),
            first_year=models.PositiveSmallIntegerField(
                default=2014,
                help_text="First copyright year, as in “© 2014–2026”.",
                validators=[validate_year],
            ),
            time_zone=models.CharField(
                default="UTC",
                help_text="For dates on the site and times in the admin.",
                max_length=64,
                validators=[validate_time_zone],
                verbose_name="time zone",
            ),
            languages=models.CharField(
                default="en",
                help_text="Language codes in order of importance, such as “en, fr, ar”.",
                max_length=120,
            ),
            credit_format=models.CharField(
                default="(Image Credit: {credit})",
                help_text="Format of the image credit after the caption. {credit} is replaced.",
                max_length=80,
            ),
            accent=models.CharField(
                blank=True,
                help_text="Colour of links and buttons, such as #1a5f7a. Empty: the default.",
                max_length=7,
            ),
            accent_dark=models.CharField(
                blank=True,
                help_text="Empty: derived from the accent.",
                max_length=7,
                verbose_name="accent for dark mode",
            ),
            brand_images=models.JSONField(default=dict, editable=False),
            footer_menu=models.JSONField(blank=True, default=list),
            header_menu=models.JSONField(blank=True, default=list),
            issn=models.CharField(
                blank=True,
                help_text="International Standard Serial Number, such as 2049-3630, for library catalogues.",
                max_length=9,
                verbose_name="ISSN",
            ),
            social_links=models.JSONField(blank=True, default=list),
            resolved_menus=models.JSONField(editable=False, null=True),
            share_links=models.JSONField(blank=True, default=list),
            full_text_feeds=models.BooleanField(
                default=True, help_text="If off, feeds contain a summary with the image."
            ),
            show_most_read=models.BooleanField(
                default=False,
                help_text="Shows the five most read articles on the front page. Views are counted without cookies.",
                verbose_name="show most read",
            ),
            comments_close_after=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Days after publication of the article. Empty: never.",
                null=True,
                verbose_name="close comments after (days)",
            ),
            guests_confirm_email=models.BooleanField(
                default=False,
                help_text="Comments of guests are submitted only after they open the link in an e-mail.",
                verbose_name="guests confirm e-mail address",
            ),
            comments_policy=models.CharField(
                choices=[
                    ("open", "Post-moderation: screening rules decide"),
                    ("held", "Pre-moderation: a moderator approves every comment"),
                    ("off", "Comments off and hidden"),
                ],
                default="open",
                help_text="Default for articles.",
                max_length=4,
                verbose_name="comments",
            ),
            theme=models.CharField(blank=True, editable=False, max_length=60),
            theme_changes=models.JSONField(blank=True, default=dict, editable=False),
            translations=models.JSONField(blank=True, db_default={}, default=dict),
            credit_below_every_image=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Off: the credits of small images and portraits are listed at the foot of the page. Large images always have their credit below them.",
            ),
            publish_unknown_credits=models.BooleanField(
                db_default=True,
                default=True,
                help_text="Off: imports make drafts of articles with an image without a credit. Readers see “Credit unknown” below such an image.",
                verbose_name="publish imported articles whose image credits are unknown",
            ),
            theme_applied_at=models.DateTimeField(editable=False, null=True),
            Meta={
                "verbose_name_plural": "publication",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(pk=1), name="publication_is_one_row"),
                    models.CheckConstraint(
                        condition=models.Q(
                            accent__regex="^(#[0-9a-f]{6})?$",
                            accent_dark__regex="^(#[0-9a-f]{6})?$",
                        ),
                        name="publication_accent_is_colour",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(issn__regex="^(\\d{4}-\\d{3}[\\dX])?$"),
                        name="publication_issn_shape",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(comments_policy__in=["open", "held", "off"]),
                        name="publication_comments_policy_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(credit_format__contains="{credit}"),
                        name="publication_credit_format_has_credit",
                        violation_error_message="The credit format must contain {credit}.",
                    ),
                ],
            },
        ),
        create(
            "DailyKey",
            day=models.DateField(primary_key=True, serialize=False),
            key=models.BinaryField(max_length=32),
        ),
        create(
            "BrandImage",
            id=ID,
            name=models.CharField(max_length=40, unique=True),
            png=models.BinaryField(),
            width=models.PositiveSmallIntegerField(),
            height=models.PositiveSmallIntegerField(),
            created_at=models.DateTimeField(auto_now_add=True),
        ),
        create(
            "CacheVersion",
            id=ID,
            scope=models.CharField(max_length=40),
            change_token=models.BigIntegerField(db_column="mark"),
            Meta={
                "indexes": [
                    models.Index(
                        fields=["scope"], include=("change_token",), name="change_by_scope"
                    )
                ],
                "db_table": "iria_change",
            },
        ),
        migrations.RunPython(create_cache_table, migrations.RunPython.noop),
        migrations.RunPython(create_groups, migrations.RunPython.noop),
    ]
