"""What somebody agreed to."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from articles.editorial.models.article import LANGUAGES
from newsletter.models.newsletter import Newsletter, Rhythm
from newsletter.models.subscriber import Subscriber


class Consent(models.Model):
    """What somebody was asked, where and when, how we answered, and when they agreed.

    A row is written each time an address is entered. Until `confirmed_at` is set it proves
    nothing: anybody can enter anybody's address.
    """

    class Answer(models.TextChoices):
        CONFIRM = "confirm", "We sent a link to confirm"
        KNOWN = "known", "We wrote that they are subscribed already"
        NONE = "none", "We sent nothing"

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="consents")
    newsletters = models.ManyToManyField(
        Newsletter, through="ConsentedNewsletter", related_name="consents"
    )
    language = models.CharField(
        max_length=8,
        choices=LANGUAGES,
        blank=True,
        default="",
        db_default="",
        help_text="The language they chose, if any.",
    )
    where = models.CharField(max_length=300, help_text="The page on which the address was entered.")
    wording = models.TextField(help_text="The words above the button that was pressed to confirm.")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=8, choices=Answer, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(wording=""), name="consent_has_wording"),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=Q(answered_at__isnull=True),
                name="consent_unanswered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber}, {self.asked_at:%Y-%m-%d}"


class ConsentedNewsletter(models.Model):
    """One newsletter of a consent, and how it was to come.

    The topics are numbers rather than references: what was agreed to does not change when
    categories are merged. Their addresses of then say what became of them. In words they stand in
    the consent's wording.
    """

    consent = models.ForeignKey(Consent, on_delete=models.CASCADE, related_name="wished")
    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="+")
    rhythm = models.CharField(
        max_length=6, choices=Rhythm, default=Rhythm.ISSUES, db_default=Rhythm.ISSUES.value
    )
    topics = ArrayField(
        models.BigIntegerField(), null=True, blank=True, help_text="Unknown: everything."
    )
    addresses = ArrayField(
        models.CharField(max_length=500),
        default=list,
        db_default=[],
        blank=True,
        help_text="Of the topics, in the same order, when they were chosen.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["consent", "newsletter"], name="consented_newsletter_once"
            ),
            models.CheckConstraint(
                condition=Q(rhythm__in=Rhythm.values), name="consented_newsletter_has_rhythm"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.newsletter}, {self.get_rhythm_display()}"
