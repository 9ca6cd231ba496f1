"""A newsletter, and how often it can come."""

from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from accounts.roles import EDITOR
from articles.editorial.models import Category
from articles.editorial.models.article import LANGUAGES
from iria.core.model_policy import ALL_ROWS, model_policy
from iria.core.text.language import direction_of
from iria.core.text.validators import validate_not_blank, validate_storable
from newsletter.models.querysets import NewsletterQuerySet

CANARY_FROM: Final = 200
CANARY_AT_LEAST: Final = 50


class Frequency(models.TextChoices):
    """How often a newsletter comes to somebody, from the quietest to the liveliest.

    The editors' issues go to those who chose `ISSUES`; to the others it composes itself.
    """

    ISSUES = "issues", gettext_lazy("As the editors send it")
    WEEKLY = "weekly", gettext_lazy("Once a week")
    DAILY = "daily", gettext_lazy("Once a day")
    EACH = "each", gettext_lazy("Each article as it is published")


def refuse_accents(address: str) -> None:
    """Headers hold addresses in ASCII.

    Raises:
        ValidationError: with a sentence for whoever typed it.
    """
    if not address.isascii():
        sentence = (
            "Write it in plain letters, without accents; a domain with accents begins with xn--."
        )
        raise ValidationError(sentence)


def only_issues() -> list[str]:
    return [Frequency.ISSUES.value]


@model_policy(public=ALL_ROWS, personal_data=None, permissions={EDITOR: "view"})
class Newsletter(models.Model):
    """A newsletter that readers can subscribe to."""

    name = models.CharField(
        max_length=80,
        validators=[validate_storable, validate_not_blank],
        help_text="As readers know it, after the publication's name: “News”, “Weekly analysis”.",
    )
    slug = models.SlugField(
        max_length=40,
        unique=True,
        help_text="Names the list for mail programs; better not changed.",
    )
    description = models.CharField(
        max_length=300,
        blank=True,
        validators=[validate_storable],
        help_text="What comes and how often, in one sentence; beside the name where readers choose.",
    )
    from_name = models.CharField(
        "sender",
        max_length=80,
        blank=True,
        validators=[validate_storable],
        help_text="The name readers see as the sender; left empty, the publication's.",
    )
    from_email = models.EmailField(
        "sender's address",
        blank=True,
        default="",
        db_default="",
        validators=[refuse_accents],
        help_text="From which it comes; left empty, that of all mails of the site. Its domain needs the "
        "records of a sender (docs/running-mail.md), or it will be taken for forged.",
    )
    reply_to = models.EmailField(
        "answers to",
        blank=True,
        validators=[refuse_accents],
        help_text="Where answers go; left empty, the publication's contact address.",
    )
    language = models.CharField(max_length=8, choices=LANGUAGES, default="en")
    offered = models.BooleanField(
        default=True, help_text="Whether readers can choose it when they subscribe."
    )
    position = models.PositiveSmallIntegerField(
        default=0,
        help_text="The first one is what the form at the foot of every page subscribes to.",
    )
    rhythms = ArrayField(
        models.CharField(max_length=6, choices=Frequency),
        default=only_issues,
        help_text="How often readers can have it. Whoever has it in a rhythm that is not offered "
        "any more keeps it.",
    )
    topics = models.ManyToManyField(
        Category,
        blank=True,
        related_name="+",
        help_text="Categories readers can choose among, each with all below it; whoever chooses "
        "none receives everything.",
    )

    counts_links = models.BooleanField(
        "count opened links",
        default=False,
        help_text="How often each link of an issue was opened, never by whom. Links then lead through "
        "this site first. Nothing tells whether a mail was opened.",
    )

    canary_percent = models.PositiveSmallIntegerField(
        "first share",
        default=5,
        validators=[MaxValueValidator(50)],
        help_text="So many of a hundred get each issue first, to see how it is taken; at least "
        f"{CANARY_AT_LEAST}, and nobody where fewer than {CANARY_FROM} receive it. 0: all at once.",
    )
    canary_minutes = models.PositiveSmallIntegerField(
        "minutes to wait",
        default=10,
        validators=[MaxValueValidator(24 * 60)],
        help_text="How long returned mail is waited for before the others get theirs.",
    )
    pause_at_percent = models.PositiveSmallIntegerField(
        "pause at",
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Where more than so many of a hundred are refused, returned or complained of, "
        "the sending pauses by itself.",
    )

    objects = NewsletterQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(canary_percent__lte=50), name="newsletter_canary_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(pause_at_percent__gte=1, pause_at_percent__lte=100),
                name="newsletter_pauses_at_a_share",
            ),
            models.CheckConstraint(
                condition=Q(rhythms__contained_by=[rhythm.value for rhythm in Frequency])
                & Q(rhythms__len__gt=0),
                name="newsletter_has_a_rhythm",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def offered_rhythms(self) -> list[Frequency]:
        """Those a reader can choose, the quietest first."""
        return [rhythm for rhythm in Frequency if rhythm in self.rhythms]

    @property
    def usual_rhythm(self) -> Frequency:
        """What somebody gets who chose none: never more than they asked for."""
        return self.offered_rhythms[0]

    @property
    def direction(self) -> str:
        return direction_of(self.language)
