"""Models and fields of articles, images and embeds get the names of the glossary."""

from pathlib import Path

import django.db.models.functions.text
from django.db import migrations, models

SQL = Path(__file__).with_name("sql")


class RenameTable(migrations.RenameModel):
    """Renames model and table. Django would also recreate all foreign keys to it, which scans their tables."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        renamed = to_state.apps.get_model(app_label, self.new_name)
        former = from_state.apps.get_model(app_label, self.old_name)
        schema_editor.alter_db_table(renamed, former._meta.db_table, renamed._meta.db_table)


class Migration(migrations.Migration):
    dependencies = [("articles", "0051_comment_names")]

    # PostgreSQL renames the columns of indexes and constraints itself.
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint(
                    model_name="agency",
                    name="agency_has_wording",
                ),
                migrations.RemoveConstraint(
                    model_name="article",
                    name="article_first_published_has_name",
                ),
                migrations.RemoveConstraint(
                    model_name="embedprovider",
                    name="embed_frame_stands_at_its_origin",
                ),
                migrations.RemoveConstraint(
                    model_name="image",
                    name="image_no_credit_has_reason",
                ),
                migrations.RemoveIndex(
                    model_name="correction",
                    name="correction_newest",
                ),
                migrations.RemoveIndex(
                    model_name="image",
                    name="image_lacks_credit",
                ),
                migrations.RemoveIndex(
                    model_name="formername",
                    name="former_name_by_age",
                ),
            ]
        ),
        migrations.RenameModel("PictureEvent", "ImageEvent"),
        migrations.RenameModel("PictureWords", "ImageSearchVector"),
        migrations.RenameModel("Likeness", "SimilarImage"),
        migrations.RenameModel("FormerName", "OldRenditionName"),
        RenameTable("Kind", "ArticleType"),
        migrations.RenameField("article", "lead_picture", "lead_image"),
        migrations.RenameField("article", "made_from", "form_id"),
        migrations.RenameField("article", "changed_at", "modified_at"),
        migrations.RenameField("article", "canonical_address", "canonical_url"),
        migrations.RenameField("article", "first_published_address", "first_published_url"),
        migrations.RenameField("translationgroup", "made_at", "created_at"),
        migrations.RenameField("revision", "lead_picture_id", "lead_image_id"),
        migrations.RenameField("revision", "made_by", "created_by"),
        migrations.RenameField("revision", "made_at", "created_at"),
        migrations.RenameField("statechange", "made_by", "created_by"),
        migrations.RenameField("statechange", "made_at", "created_at"),
        migrations.RenameField("correction", "made_at", "created_at"),
        migrations.RenameField("correction", "made_by", "created_by"),
        migrations.RenameField("redirect", "made_at", "created_at"),
        migrations.RenameField("image", "looks", "perceptual_hash"),
        migrations.RenameField("image", "is_moving", "is_animated"),
        migrations.RenameField("image", "changed_at", "modified_at"),
        migrations.RenameField("image", "needs_no_credit", "credit_exempt"),
        migrations.RenameField("imageevent", "what", "action"),
        migrations.RenameField("imageevent", "by", "created_by"),
        migrations.RenameField("imageevent", "at", "created_at"),
        migrations.RenameField("agency", "wording", "credit_text"),
        migrations.RenameField("agency", "wording_alone", "credit_text_alone"),
        migrations.RenameField("agency", "address", "url"),
        migrations.RenameField("photographer", "address", "url"),
        migrations.RenameField("oldrenditionname", "left_at", "replaced_at"),
        migrations.RenameField("embedprovider", "address_patterns", "page_url_patterns"),
        migrations.RenameField("embedprovider", "frame_address", "frame_url"),
        migrations.RenameField("embedprovider", "is_on", "is_enabled"),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddIndex(
                    model_name="correction",
                    index=models.Index(fields=["-created_at", "-id"], name="correction_newest"),
                ),
                migrations.AddIndex(
                    model_name="image",
                    index=models.Index(
                        condition=models.Q(("credit", ""), ("credit_exempt", False)),
                        fields=["-uploaded_at", "-id"],
                        name="image_lacks_credit",
                    ),
                ),
                migrations.AddIndex(
                    model_name="oldrenditionname",
                    index=models.Index(fields=["replaced_at"], name="former_name_by_age"),
                ),
                migrations.AddConstraint(
                    model_name="agency",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("credit_text", ""), _negated=True),
                        name="agency_has_wording",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="article",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("first_published_url", ""),
                            models.Q(("first_published_in", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="article_first_published_has_name",
                        violation_error_message="Enter the name of the publication that the URL belongs to.",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="embedprovider",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("frame_origin__regex", "^https://[a-z0-9.-]+$"),
                            (
                                "frame_url__startswith",
                                django.db.models.functions.text.Concat(
                                    models.F("frame_origin"), models.Value("/")
                                ),
                            ),
                        ),
                        name="embed_frame_stands_at_its_origin",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="image",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("credit_exempt", False),
                            models.Q(("no_credit_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="image_no_credit_has_reason",
                        violation_error_message="Enter the reason why this image needs no credit.",
                    ),
                ),
            ]
        ),
        migrations.RunSQL((SQL / "image_names.sql").read_text()),
    ]
