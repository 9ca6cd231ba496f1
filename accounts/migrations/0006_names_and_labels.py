"""Plain names for columns and tables, and plain labels."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import iria.core.text.validators


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_squashed_0005_initial")]

    operations = [
        # It names a column that is renamed here; `migrate` installs it again at its end.
        migrations.RunSQL(
            "DROP TRIGGER IF EXISTS iria_tell_update ON accounts_user", migrations.RunSQL.noop
        ),
        migrations.RenameField("user", "name_key", "name_skeleton"),
        migrations.RenameField("user", "shows_comments", "has_public_profile"),
        migrations.RenameField("session", "began_at", "started_at"),
        migrations.RenameField("session", "seen_at", "last_seen_at"),
        migrations.RenameModel("Face", "Avatar"),
        migrations.AlterField(
            model_name="authorprofile",
            name="name",
            field=models.CharField(
                help_text="As shown in the byline.",
                max_length=120,
                validators=[
                    iria.core.text.validators.validate_storable,
                    iria.core.text.validators.validate_not_blank,
                ],
            ),
        ),
        migrations.AlterField(
            model_name="authorprofile",
            name="role",
            field=models.CharField(
                blank=True,
                help_text="For example “Senior fellow, East Asia”.",
                max_length=120,
                validators=[iria.core.text.validators.validate_storable],
            ),
        ),
        migrations.AlterField(
            model_name="authorprofile",
            name="slug",
            field=models.SlugField(
                allow_unicode=True,
                help_text="Last part of the URL of the author page. Old URLs are redirected.",
                max_length=80,
                unique=True,
            ),
        ),
        migrations.AlterField(
            model_name="authorprofile",
            name="user",
            field=models.OneToOneField(
                blank=True,
                help_text="Empty for an author without an account.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="author_profile",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="avatar",
            name="user",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="avatar",
                serialize=False,
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="biography",
            field=models.TextField(
                blank=True,
                help_text="Two or three sentences for your public profile.",
                max_length=400,
                validators=[iria.core.text.validators.validate_storable],
                verbose_name="biography",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="display_name",
            field=models.CharField(
                blank=True,
                help_text="Shown with comments. The e-mail address is never shown.",
                max_length=80,
                validators=[iria.core.text.validators.validate_storable],
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="has_public_profile",
            field=models.BooleanField(
                default=False,
                help_text="A public page with the comments of this person.",
                verbose_name="public profile",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="is_active",
            field=models.BooleanField(
                default=True,
                help_text="Turn off instead of deleting the account, so that comments keep their author.",
                verbose_name="active",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="is_staff",
            field=models.BooleanField(
                default=False,
                help_text="Permissions are set by groups.",
                verbose_name="admin access",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="name_skeleton",
            field=models.CharField(
                editable=False,
                help_text="Skeleton of the display name. No two accounts can have names that look the same.",
                max_length=200,
                null=True,
                unique=True,
            ),
        ),
        migrations.AlterConstraint(
            model_name="authorprofile",
            name="author_slug_not_reserved",
            constraint=models.CheckConstraint(
                condition=models.Q(("slug", "feed"), _negated=True),
                name="author_slug_not_reserved",
                violation_error_message="“feed” is reserved. Choose another slug.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="user",
            name="user_email_once",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("email"),
                name="user_email_once",
                violation_error_message="An account with this e-mail address already exists.",
            ),
        ),
    ]
