"""The publication, and validation of its ISSN (ISO 3297)."""

import re
from copy import copy
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from iria.core.http.urls import url_path
from iria.core.model_policy import ALL_ROWS, model_policy
from iria.core.rendering import ThemeChoice
from iria.core.text.validators import validate_storable
from iria.publication import colours

SHAPE: Final = re.compile(
    r"(?:ISSN)?[\s:]*(\d{4})[\s\u2010-\u2015-]*(\d{3})([\dX])", re.IGNORECASE | re.ASCII
)


def clean_issn(text: str) -> str:
    """The ISSN as `1234-5679`; an empty text stays empty.

    Raises:
        ValidationError: its format or its check digit is wrong.
    """
    if not text.strip():
        return ""
    match = SHAPE.fullmatch(text.strip())
    if not match:
        raise ValidationError(
            "Enter an ISSN of eight characters, such as 2049-3630. The last one may be an X.",
            code="form",
        )
    digits, check = match[1] + match[2], match[3].upper()
    if check != check_digit(digits):
        raise ValidationError(
            f"{match[1]}-{match[2]}{check} is not a valid ISSN: the check digit should be "
            f"{check_digit(digits)}. Compare it with your registration.",
            code="check",
        )
    return f"{match[1]}-{match[2]}{check}"


def check_digit(digits: str) -> str:
    """The digit that makes the sum of the digits, weighted from 8 down to 1, divisible by 11."""
    remainder = -sum(
        int(digit) * weight for digit, weight in zip(digits, range(8, 1, -1), strict=True)
    )
    return "X" if remainder % 11 == 10 else str(remainder % 11)


TRANSLATED_TEXTS: Final = ("tagline", "about", "contact_label")

COLOUR = r"^(#[0-9a-f]{6})?$"


def validate_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(
            f"“{name}” is not a time zone. Enter one like Europe/Lisbon or Asia/Karachi."
        )


def validate_year(year: int) -> None:
    if year > timezone.now().year + 1:
        raise ValidationError(
            "The first year is in the future. Enter the year of the first publication."
        )


class CommentPolicy(models.TextChoices):
    """How new comments are moderated, for articles and for the publication."""

    OPEN = "open", "Post-moderation: screening rules decide"
    HELD = "held", "Pre-moderation: a moderator approves every comment"
    OFF = "off", "Comments off and hidden"


# Name and contact of an organisation, not of a person.
@model_policy(public=ALL_ROWS, personal_data=None)
class Publication(models.Model):
    """Name, purpose and contact of the publication. There is exactly one row (id 1)."""

    name = models.CharField(
        max_length=80,
        default="Our publication",
        validators=[validate_storable],
        help_text="Shown in the header of every page and in every newsletter.",
    )
    legal_name = models.CharField(
        max_length=160,
        blank=True,
        validators=[validate_storable],
        help_text="Copyright holder. Empty: the name.",
    )
    tagline = models.CharField(
        max_length=160,
        blank=True,
        validators=[validate_storable],
        help_text="One line below the name.",
    )
    about = models.TextField(
        blank=True,
        validators=[validate_storable],
        help_text="Two or three sentences for the footer of every page.",
    )
    contact_email = models.EmailField(
        blank=True,
        help_text="E-mail address for readers and clients, shown in the footer of every page.",
    )
    contact_label = models.CharField(
        max_length=200,
        default="For client reports write to",
        validators=[validate_storable],
        help_text="Text before the e-mail address.",
    )
    postal_address = models.TextField(
        blank=True,
        validators=[validate_storable],
        help_text="Shown in every newsletter, as many countries require.",
    )
    first_year = models.PositiveSmallIntegerField(
        default=2014,
        validators=[validate_year],
        help_text="First copyright year, as in “© 2014–2026”.",
    )
    time_zone = models.CharField(
        max_length=64,
        default="UTC",
        validators=[validate_time_zone],
        verbose_name="time zone",
        help_text="For dates on the site and times in the admin.",
    )
    languages = models.CharField(
        max_length=120,
        default="en",
        help_text="Language codes in order of importance, such as “en, fr, ar”.",
    )
    credit_format = models.CharField(
        max_length=80,
        default="(Image Credit: {credit})",
        help_text="Format of the image credit after the caption. {credit} is replaced.",
    )
    credit_below_every_image = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Off: the credits of small images and portraits are listed at the foot of the "
        "page. Large images always have their credit below them.",
    )
    publish_unknown_credits = models.BooleanField(
        "publish imported articles whose image credits are unknown",
        default=True,
        db_default=True,
        help_text="Off: imports make drafts of articles with an image without a credit. Readers see “Credit unknown” "
        "below such an image.",
    )

    full_text_feeds = models.BooleanField(
        default=True,
        help_text="If off, feeds contain a summary with the image.",
    )
    show_most_read = models.BooleanField(
        "show most read",
        default=False,
        help_text="Shows the five most read articles on the front page. Views are counted without "
        "cookies.",
    )
    comments_policy = models.CharField(
        "comments",
        max_length=4,
        choices=CommentPolicy,
        default=CommentPolicy.OPEN,
        help_text="Default for articles.",
    )
    comments_close_after = models.PositiveSmallIntegerField(
        "close comments after (days)",
        null=True,
        blank=True,
        help_text="Days after publication of the article. Empty: never.",
    )
    guests_confirm_email = models.BooleanField(
        "guests confirm e-mail address",
        default=False,
        help_text="Comments of guests are submitted only after they open the link in an e-mail.",
    )
    issn = models.CharField(
        "ISSN",
        max_length=9,
        blank=True,
        help_text="International Standard Serial Number, such as 2049-3630, for library catalogues.",
    )
    accent = models.CharField(
        max_length=7,
        blank=True,
        help_text="Colour of links and buttons, such as #1a5f7a. Empty: the default.",
    )
    accent_dark = models.CharField(
        "accent for dark mode",
        max_length=7,
        blank=True,
        help_text="Empty: derived from the accent.",
    )
    theme = models.CharField(max_length=60, blank=True, editable=False)
    """Its name, a key of `settings.THEMES`; empty for the first."""
    theme_applied_at = models.DateTimeField(null=True, editable=False)
    """When its files were last applied: processes that read them before read them again."""
    theme_changes = models.JSONField(default=dict, blank=True, editable=False)
    """Name of a theme → `{"colours": {scheme: {name: "#rrggbb"}}, "sizes": {name: length}}`, set in the
    admin instead of those of the theme."""
    social_links = models.JSONField(default=list, blank=True)
    """`{"name", "address"}` each: profiles of the publication on other sites."""
    share_links = models.JSONField(default=list, blank=True)
    """The same for sharing an article; the URL contains {address} and may contain {headline}."""
    header_menu = models.JSONField(default=list, blank=True)
    footer_menu = models.JSONField(default=list, blank=True)
    """Menu items (`publication.menus.Entry`); empty for the default menu."""
    resolved_menus = models.JSONField(null=True, editable=False)
    """The links of the menus, resolved by `publication.menus`, so that a page reads one row."""
    translations = models.JSONField(default=dict, blank=True, db_default={})
    """Language code → `tagline`, `about`, `contact_label`, `header_menu` and `footer_menu`, each only if
    it differs from the column (`iria.core.text.language`)."""
    brand_images = models.JSONField(default=dict, editable=False)
    """URL and size of logo and icons, by name (`iria.publication.logos`)."""

    class Meta:
        verbose_name_plural = "publication"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accent__regex=COLOUR) & models.Q(accent_dark__regex=COLOUR),
                name="publication_accent_is_colour",
            ),
            models.CheckConstraint(
                condition=models.Q(issn__regex=r"^(\d{4}-\d{3}[\dX])?$"),
                name="publication_issn_shape",
            ),
            models.CheckConstraint(
                condition=models.Q(comments_policy__in=["open", "held", "off"]),
                name="publication_comments_policy_known",
            ),
            models.CheckConstraint(condition=models.Q(pk=1), name="publication_is_one_row"),
            models.CheckConstraint(
                condition=models.Q(credit_format__contains="{credit}"),
                name="publication_credit_format_has_credit",
                violation_error_message="The credit format must contain {credit}.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        super().save(*args, **kwargs)

    def in_language(self, code: str) -> "Publication":
        """The publication with its texts in a language, to be shown and not saved."""
        texts = self.translations.get(code)
        if not texts or code == self.language_codes[0]:
            return self
        shown = copy(self)
        for name in TRANSLATED_TEXTS:
            setattr(shown, name, texts.get(name) or getattr(self, name))
        return shown

    @property
    def theme_choice(self) -> ThemeChoice:
        return self.theme, self.theme_applied_at

    @property
    def zone_info(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def language_codes(self) -> list[str]:
        return [code.strip() for code in self.languages.split(",") if code.strip()] or ["en"]

    @property
    def copyright_holder(self) -> str:
        return self.legal_name or self.name

    @property
    def copyright_years(self) -> str:
        """The years of the copyright line: “2014–2026”, or one year in the first year."""
        this_year = self.local(timezone.now()).year
        return str(this_year) if self.first_year >= this_year else f"{self.first_year}–{this_year}"

    @property
    def theme_url(self) -> str:
        """The URL of the stylesheet with the accent colour; empty for the default."""
        return self._theme_url("theme")

    @property
    def admin_theme_url(self) -> str:
        """The same for the admin."""
        return self._theme_url("admin_theme")

    def _theme_url(self, name: str) -> str:
        if not self.accent:
            return ""
        dark = self.accent_dark or colours.for_dark(self.accent)
        return url_path(name, self.accent[1:], dark[1:])

    def local(self, moment: datetime) -> datetime:
        """The time in the time zone of the publication."""
        return moment.astimezone(self.zone_info)

    def local_date(self, moment: datetime) -> date:
        return self.local(moment).date()

    def credit_line(self, credit: str) -> str:
        """The credit in the format of the publication, as text."""
        return self.credit_format.replace("{credit}", credit)


# Named by its content; the row of the publication says which one is used.
@model_policy(public=None, personal_data=None)
class BrandImage(models.Model):
    """A logo or site icon, re-encoded from an upload.

    Named by its content and never changed or deleted, since e-mails and cached pages may refer to it. The
    bytes are in the row, so they are backed up with it.
    """

    name = models.CharField(max_length=40, unique=True)
    png = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return url_path("brand_image", self.name)


def current_publication() -> Publication:
    """The publication; an unsaved one with default values in a new database."""
    return Publication.objects.filter(pk=1).first() or Publication(pk=1)
