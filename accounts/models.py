"""Accounts, author profiles, profile pictures, sessions and known browsers."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, ClassVar, Final

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone

from accounts.role_names import EDITOR, REPORTER
from iria.core.http.urls import url_path
from iria.core.model_policy import ALL_ACTIONS, ALL_ROWS, Pruning, PublicRows, model_policy
from iria.core.text.names import KEY_MAX_LENGTH
from iria.core.text.typography import initials_of
from iria.core.text.validators import validate_not_blank, validate_storable


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        if not email:
            raise ValueError("An e-mail address is required.")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(
            email, password, **{"is_staff": True, "is_superuser": True, **fields}
        )

    def with_email(self, email: str) -> models.QuerySet["User"]:
        """Accounts with this address in any case, found by the index of its constraint; at most one."""
        return self.alias(lower_email=Lower("email")).filter(lower_email=Lower(models.Value(email)))

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.with_email(username or "").get()


BIOGRAPHY_MAX_LENGTH = 400


@model_policy(
    # A sign-in updates the row too, but changes no page.
    public=PublicRows(
        columns=("display_name", "is_staff", "is_active", "biography", "has_public_profile"),
        inserts=False,
    ),
    personal_data="accounts",
)
class User(AbstractBaseUser, PermissionsMixin):
    """A reader with an account, or a member of the editorial team."""

    email = models.EmailField("e-mail address", unique=True, validators=[validate_storable])
    display_name = models.CharField(
        max_length=80,
        blank=True,
        validators=[validate_storable],
        help_text="Shown with comments. The e-mail address is never shown.",
    )
    name_skeleton = models.CharField(
        max_length=KEY_MAX_LENGTH,
        null=True,
        unique=True,
        editable=False,
        help_text="Skeleton of the display name. No two accounts can have names that look the same.",
    )
    is_staff = models.BooleanField(
        "admin access",
        default=False,
        help_text="Permissions are set by groups.",
    )
    is_active = models.BooleanField(
        "active",
        default=True,
        help_text="Turn off instead of deleting the account, so that comments keep their author.",
    )
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    biography = models.TextField(
        "biography",
        max_length=BIOGRAPHY_MAX_LENGTH,
        blank=True,
        validators=[validate_storable],
        help_text="Two or three sentences for your public profile.",
    )
    has_public_profile = models.BooleanField(
        "public profile",
        default=False,
        help_text="A public page with the comments of this person.",
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                violation_error_message="An account with this e-mail address already exists.",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.email

    def get_full_name(self) -> str:
        return self.public_name

    def get_short_name(self) -> str:
        return self.public_name

    @property
    def public_name(self) -> str:
        """The name others see, never a part of the e-mail address."""
        return self.display_name or f"Reader {self.pk}"

    def get_absolute_url(self) -> str:
        """The public profile; it exists only if `has_public_profile`."""
        return url_path("reader", self.pk)

    @property
    def initials(self) -> str:
        """Up to two letters, shown if there is no avatar."""
        return initials_of(self.public_name)

    @property
    def avatar_colour(self) -> int:
        """The number of the background colour of the initials."""
        return (self.pk or 0) % 6


@model_policy(
    public=ALL_ROWS,
    personal_data="authors",
    permissions={EDITOR: ALL_ACTIONS, REPORTER: "view"},
)
class AuthorProfile(models.Model):
    """An author, with or without an account."""

    user = models.OneToOneField(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="author_profile",
        help_text="Empty for an author without an account.",
    )
    name = models.CharField(
        max_length=120,
        validators=[validate_storable, validate_not_blank],
        help_text="As shown in the byline.",
    )
    slug = models.SlugField(
        max_length=80,
        unique=True,
        allow_unicode=True,
        help_text="Last part of the URL of the author page. Old URLs are redirected.",
    )
    role = models.CharField(
        max_length=120,
        blank=True,
        validators=[validate_storable],
        help_text="For example “Senior fellow, East Asia”.",
    )
    biography = models.TextField(
        blank=True, validators=[validate_storable], help_text="Two or three sentences."
    )
    links = models.JSONField(default=list, blank=True)
    """`{"name", "address"}` each; the address is a URL."""

    class Meta:
        ordering = ["name"]
        verbose_name = "author"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(slug="feed"),
                name="author_slug_not_reserved",
                violation_error_message="“feed” is reserved. Choose another slug.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return url_path("author", self.slug)


@model_policy(public=ALL_ROWS, personal_data="accounts")
class Avatar(models.Model):
    """A profile picture, re-encoded by the image library and named by its content.

    It is not in the image library, because it needs no credit.
    """

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="avatar"
    )
    name = models.CharField(
        max_length=24, db_index=True, validators=[RegexValidator(r"^[0-9a-f]{20}\.png$")]
    )
    png = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return url_path("avatar", self.name)


BROWSER_MAX_LENGTH = 80


BROWSER: Final = "browser"
STARTED: Final = "began"
LAST_SEEN: Final = "seen"
"""Keys in the data of a session; times as seconds. Sessions of earlier releases hold them too."""


@model_policy(
    public=None,
    personal_data="sessions",
    pruning=Pruning("iria.delete_expired_sessions", "Deleted when they expire."),
)
class Session(AbstractBaseSession):
    """A browser, signed in or not. `SessionStore` fills the columns from the data of the session.

    No IP address is stored: browser and time are enough to recognise a session.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        editable=False,
        # A session may be saved while its account is being deleted. With a constraint, Django would
        # mistake the rejected row for a duplicate key and retry for ever.
        db_constraint=False,
        related_name="sessions",
    )
    browser = models.CharField(max_length=BROWSER_MAX_LENGTH, blank=True, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    last_seen_at = models.DateTimeField(null=True, editable=False)
    """To the hour, so that not every request writes a row."""

    @classmethod
    def get_session_store_class(cls) -> "type[SessionStore]":
        return SessionStore

    @property
    def public_id(self) -> str:
        """Identifies the row on a page; with the key itself its reader could sign in."""
        return sha256(self.session_key.encode()).hexdigest()[:16]

    def decoded(self) -> dict[str, Any]:
        """The data of the session; empty if it cannot be read."""
        data: dict[str, Any] = self.get_decoded()
        return data


class SessionStore(DatabaseSessionStore):
    """Django's session store, which also fills our columns (`accounts.sessions` is SESSION_ENGINE)."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]  # our model
        user_id = str(data.get(SESSION_KEY, ""))
        row.user_id = int(user_id) if user_id.isdecimal() else None
        row.browser = str(data.get(BROWSER, ""))
        row.started_at = _to_datetime(data.get(STARTED))
        row.last_seen_at = _to_datetime(data.get(LAST_SEEN))
        return row


def _to_datetime(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else None


@model_policy(
    public=None,
    personal_data="devices",
    pruning=Pruning("iria.delete_expired_sessions", "Deleted 400 days after the last sign-in."),
)
class Device(models.Model):
    """A known browser, by the hash of a cookie (`accounts.sessions`)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    token = models.CharField(max_length=64, editable=False)
    """SHA-256 of the value of the cookie."""
    browser = models.CharField(max_length=BROWSER_MAX_LENGTH, blank=True)
    first_seen = models.DateTimeField(db_default=Now(), editable=False)
    last_seen = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "token"], name="device_once_an_account"),
        ]

    def __str__(self) -> str:
        return self.browser
