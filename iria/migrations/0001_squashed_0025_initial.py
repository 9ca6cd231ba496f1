"""The publication and what all parts of the site share; the groups of a newsroom and the table of the cache."""

from django.conf import settings
from django.core.management import call_command
from django.db import migrations, models
from django.utils import timezone

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
            "RowOrigin",
            id=ID,
            collection=models.CharField(max_length=40),
            key=models.CharField(max_length=200),
            object_id=models.BigIntegerField(),
            created_at=models.DateTimeField(auto_now_add=True),
            content_type=models.ForeignKey(
                on_delete=models.CASCADE, related_name="+", to="contenttypes.contenttype"
            ),
            Meta={
                "constraints": [
                    models.UniqueConstraint(fields=("collection", "key"), name="mark_key_once"),
                    models.UniqueConstraint(
                        fields=("collection", "content_type", "object_id"), name="mark_row_once"
                    ),
                ]
            },
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
        create(
            "ImportRun",
            id=ID,
            system=models.CharField(help_text="Such as “wordpress”.", max_length=30),
            name=models.CharField(
                help_text="Of the file, folder or URL.", max_length=300, validators=STORABLE
            ),
            source=models.CharField(
                blank=True,
                help_text="System and URL of the old site, once it is known.",
                max_length=200,
            ),
            media_folder=models.CharField(
                blank=True,
                help_text="Folder on the server with the images.",
                max_length=500,
                validators=STORABLE,
            ),
            state=models.CharField(
                choices=[
                    ("new", "Uploaded"),
                    ("checking", "Dry run"),
                    ("checked", "Checked, nothing imported"),
                    ("importing", "Importing"),
                    ("done", "Imported"),
                    ("undoing", "Undoing"),
                    ("undone", "Undone"),
                    ("failed", "Failed"),
                ],
                default="new",
                max_length=9,
            ),
            done=models.PositiveIntegerField(default=0, help_text="Texts that were read."),
            total=models.PositiveIntegerField(default=0),
            counts=models.JSONField(default=dict, help_text="Kind → outcome → number."),
            remark_counts=models.JSONField(default=dict),
            problems=models.JSONField(
                default=list, help_text="What the database lacks afterwards."
            ),
            error=models.CharField(blank=True, max_length=500),
            created_at=models.DateTimeField(auto_now_add=True),
            started_at=models.DateTimeField(null=True),
            finished_at=models.DateTimeField(null=True),
            created_by=models.ForeignKey(
                null=True, on_delete=models.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
            server_file=models.CharField(
                blank=True,
                db_default="",
                help_text="File or folder on the server, if none was uploaded.",
                max_length=500,
                validators=STORABLE,
            ),
            fetch_images=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Whether images without a file are fetched from the old site.",
            ),
            options=models.JSONField(
                db_default={},
                default=dict,
                help_text="What was said of the old site: “time_zone”, “site_url” and “post_types”.",
            ),
            progress_at=models.DateTimeField(
                help_text="When the last progress was stored.", null=True
            ),
            Meta={
                "verbose_name": "import",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ~models.Q(state__in=["done", "undone"]),
                            ("finished_at__isnull", False),
                            _connector="OR",
                        ),
                        name="import_run_done_has_time",
                    )
                ],
            },
        ),
        create(
            "BackupRun",
            id=ID,
            kind=models.CharField(
                choices=[("backup", "Backup"), ("drill", "Restore drill")], max_length=6
            ),
            backup=models.CharField(
                blank=True, help_text="The folder of the backup.", max_length=500
            ),
            started_at=models.DateTimeField(),
            ended_at=models.DateTimeField(default=timezone.now),
            problems=models.JSONField(default=list, help_text="Sentences; none if it succeeded."),
            Meta={
                "indexes": [models.Index(fields=["kind", "-ended_at"], name="newest_backup_run")]
            },
        ),
        create(
            "ImportedItem",
            id=ID,
            source=models.CharField(
                help_text="System and URL, as in “wordpress https://example.org”.", max_length=200
            ),
            kind=models.CharField(max_length=20),
            source_id=models.CharField(max_length=200),
            digest=models.CharField(help_text="Of the item in the source.", max_length=64),
            written=models.CharField(
                help_text="What the row was after the import, to tell whether an editor changed it.",
                max_length=64,
            ),
            object_id=models.BigIntegerField(),
            imported_at=models.DateTimeField(auto_now=True),
            content_type=models.ForeignKey(
                on_delete=models.CASCADE, related_name="+", to="contenttypes.contenttype"
            ),
            created_in=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                help_text="The import that created the row; empty if the row existed before.",
                null=True,
                on_delete=models.SET_NULL,
                related_name="items",
                to="iria.importrun",
            ),
            Meta={
                "indexes": [
                    models.Index(fields=["content_type", "object_id"], name="imported_row"),
                    models.Index(fields=["created_in", "kind"], name="imported_in"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "kind", "source_id"), name="imported_item_once"
                    )
                ],
            },
        ),
        create(
            "ImportReportPage",
            id=ID,
            section=models.CharField(help_text="“items” or “remarks”.", max_length=10),
            kind=models.CharField(max_length=20),
            outcome=models.CharField(help_text="Or the code of the remark.", max_length=60),
            number=models.PositiveIntegerField(
                help_text="Among those of its kind and outcome, from 0."
            ),
            length=models.PositiveSmallIntegerField(),
            items=models.BinaryField(help_text="JSON, compressed by zlib."),
            run=models.ForeignKey(
                on_delete=models.CASCADE, related_name="report_pages", to="iria.importrun"
            ),
            Meta={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "section", "kind", "outcome", "number"),
                        name="import_report_page_once",
                    )
                ]
            },
        ),
        create(
            "ImportChunk",
            id=ID,
            file=models.CharField(
                choices=[
                    ("source", "Source"),
                    ("media", "Media"),
                    ("redirs", "Redirects"),
                    ("routes", "Routes"),
                ],
                max_length=6,
            ),
            number=models.PositiveIntegerField(),
            content=models.BinaryField(),
            run=models.ForeignKey(
                on_delete=models.CASCADE, related_name="chunks", to="iria.importrun"
            ),
            Meta={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "file", "number"), name="import_chunk_once"
                    )
                ]
            },
        ),
        migrations.RunPython(create_cache_table, migrations.RunPython.noop),
        migrations.RunPython(create_groups, migrations.RunPython.noop),
    ]
