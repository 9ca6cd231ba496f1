"""People: accounts by e-mail address, and the profiles under which articles are signed."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.managers import UserManager
from iria.kit.addresses import address_of
from iria.kit.lookalikes import KEY_MAX_LENGTH
from iria.kit.text import refuse_blank, refuse_unstorable

BIOGRAPHY_MAX_LENGTH = 400


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in: a reader with an account, or a member of the newsroom."""

    email = models.EmailField("e-mail address", unique=True, validators=[refuse_unstorable])
    display_name = models.CharField(
        max_length=80,
        blank=True,
        validators=[refuse_unstorable],
        help_text="Stands beside comments. The e-mail address is never shown.",
    )
    name_key = models.CharField(
        max_length=KEY_MAX_LENGTH,
        null=True,
        unique=True,
        editable=False,
        help_text="The display name as the eye takes it; nobody else may have one that looks like it.",
    )
    is_staff = models.BooleanField(
        "may open the desk",
        default=False,
        help_text="What somebody may do there is decided by their groups.",
    )
    is_active = models.BooleanField(
        "active",
        default=True,
        help_text="Untick instead of deleting, so what the account wrote keeps its author.",
    )
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    biography = models.TextField(
        "about you",
        max_length=BIOGRAPHY_MAX_LENGTH,
        blank=True,
        validators=[refuse_unstorable],
        help_text="Two or three sentences, on the page with your comments.",
    )
    shows_comments = models.BooleanField(
        "a public page with their comments",
        default=False,
        help_text="Only whoever chose it has one.",
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
                violation_error_message="An account with this e-mail address exists already.",
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
        """The name others see; the part of the address before the @ never leaks."""
        return self.display_name or f"Reader {self.pk}"

    def get_absolute_url(self) -> str:
        """The page with their comments; only whoever chose it has one."""
        return address_of("reader", self.pk)

    @property
    def initials(self) -> str:
        """Up to two letters that stand where there is no picture."""
        words = [word for word in self.public_name.split() if word[0].isalnum()]
        return "".join(word[0] for word in [*words[:1], *words[1:][-1:]]).upper() or "?"

    @property
    def shade(self) -> int:
        """Which of six quiet colours stands behind the initials; the same on every page."""
        return (self.pk or 0) % 6


class AuthorProfile(models.Model):
    """An author as readers know them, with or without an account."""

    user = models.OneToOneField(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="author_profile",
        help_text="Leave empty for an author who does not sign in here.",
    )
    name = models.CharField(
        max_length=120,
        validators=[refuse_unstorable, refuse_blank],
        help_text="As it stands in the byline.",
    )
    slug = models.SlugField(
        max_length=80,
        unique=True,
        allow_unicode=True,
        help_text="The last part of the author page's address. The old address keeps working.",
    )
    role = models.CharField(
        max_length=120,
        blank=True,
        validators=[refuse_unstorable],
        help_text="For instance “Senior fellow, East Asia”.",
    )
    biography = models.TextField(
        blank=True, validators=[refuse_unstorable], help_text="Two or three sentences."
    )
    links = models.JSONField(default=list, blank=True)
    """`{"name", "address"}` each, in the order in which readers see them."""

    class Meta:
        ordering = ["name"]
        verbose_name = "author"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(slug="feed"),
                name="author_slug_not_reserved",
                violation_error_message="“feed” is reserved for addresses; choose another.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address_of("author", self.slug)
