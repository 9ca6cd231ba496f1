"""An issue of a newsletter: what is sent, and how far it has come.

What an issue is made of: articles at their places, and the links that it counts.
"""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.roles import EDITOR
from articles.editorial.models import Article
from articles.editorial.models.article import LANGUAGES
from articles.images.models import Image
from iria.core.model_policy import ALL_ACTIONS, ALL_ROWS, PublicRows, model_policy
from iria.core.text.language import direction_of
from iria.core.text.validators import validate_storable
from newsletter import privacy
from newsletter.models.digest import Digest
from newsletter.models.newsletter import Frequency, Newsletter
from newsletter.models.querysets import IssueQuerySet

WORDS_MAX_LENGTH = 20_000
GREETING_MAX_LENGTH = 100
NAME: Final = "{name}"
"""Where a greeting names its reader."""
WORTH_A_WORD: Final = timedelta(minutes=3)


@model_policy(
    # The progress of its delivery changes no page.
    public=PublicRows(
        columns=(
            "newsletter_id",
            "subject",
            "preheader",
            "slug",
            "introduction",
            "closing",
            "picture_id",
            "picture_caption",
            "state",
            "started_at",
            "sent_html",
            "sent_text",
        )
    ),
    personal_data=privacy.SENDING,
    permissions={EDITOR: f"{ALL_ACTIONS} send"},
)
class Issue(models.Model):
    """Articles chosen by an editor, with an introduction.

    When the issue is sent, the mail is rendered once and kept: every recipient gets the same
    words, and what was sent can be read afterwards whatever happens to the articles.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SCHEDULED = "scheduled", "Waits for its time"
        SENDING = "sending", "Being sent"
        PAUSED = "paused", "Paused"
        SENT = "sent", "Sent"
        CANCELLED = "stopped", "Stopped"

    UNFROZEN: Final = (State.DRAFT, State.SCHEDULED)
    """Before the start; afterwards words and recipients stand fast."""

    newsletter = models.ForeignKey(Newsletter, on_delete=models.PROTECT, related_name="issues")
    subject = models.CharField(
        max_length=150,
        blank=True,
        validators=[validate_storable],
        help_text="The first words decide whether a mail is opened; phones show about 40 characters.",
    )
    preheader = models.CharField(
        max_length=200,
        blank=True,
        validators=[validate_storable],
        help_text="What mail programs show after the subject, about 90 characters.",
    )
    slug = models.SlugField(
        max_length=80,
        unique=True,
        blank=True,
        allow_unicode=True,
        help_text="The last part of its address in the archive; left empty, made from the subject.",
    )
    picture = models.ForeignKey(
        Image,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="lead picture",
        help_text="On top of the mail; left empty, the first article has its own picture large.",
    )
    picture_caption = models.TextField(
        "caption",
        blank=True,
        max_length=2000,
        validators=[validate_storable],
        help_text="The caption of the lead picture here. Its credit is kept with the picture.",
    )
    greeting = models.CharField(
        max_length=GREETING_MAX_LENGTH,
        blank=True,
        validators=[validate_storable],
        help_text="Such as “Dear {name},”; left empty, nobody is greeted.",
    )
    greeting_unnamed = models.CharField(
        "without a name",
        max_length=GREETING_MAX_LENGTH,
        blank=True,
        validators=[validate_storable],
        help_text="For readers whose name is not known, such as “Dear reader,”.",
    )
    introduction = models.TextField(
        blank=True,
        validators=[validate_storable, MaxLengthValidator(WORDS_MAX_LENGTH)],
        help_text="What the editor says before the articles.",
    )
    closing = models.TextField(
        blank=True,
        validators=[validate_storable, MaxLengthValidator(WORDS_MAX_LENGTH)],
        help_text="What the editor says after the articles.",
    )
    digest = models.ForeignKey(
        Digest,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="issues",
        help_text="The period for which it composed itself; empty where editors composed it.",
    )
    topics = ArrayField(
        models.BigIntegerField(),
        default=list,
        blank=True,
        editable=False,
        help_text="What the readers chose to whom it goes; without any, those who chose none.",
    )
    language = models.CharField(
        max_length=8,
        choices=LANGUAGES,
        blank=True,
        editable=False,
        help_text="Of those to whom it goes; empty, the newsletter's own.",
    )
    composed_by_rule = models.BooleanField(
        default=False, editable=False, help_text="Nobody has changed a word of it."
    )
    held = models.BooleanField(
        default=False,
        editable=False,
        help_text="It waits for an editor, whatever its rule says.",
    )
    articles = models.ManyToManyField(Article, through="IssueItem", related_name="+")

    state = models.CharField(
        max_length=9, choices=State, default=State.DRAFT, editable=False, db_index=True
    )
    goes_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When it is to start by itself."
    )
    wave = models.PositiveSmallIntegerField(
        default=1, editable=False, help_text="0 while only the first share goes out."
    )
    guarded = models.BooleanField(
        default=True, editable=False, help_text="Whether it pauses when too many are refused."
    )
    accepted = models.CharField(
        max_length=500,
        blank=True,
        editable=False,
        help_text="What an editor knows of and lets it go on with.",
    )
    trouble = models.CharField(
        max_length=500,
        blank=True,
        editable=False,
        help_text="Why the sending does not go on at the moment.",
    )
    sent_html = models.TextField(blank=True, editable=False)
    sent_text = models.TextField(blank=True, editable=False)

    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    started_at = models.DateTimeField(null=True, blank=True, editable=False)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    stopped_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = IssueQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        permissions = [("send_issue", "Can send issues to the subscribers")]
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "topics", "language"],
                # Several that went out may be for the same choice since topics were merged.
                condition=Q(digest__isnull=False, state__in=["draft", "scheduled"]),
                name="issue_of_digest_once",
            ),
            models.CheckConstraint(condition=~Q(slug=""), name="issue_has_slug"),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(goes_at__isnull=False),
                name="issue_scheduled_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="stopped") | Q(stopped_at__isnull=False),
                name="issue_stopped_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "scheduled"])
                | (
                    Q(started_at__isnull=False)
                    & ~Q(subject="")
                    & ~Q(sent_html="")
                    & ~Q(sent_text="")
                ),
                name="issue_started_is_complete",
            ),
            models.CheckConstraint(
                condition=~Q(greeting__contains=NAME) | ~Q(greeting_unnamed=""),
                name="issue_greets_the_unnamed",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="issue_sent_has_time"
            ),
        ]

    def __str__(self) -> str:
        return self.subject or f"Issue without a subject ({self.pk})"

    def get_absolute_url(self) -> str:
        return reverse("newsletter_issue", args=[self.slug])

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def rhythm(self) -> Frequency:
        """The readers of which rhythm it is for."""
        return Frequency(self.digest.rhythm) if self.digest else Frequency.ISSUES

    @property
    def speaks(self) -> str:
        """The language of the words around its articles."""
        return self.language or self.newsletter.language

    @property
    def direction(self) -> str:
        return direction_of(self.speaks)

    @property
    def is_frozen(self) -> bool:
        """Whether it has started: words and recipients no longer change."""
        return self.state not in self.UNFROZEN

    @property
    def late_by(self) -> timedelta | None:
        """How long after its time it started, where that is worth a word."""
        if not (self.goes_at and self.started_at and self.is_frozen):
            return None
        late = self.started_at - self.goes_at
        return late if late >= WORTH_A_WORD else None


HEADING_MAX_LENGTH = 80


@model_policy(public=None, personal_data=None)
class IssueLink(models.Model):
    """A link in an issue that counts them, and how often it was opened; by whom is not known."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="links")
    number = models.PositiveSmallIntegerField()
    address = models.CharField(max_length=2100)
    opened = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-opened", "number"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "number"], name="issue_link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.opened}"


@model_policy(public=ALL_ROWS, personal_data=None, permissions={EDITOR: ALL_ACTIONS})
class IssueItem(models.Model):
    """An article in an issue, at its place; with a heading, it begins a section."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="items")
    article = models.ForeignKey(
        Article,
        on_delete=models.CASCADE,
        related_name="+",
        limit_choices_to={"state": Article.State.PUBLISHED},
    )
    position = models.PositiveSmallIntegerField(
        default=0, help_text="The first one stands on top with its picture large."
    )
    heading = models.CharField(
        max_length=HEADING_MAX_LENGTH,
        blank=True,
        validators=[validate_storable],
        help_text="Begins a section above this article; left empty, it belongs to the one before.",
    )

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "article"
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "article"],
                name="issue_article_once",
                violation_error_message="This article is chosen twice.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.article}"
