"""Issues of a newsletter, their articles and tracked links, and the checks before sending."""

from datetime import timedelta
from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.role_names import EDITOR
from articles.editorial.models import Article
from articles.images.models import Image
from iria.core.db.fields import ActorField
from iria.core.model_policy import ALL_ACTIONS, ALL_ROWS, Pruning, PublicRows, model_policy
from iria.core.text.language import direction_of
from iria.core.text.languages import language_choices
from iria.core.text.validators import validate_not_blank, validate_storable
from newsletter.models.newsletter import Digest, Frequency, Newsletter
from newsletter.models.querysets import IssueQuerySet

TEXT_MAX_LENGTH = 20_000
GREETING_MAX_LENGTH = 100
NAME_PLACEHOLDER: Final = "{name}"
"""The placeholder for the reader's name in a greeting."""
ERROR_MAX_LENGTH: Final = 500
DELAY_SHOWN_FROM: Final = timedelta(minutes=3)


@model_policy(
    # The progress of delivery changes no page.
    public=PublicRows(
        columns=(
            "newsletter_id",
            "subject",
            "preheader",
            "slug",
            "introduction",
            "closing",
            "image_id",
            "image_caption",
            "language",
            "state",
            "started_at",
            "sent_html",
            "sent_text",
        )
    ),
    personal_data="sending",
    permissions={EDITOR: f"{ALL_ACTIONS} send"},
)
class Issue(models.Model):
    """Articles chosen by an editor, with an introduction.

    When the issue is sent, the e-mail is rendered once and stored: every recipient gets the same
    text, which can be read later even if the articles change.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SCHEDULED = "scheduled", "Scheduled"
        SENDING = "sending", "Sending"
        PAUSED = "paused", "Paused"
        SENT = "sent", "Sent"
        CANCELLED = "stopped", "Cancelled"

    EDITABLE_STATES: Final = (State.DRAFT, State.SCHEDULED)
    """States before the start; after it, text and recipients do not change."""

    newsletter = models.ForeignKey(Newsletter, on_delete=models.PROTECT, related_name="issues")
    subject = models.CharField(
        max_length=150,
        blank=True,
        validators=[validate_storable],
        help_text="The first words decide whether an e-mail is opened. Phones show about 40 characters.",
    )
    preheader = models.CharField(
        max_length=200,
        blank=True,
        validators=[validate_storable],
        help_text="Shown after the subject in most e-mail programs, about 90 characters.",
    )
    slug = models.SlugField(
        max_length=80,
        unique=True,
        blank=True,
        allow_unicode=True,
        help_text="Last part of the URL in the archive. If empty, it is made from the subject.",
    )
    image = models.ForeignKey(
        Image,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="lead image",
        help_text="Shown at the top. If empty, the image of the first article is shown large.",
    )
    image_caption = models.TextField(
        "caption",
        blank=True,
        max_length=2000,
        validators=[validate_storable],
        help_text="Caption of the lead image in this issue. The credit is stored with the image.",
    )
    greeting = models.CharField(
        max_length=GREETING_MAX_LENGTH,
        blank=True,
        validators=[validate_storable],
        help_text="For example “Dear {name},”. If empty, there is no greeting.",
    )
    fallback_greeting = models.CharField(
        "fallback greeting",
        max_length=GREETING_MAX_LENGTH,
        blank=True,
        validators=[validate_storable],
        help_text="For readers whose name is unknown, for example “Dear reader,”.",
    )
    introduction = models.TextField(
        blank=True,
        validators=[validate_storable, MaxLengthValidator(TEXT_MAX_LENGTH)],
        help_text="Text before the articles.",
    )
    closing = models.TextField(
        blank=True,
        validators=[validate_storable, MaxLengthValidator(TEXT_MAX_LENGTH)],
        help_text="Text after the articles.",
    )
    digest = models.ForeignKey(
        Digest,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="issues",
        help_text="The digest it belongs to. Empty for regular issues.",
    )
    topics = ArrayField(
        models.BigIntegerField(),
        default=list,
        blank=True,
        editable=False,
        help_text="Topics its recipients chose. Empty for those who chose none.",
    )
    language = models.CharField(
        max_length=8,
        choices=language_choices,
        blank=True,
        editable=False,
        help_text="Language of its recipients. Empty for the newsletter's own.",
    )
    is_automatic = models.BooleanField(
        default=False, editable=False, help_text="Composed automatically and not edited since."
    )
    needs_approval = models.BooleanField(
        default=False,
        editable=False,
        help_text="An editor has to send it, whatever its rule says.",
    )
    articles = models.ManyToManyField(Article, through="IssueItem", related_name="+")

    state = models.CharField(
        max_length=9, choices=State, default=State.DRAFT, editable=False, db_index=True
    )
    send_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When it is sent automatically."
    )
    wave = models.PositiveSmallIntegerField(
        default=1, editable=False, help_text="0 while only the first batch is sent."
    )
    auto_pause = models.BooleanField(
        default=True, editable=False, help_text="Pauses automatically when too many e-mails fail."
    )
    acknowledged_problem = models.CharField(
        max_length=ERROR_MAX_LENGTH,
        blank=True,
        editable=False,
        help_text="Problem that an editor has acknowledged.",
    )
    error = models.CharField(
        max_length=ERROR_MAX_LENGTH,
        blank=True,
        editable=False,
        help_text="Current sending error.",
    )
    sent_html = models.TextField(blank=True, editable=False)
    sent_text = models.TextField(blank=True, editable=False)

    created_by = ActorField(null=True, blank=True, editable=False, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)
    started_by = ActorField(null=True, blank=True, editable=False, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancelled_by = ActorField(null=True, blank=True, editable=False, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    delivery_counts = models.JSONField(
        null=True,
        editable=False,
        help_text="State → number, since its deliveries were deleted.",
    )

    objects = IssueQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        permissions = [("send_issue", "Can send issues")]
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "topics", "language"],
                # Since topics were merged, several sent issues may be for the same choice.
                condition=Q(digest__isnull=False, state__in=["draft", "scheduled"]),
                name="issue_of_digest_once",
            ),
            models.CheckConstraint(condition=~Q(slug=""), name="issue_has_slug"),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(send_at__isnull=False),
                name="issue_scheduled_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="stopped") | Q(cancelled_at__isnull=False),
                name="issue_cancelled_has_time",
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
                condition=~Q(greeting__contains=NAME_PLACEHOLDER) | ~Q(fallback_greeting=""),
                name="issue_has_fallback_greeting",
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
    def frequency(self) -> Frequency:
        """The frequency of the subscribers who receive it."""
        return Frequency(self.digest.frequency) if self.digest else Frequency.ISSUES

    @property
    def effective_language(self) -> str:
        """The language of the text around its articles."""
        return self.language or self.newsletter.language

    @property
    def direction(self) -> str:
        return direction_of(self.effective_language)

    @property
    def has_started(self) -> bool:
        """Whether sending has started, so that text and recipients no longer change."""
        return self.state not in self.EDITABLE_STATES

    @property
    def delay(self) -> timedelta | None:
        """How much later than scheduled it started, if that is relevant."""
        if not (self.send_at and self.started_at and self.has_started):
            return None
        late = self.started_at - self.send_at
        return late if late >= DELAY_SHOWN_FROM else None


HEADING_MAX_LENGTH = 80
LINK_MAX_LENGTH: Final = 2100


@model_policy(public=None, personal_data=None)
class IssueLink(models.Model):
    """A tracked link and its number of clicks; who clicked is not stored."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="links")
    number = models.PositiveSmallIntegerField()
    url = models.CharField(max_length=LINK_MAX_LENGTH)
    clicks = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-clicks", "number"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "number"], name="issue_link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.url}: {self.clicks}"


@model_policy(public=None, personal_data=None)
class IssueInternalLink(models.Model):
    """A link by reference in the texts of an issue, once for each target (`articles.links`)."""

    issue = models.ForeignKey(
        Issue, on_delete=models.CASCADE, db_index=False, related_name="internal_links"
    )
    target_kind = models.CharField(max_length=16)
    target_id = models.BigIntegerField()

    class Meta:
        # The unique constraint is an index of the foreign key too.
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "target_kind", "target_id"], name="internal_link_once_an_issue"
            ),
        ]
        indexes = [models.Index(fields=["target_kind", "target_id"], name="issue_link_target")]

    def __str__(self) -> str:
        return f"{self.issue_id} → {self.target_kind} {self.target_id}"


@model_policy(public=ALL_ROWS, personal_data=None, permissions={EDITOR: ALL_ACTIONS})
class IssueItem(models.Model):
    """An article of an issue at its position; with a heading, it starts a section."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="items")
    article = models.ForeignKey(
        Article,
        on_delete=models.CASCADE,
        related_name="+",
        limit_choices_to={"state": Article.State.PUBLISHED},
    )
    position = models.PositiveSmallIntegerField(
        default=0, help_text="The first article is shown at the top, with its image large."
    )
    heading = models.CharField(
        max_length=HEADING_MAX_LENGTH,
        blank=True,
        validators=[validate_storable],
        help_text="Starts a section above this article. If empty, it continues the section before.",
    )

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "article"
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "article"],
                name="issue_article_once",
                violation_error_message="This article is already in the issue.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.article}"


@model_policy(public=None, personal_data="sending")
class TestMail(models.Model):
    """A test that was sent, with a hash of the content."""

    __test__ = False  # pytest would collect it as a test class.

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="tests")
    content_hash = models.CharField(max_length=64, editable=False)
    sent_at = models.DateTimeField(auto_now_add=True)
    sent_by = ActorField(null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-sent_at", "-pk"]
        indexes = [models.Index(fields=["issue", "content_hash"], name="testmail_of_issue")]

    def __str__(self) -> str:
        return f"A test of {self.issue}"


@model_policy(public=None, personal_data="sending")
class Waiver(models.Model):
    """An overridden finding, with the reason."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="waivers")
    finding_key = models.CharField(max_length=2100, help_text="Key of the finding.")
    message = models.CharField(max_length=2500, help_text="The finding as shown to the editor.")
    reason = models.CharField(max_length=300, validators=[validate_storable, validate_not_blank])
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = ActorField(null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "finding_key"], name="waiver_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="waiver_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.message} Overridden: {self.reason}"


@model_policy(
    public=None,
    personal_data=None,
    pruning=Pruning("newsletter.delete_old", "Deleted after 30 days."),
)
class ExternalCheck(models.Model):
    """The result of checking something outside this site: a link or a DNS record."""

    class Kind(models.TextChoices):
        LINK = "link", "External link"
        DNS = "name", "DNS record"

    kind = models.CharField(max_length=4, choices=Kind)
    target = models.CharField(max_length=2000)
    passed = models.BooleanField()
    message = models.CharField(max_length=500, blank=True)
    checked_at = models.DateTimeField()

    class Meta:
        ordering = ["kind", "target"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "target"], name="external_check_once"),
            models.CheckConstraint(
                condition=Q(passed=True) | ~Q(message=""), name="external_check_failed_has_message"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target}: {'passed' if self.passed else self.message}"
