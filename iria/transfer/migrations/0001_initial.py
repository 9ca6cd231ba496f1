"""Imports and the origins of rows; on a site of an earlier release, their tables belong to the app `iria`."""

from django.conf import settings
from django.db import migrations, models

from iria.core.db.moved_models import create, move_content_types
from iria.core.text.validators import validate_storable

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
STORABLE = [validate_storable]
MODELS = ["RowOrigin", "ImportRun", "ImportedItem", "ImportReportPage", "ImportChunk"]


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("contenttypes", "0002_remove_content_type_name"),
        ("iria", "0001_squashed_0025_initial"),
    ]
    operations = [
        create(
            "RowOrigin",
            {
                "db_table": "iria_roworigin",
                "constraints": [
                    models.UniqueConstraint(fields=("collection", "key"), name="mark_key_once"),
                    models.UniqueConstraint(
                        fields=("collection", "content_type", "object_id"), name="mark_row_once"
                    ),
                ],
            },
            id=ID,
            collection=models.CharField(max_length=40),
            key=models.CharField(max_length=200),
            object_id=models.BigIntegerField(),
            created_at=models.DateTimeField(auto_now_add=True),
            content_type=models.ForeignKey(
                on_delete=models.CASCADE, related_name="+", to="contenttypes.contenttype"
            ),
        ),
        create(
            "ImportRun",
            {
                "db_table": "iria_importrun",
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
        ),
        create(
            "ImportedItem",
            {
                "db_table": "iria_importeditem",
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
                to="transfer.importrun",
            ),
        ),
        create(
            "ImportReportPage",
            {
                "db_table": "iria_importreportpage",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "section", "kind", "outcome", "number"),
                        name="import_report_page_once",
                    )
                ],
            },
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
                on_delete=models.CASCADE, related_name="report_pages", to="transfer.importrun"
            ),
        ),
        create(
            "ImportChunk",
            {
                "db_table": "iria_importchunk",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "file", "number"), name="import_chunk_once"
                    )
                ],
            },
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
                on_delete=models.CASCADE, related_name="chunks", to="transfer.importrun"
            ),
        ),
        move_content_types("iria", "transfer", MODELS),
    ]
