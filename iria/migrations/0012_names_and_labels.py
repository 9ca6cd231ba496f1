"""Plain names for columns and tables, and plain labels."""

from django.db import migrations, models

import iria.core.text.validators
import iria.publication.models


class Migration(migrations.Migration):
    dependencies = [("iria", "0001_squashed_0011_initial")]

    operations = [
        migrations.RenameField("publication", "zone", "time_zone"),
        migrations.RenameField("publication", "contact_words", "contact_label"),
        migrations.RenameField("publication", "ways", "resolved_menus"),
        migrations.RenameField("publication", "emblems", "brand_images"),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint("publication", "publication_credit_wording_has_credit")
            ],
        ),
        migrations.RenameField("publication", "credit_wording", "credit_format"),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddConstraint(
                    "publication",
                    models.CheckConstraint(
                        condition=models.Q(credit_format__contains="{credit}"),
                        name="publication_credit_format_has_credit",
                        violation_error_message="The credit format must contain {credit}.",
                    ),
                )
            ],
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE iria_publication RENAME CONSTRAINT"
                    " publication_credit_wording_has_credit TO publication_credit_format_has_credit",
                    migrations.RunSQL.noop,
                )
            ],
        ),
        migrations.RenameField("publication", "comments_confirmed", "guests_confirm_email"),
        migrations.RenameField("publication", "whole_texts_in_feeds", "full_text_feeds"),
        migrations.RenameField("publication", "shows_most_read", "show_most_read"),
        migrations.RenameField("emblem", "made_at", "created_at"),
        migrations.RenameModel("Emblem", "BrandImage"),
        migrations.RenameField("mark", "made_at", "created_at"),
        migrations.RenameModel("Mark", "RowOrigin"),
        # Table and column keep their names: the triggers of all public tables write there.
        migrations.AlterModelTable("change", "iria_change"),
        migrations.RenameModel("Change", "CacheVersion"),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex("cacheversion", "change_by_scope"),
                migrations.AlterField(
                    "cacheversion", "mark", models.BigIntegerField(db_column="mark")
                ),
                migrations.RenameField("cacheversion", "mark", "change_token"),
                migrations.AddIndex(
                    "cacheversion",
                    models.Index(
                        fields=["scope"], include=["change_token"], name="change_by_scope"
                    ),
                ),
            ],
        ),
        migrations.AlterField(
            model_name="publication",
            name="about",
            field=models.TextField(
                blank=True,
                help_text="Two or three sentences for the footer of every page.",
                validators=[iria.core.text.validators.validate_storable],
            ),
        ),
        migrations.AlterField(
            model_name="publication",
            name="accent",
            field=models.CharField(
                blank=True,
                help_text="Colour of links and buttons, such as #1a5f7a. Empty: the default.",
                max_length=7,
            ),
        ),
        migrations.AlterField(
            model_name="publication",
            name="accent_dark",
            field=models.CharField(
                blank=True,
                help_text="Empty: derived from the accent.",
                max_length=7,
                verbose_name="accent for dark mode",
            ),
        ),
        migrations.AlterField(
            model_name="publication",
            name="comments_close_after",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Days after publication of the article. Empty: never.",
                null=True,
                verbose_name="close comments after (days)",
            ),
        ),
        migrations.AlterField(
            model_name="publication",
            name="comments_policy",
            field=models.CharField(
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
        ),
        migrations.AlterField(
            model_name="publication",
            name="contact_email",
            field=models.EmailField(
                blank=True,
                help_text="E-mail address for readers and clients, shown in the footer of every page.",
                max_length=254,
            ),
        ),
        migrations.AlterField(
            model_name="publication",
            name="contact_label",
            field=models.CharField(
                default="For client reports write to",
                help_text="Text before the e-mail address.",
                max_length=200,
                validators=[iria.core.text.validators.validate_storable],
            ),
        ),
        migrations.AlterField(
            model_name="publication",
            name="credit_format",
            field=models.CharField(
                default="(Image Credit: {credit})",
                help_text="Format of the image credit after the caption. {credit} is replaced.",
                max_length=80,
            ),
        ),
        migrations.AlterField(
            model_name="publication",
            name="first_year",
            field=models.PositiveSmallIntegerField(
                default=2014,
                help_text="First copyright year, as in “© 2014–2026”.",
                validators=[iria.publication.models.validate_year],
            ),
        ),
        migrations.AlterField(
            model_name="publication",
            name="full_text_feeds",
            field=models.BooleanField(
                default=True, help_text="If off, feeds contain a summary with the image."
            ),
        ),
        migrations.AlterField(
            model_name="publication",
            name="guests_confirm_email",
            field=models.BooleanField(
                default=False,
                help_text="Comments of guests are submitted only after they open the link in an e-mail.",
                verbose_name="guests confirm e-mail address",
            ),
        ),
        migrations.AlterField(
            model_name="publication",
            name="issn",
            field=models.CharField(
                blank=True,
                help_text="International Standard Serial Number, such as 2049-3630, for library catalogues.",
                max_length=9,
                verbose_name="ISSN",
            ),
        ),
        migrations.AlterField(
            model_name="publication",
            name="languages",
            field=models.CharField(
                default="en",
                help_text="Language codes in order of importance, such as “en, fr, ar”.",
                max_length=120,
            ),
        ),
        migrations.AlterField(
            model_name="publication",
            name="legal_name",
            field=models.CharField(
                blank=True,
                help_text="Copyright holder. Empty: the name.",
                max_length=160,
                validators=[iria.core.text.validators.validate_storable],
            ),
        ),
        migrations.AlterField(
            model_name="publication",
            name="name",
            field=models.CharField(
                default="Our publication",
                help_text="Shown in the header of every page and in every newsletter.",
                max_length=80,
                validators=[iria.core.text.validators.validate_storable],
            ),
        ),
        migrations.AlterField(
            model_name="publication",
            name="postal_address",
            field=models.TextField(
                blank=True,
                help_text="Shown in every newsletter, as many countries require.",
                validators=[iria.core.text.validators.validate_storable],
            ),
        ),
        migrations.AlterField(
            model_name="publication",
            name="show_most_read",
            field=models.BooleanField(
                default=False,
                help_text="Shows the five most read articles on the front page. Views are counted without cookies.",
                verbose_name="show most read",
            ),
        ),
        migrations.AlterField(
            model_name="publication",
            name="tagline",
            field=models.CharField(
                blank=True,
                help_text="One line below the name.",
                max_length=160,
                validators=[iria.core.text.validators.validate_storable],
            ),
        ),
        migrations.AlterField(
            model_name="publication",
            name="time_zone",
            field=models.CharField(
                default="UTC",
                help_text="For dates on the site and times in the admin.",
                max_length=64,
                validators=[iria.publication.models.validate_time_zone],
                verbose_name="time zone",
            ),
        ),
    ]
