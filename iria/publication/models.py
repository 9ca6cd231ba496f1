"""The publication row."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from iria.kit.text import refuse_unstorable


def refuse_unknown_zone(name: str) -> None:
    if name not in available_timezones():
        sentence = f"“{name}” is not a time zone; write one like Europe/Lisbon or Asia/Karachi."
        raise ValidationError(sentence)


def refuse_future_year(year: int) -> None:
    if year > timezone.now().year + 1:
        sentence = "The first year lies in the future; write the year of the first publication."
        raise ValidationError(sentence)


class Publication(models.Model):
    """Name, purpose and contact of the publication. There is exactly one row (id 1)."""

    name = models.CharField(
        max_length=80,
        default="Our publication",
        validators=[refuse_unstorable],
        help_text="Stands at the head of every page and in every newsletter.",
    )
    legal_name = models.CharField(
        max_length=160,
        blank=True,
        validators=[refuse_unstorable],
        help_text="Who holds the copyright, if that is more than the name.",
    )
    tagline = models.CharField(
        max_length=160,
        blank=True,
        validators=[refuse_unstorable],
        help_text="One line below the name: what the reader finds here.",
    )
    about = models.TextField(
        blank=True,
        validators=[refuse_unstorable],
        help_text="What the institute is and does, in two or three sentences; at the foot of every page.",
    )
    contact_email = models.EmailField(
        blank=True, help_text="Where clients write for reports; shown at the foot of every page."
    )
    contact_words = models.CharField(
        max_length=200,
        default="For client reports write to",
        validators=[refuse_unstorable],
        help_text="The words before the address.",
    )
    postal_address = models.TextField(
        blank=True,
        validators=[refuse_unstorable],
        help_text="Stands in every newsletter; many countries require it.",
    )
    first_year = models.PositiveSmallIntegerField(
        default=2014,
        validators=[refuse_future_year],
        help_text="The first of the copyright years, as in “© 2014–2026”.",
    )
    zone = models.CharField(
        max_length=64,
        default="UTC",
        validators=[refuse_unknown_zone],
        verbose_name="time zone",
        help_text="Dates on the site and times in the admin are in this zone.",
    )
    languages = models.CharField(
        max_length=120,
        default="en",
        help_text="Language codes in the order of importance, such as “en, fr, ar”.",
    )
    credit_wording = models.CharField(
        max_length=80,
        default="(Image Credit: {credit})",
        help_text="How a picture's credit is written after its caption; {credit} is replaced.",
    )

    class Meta:
        verbose_name_plural = "publication"
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="publication_is_one_row"),
            models.CheckConstraint(
                condition=models.Q(credit_wording__contains="{credit}"),
                name="publication_credit_wording_has_credit",
                violation_error_message="The wording must contain {credit}, where the credit goes.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        super().save(*args, **kwargs)

    @property
    def zone_info(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

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

    def local(self, moment: datetime) -> datetime:
        """The moment in the publication's zone."""
        return moment.astimezone(self.zone_info)

    def local_date(self, moment: datetime) -> date:
        return self.local(moment).date()

    def credit_line(self, credit: str) -> str:
        """The credit in the publication's wording, as text."""
        return self.credit_wording.replace("{credit}", credit)


def current_publication() -> Publication:
    """The one row; a new database answers with the defaults, unsaved."""
    return Publication.objects.filter(pk=1).first() or Publication(pk=1)
