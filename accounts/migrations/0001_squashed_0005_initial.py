"""Accounts, the names they appear under, their sessions and devices."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import migrations, models
from django.db.models.functions import Lower, Now
from django.utils import timezone

from iria.core.text.validators import validate_not_blank, validate_storable


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_links_of_authors"),
        ("accounts", "0003_sessions_devices_faces"),
        ("accounts", "0004_names_of_accounts"),
        ("accounts", "0005_keys_of_earlier_names"),
    ]

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        max_length=254,
                        unique=True,
                        validators=[validate_storable],
                        verbose_name="e-mail address",
                    ),
                ),
                (
                    "display_name",
                    models.CharField(
                        blank=True,
                        help_text="Stands beside comments. The e-mail address is never shown.",
                        max_length=80,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="What somebody may do there is decided by their groups.",
                        verbose_name="may open the desk",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Untick instead of deleting, so what the account wrote keeps its author.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=timezone.now, editable=False)),
                (
                    "biography",
                    models.TextField(
                        blank=True,
                        help_text="Two or three sentences, on the page with your comments.",
                        max_length=400,
                        validators=[validate_storable],
                        verbose_name="about you",
                    ),
                ),
                (
                    "shows_comments",
                    models.BooleanField(
                        default=False,
                        help_text="Only whoever chose it has one.",
                        verbose_name="a public page with their comments",
                    ),
                ),
                (
                    "name_key",
                    models.CharField(
                        editable=False,
                        help_text="The display name as the eye takes it; nobody else may have one that looks like it.",
                        max_length=200,
                        null=True,
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        Lower("email"),
                        name="user_email_once",
                        violation_error_message="An account with this e-mail address exists already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuthorProfile",
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
                        help_text="As it stands in the byline.",
                        max_length=120,
                        validators=[validate_storable, validate_not_blank],
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        allow_unicode=True,
                        help_text="The last part of the author page's address. The old address keeps working.",
                        max_length=80,
                        unique=True,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        help_text="For instance “Senior fellow, East Asia”.",
                        max_length=120,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "biography",
                    models.TextField(
                        blank=True,
                        help_text="Two or three sentences.",
                        validators=[validate_storable],
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        help_text="Leave empty for an author who does not sign in here.",
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="author_profile",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("links", models.JSONField(blank=True, default=list)),
            ],
            options={
                "verbose_name": "author",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("slug", "feed"), _negated=True),
                        name="author_slug_not_reserved",
                        violation_error_message="“feed” is reserved for addresses; choose another.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Face",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=models.CASCADE,
                        primary_key=True,
                        related_name="face",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        db_index=True,
                        max_length=24,
                        validators=[RegexValidator("^[0-9a-f]{20}\\.png$")],
                    ),
                ),
                ("png", models.BinaryField()),
                ("width", models.PositiveSmallIntegerField()),
                ("height", models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        max_length=40, primary_key=True, serialize=False, verbose_name="session key"
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("browser", models.CharField(blank=True, editable=False, max_length=80)),
                ("began_at", models.DateTimeField(editable=False, null=True)),
                ("seen_at", models.DateTimeField(editable=False, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=models.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.CharField(editable=False, max_length=64)),
                ("browser", models.CharField(blank=True, max_length=80)),
                ("first_seen", models.DateTimeField(db_default=Now(), editable=False)),
                ("last_seen", models.DateTimeField(db_default=Now(), editable=False)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="devices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "token"), name="device_once_an_account")
                ],
            },
        ),
        # Made unique by a step of its own, the constraint has the name that it has in older databases.
        migrations.AlterField(
            model_name="user",
            name="name_key",
            field=models.CharField(
                editable=False,
                help_text="The display name as the eye takes it; nobody else may have one that looks like it.",
                max_length=200,
                null=True,
                unique=True,
            ),
        ),
    ]
