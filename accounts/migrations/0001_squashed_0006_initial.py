"""Accounts, the names they appear under, their sessions and devices."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import migrations, models
from django.db.models.functions import Lower, Now
from django.utils import timezone

from iria.core.text.validators import validate_not_blank, validate_storable

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
STORABLE = [validate_storable]


def create(model, /, *, Meta=None, **fields):
    """The fields by keyword, as in a model."""
    return migrations.CreateModel(model, [*fields.items()], Meta)


class Migration(migrations.Migration):
    initial = True
    replaces = [("accounts", "0001_squashed_0005_initial"), ("accounts", "0006_names_and_labels")]
    dependencies = [("auth", "0012_alter_user_first_name_max_length")]
    operations = [
        create(
            "User",
            id=ID,
            password=models.CharField(max_length=128, verbose_name="password"),
            last_login=models.DateTimeField(blank=True, null=True, verbose_name="last login"),
            is_superuser=models.BooleanField(
                default=False,
                help_text="Designates that this user has all permissions without explicitly assigning them.",
                verbose_name="superuser status",
            ),
            email=models.EmailField(
                max_length=254, unique=True, validators=STORABLE, verbose_name="e-mail address"
            ),
            display_name=models.CharField(
                blank=True,
                help_text="Shown with comments. The e-mail address is never shown.",
                max_length=80,
                validators=STORABLE,
            ),
            is_staff=models.BooleanField(
                default=False,
                help_text="Permissions are set by groups.",
                verbose_name="admin access",
            ),
            is_active=models.BooleanField(
                default=True,
                help_text="Turn off instead of deleting the account, so that comments keep their author.",
                verbose_name="active",
            ),
            date_joined=models.DateTimeField(default=timezone.now, editable=False),
            biography=models.TextField(
                blank=True,
                help_text="Two or three sentences for your public profile.",
                max_length=400,
                validators=STORABLE,
                verbose_name="biography",
            ),
            has_public_profile=models.BooleanField(
                default=False,
                help_text="A public page with the comments of this person.",
                verbose_name="public profile",
            ),
            name_skeleton=models.CharField(
                editable=False,
                help_text="Skeleton of the display name. No two accounts can have names that look the same.",
                max_length=200,
                null=True,
                unique=True,
            ),
            groups=models.ManyToManyField(
                blank=True,
                help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                related_name="user_set",
                related_query_name="user",
                to="auth.group",
                verbose_name="groups",
            ),
            user_permissions=models.ManyToManyField(
                blank=True,
                help_text="Specific permissions for this user.",
                related_name="user_set",
                related_query_name="user",
                to="auth.permission",
                verbose_name="user permissions",
            ),
            Meta={
                "constraints": [
                    models.UniqueConstraint(
                        Lower("email"),
                        name="user_email_once",
                        violation_error_message="An account with this e-mail address already exists.",
                    )
                ]
            },
        ),
        create(
            "AuthorProfile",
            id=ID,
            name=models.CharField(
                help_text="As shown in the byline.",
                max_length=120,
                validators=[validate_storable, validate_not_blank],
            ),
            slug=models.SlugField(
                allow_unicode=True,
                help_text="Last part of the URL of the author page. Old URLs are redirected.",
                max_length=80,
                unique=True,
            ),
            role=models.CharField(
                blank=True,
                help_text="For example “Senior fellow, East Asia”.",
                max_length=120,
                validators=STORABLE,
            ),
            biography=models.TextField(
                blank=True, help_text="Two or three sentences.", validators=STORABLE
            ),
            user=models.OneToOneField(
                blank=True,
                help_text="Empty for an author without an account.",
                null=True,
                on_delete=models.SET_NULL,
                related_name="author_profile",
                to=settings.AUTH_USER_MODEL,
            ),
            links=models.JSONField(blank=True, default=list),
            Meta={
                "verbose_name": "author",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(slug="feed"),
                        name="author_slug_not_reserved",
                        violation_error_message="“feed” is reserved. Choose another slug.",
                    )
                ],
            },
        ),
        create(
            "Session",
            session_key=models.CharField(
                max_length=40, primary_key=True, serialize=False, verbose_name="session key"
            ),
            session_data=models.TextField(verbose_name="session data"),
            expire_date=models.DateTimeField(db_index=True, verbose_name="expire date"),
            browser=models.CharField(blank=True, editable=False, max_length=80),
            started_at=models.DateTimeField(editable=False, null=True),
            last_seen_at=models.DateTimeField(editable=False, null=True),
            user=models.ForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=models.CASCADE,
                related_name="sessions",
                to=settings.AUTH_USER_MODEL,
            ),
            Meta={"verbose_name": "session", "verbose_name_plural": "sessions", "abstract": False},
        ),
        create(
            "Device",
            id=ID,
            token=models.CharField(editable=False, max_length=64),
            browser=models.CharField(blank=True, max_length=80),
            first_seen=models.DateTimeField(db_default=Now(), editable=False),
            last_seen=models.DateTimeField(db_default=Now(), editable=False),
            user=models.ForeignKey(
                on_delete=models.CASCADE, related_name="devices", to=settings.AUTH_USER_MODEL
            ),
            Meta={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "token"), name="device_once_an_account")
                ]
            },
        ),
        create(
            "Avatar",
            user=models.OneToOneField(
                on_delete=models.CASCADE,
                primary_key=True,
                related_name="avatar",
                serialize=False,
                to=settings.AUTH_USER_MODEL,
            ),
            name=models.CharField(
                db_index=True, max_length=24, validators=[RegexValidator("^[0-9a-f]{20}\\.png$")]
            ),
            png=models.BinaryField(),
            width=models.PositiveSmallIntegerField(),
            height=models.PositiveSmallIntegerField(),
        ),
    ]
