"""Following an author, a topic or a section by e-mail, and the articles sent for it."""

from typing import cast

from django.db import models
from django.db.models import Q
from django.utils import timezone
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial.models import Article, Category
from iria.core.model_policy import Pruning, model_policy
from newsletter.models.querysets import new_token
from newsletter.models.subscriber import Consent, Subscriber

SUBJECTS = ("author", "section", "topic")
"""The fields of which exactly one is set, in the order of lists."""


ONE_SUBJECT = (
    Q(author__isnull=False, section__isnull=True, topic__isnull=True)
    | Q(author__isnull=True, section__isnull=False, topic__isnull=True)
    | Q(author__isnull=True, section__isnull=True, topic__isnull=False)
)


class SubjectMixin(models.Model):
    """One author, section or topic."""

    author = models.ForeignKey(
        AuthorProfile, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    section = models.ForeignKey(
        Category, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    topic = models.ForeignKey(
        Tag, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.subject)

    @property
    def subject(self) -> AuthorProfile | Category | Tag:
        return cast("AuthorProfile | Category | Tag", self.author or self.section or self.topic)

    @property
    def subject_key(self) -> tuple[str, int]:
        """The name of the field and the id."""
        name = next(name for name in SUBJECTS if getattr(self, f"{name}_id"))
        return name, getattr(self, f"{name}_id")


class ArticleFollowQuerySet(models.QuerySet["ArticleFollow"]):
    def with_token(self, token: str) -> "ArticleFollowQuerySet":
        """Filters by token; a token that PostgreSQL cannot store matches nothing."""
        return self.filter(token=token) if token.isascii() and token.isprintable() else self.none()

    def with_subjects(self) -> "ArticleFollowQuerySet":
        """In the order of lists."""
        return self.select_related(*SUBJECTS).order_by("author__name", "section__name", "pk")


@model_policy(public=None, personal_data="follows")
class ArticleFollow(SubjectMixin):
    """A subscriber gets an e-mail about new articles of an author, in a section or on a topic.

    The row exists once they have confirmed it. Anyone with the token can end this follow.
    """

    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, related_name="article_follows"
    )
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ArticleFollowQuerySet.as_manager()

    class Meta:
        verbose_name = "follower by e-mail"
        verbose_name_plural = "followers by e-mail"
        constraints = [
            models.CheckConstraint(condition=ONE_SUBJECT, name="article_follow_has_one_subject"),
            models.UniqueConstraint(
                fields=["subscriber", "author"], name="article_follow_author_once"
            ),
            models.UniqueConstraint(
                fields=["subscriber", "section"], name="article_follow_section_once"
            ),
            models.UniqueConstraint(
                fields=["subscriber", "topic"], name="article_follow_topic_once"
            ),
        ]


@model_policy(public=None, personal_data="follows")
class ConsentedFollow(SubjectMixin):
    """What a consent asks to follow; the names at that time are in its wording."""

    consent = models.ForeignKey(Consent, on_delete=models.CASCADE, related_name="follows")

    class Meta:
        verbose_name = "request to follow"
        verbose_name_plural = "requests to follow"
        constraints = [
            models.CheckConstraint(condition=ONE_SUBJECT, name="consented_follow_has_one_subject"),
            models.UniqueConstraint(
                fields=["consent", "author"], name="consented_follow_author_once"
            ),
            models.UniqueConstraint(
                fields=["consent", "section"], name="consented_follow_section_once"
            ),
            models.UniqueConstraint(
                fields=["consent", "topic"], name="consented_follow_topic_once"
            ),
        ]


class ArticleNotificationQuerySet(models.QuerySet["ArticleNotification"]):
    def pending(self) -> "ArticleNotificationQuerySet":
        return self.filter(state=ArticleNotification.State.PENDING)


@model_policy(
    public=None,
    personal_data="follows",
    pruning=Pruning("newsletter.forget_unconfirmed", "Deleted after 90 days."),
)
class ArticleNotification(models.Model):
    """A new article for a subscriber who follows something in it; sent at most once.

    It is claimed before its e-mail is sent. If the process dies between claim and outcome, it becomes
    uncertain and is not sent again.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Pending"
        SENDING = "sending", "Sending"
        SENT = "sent", "Sent"
        DROPPED = "dropped", "Not sent"
        UNCERTAIN = "uncertain", "Unknown"

    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, related_name="article_notifications"
    )
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=9, choices=State, default=State.PENDING)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now, help_text="Not sent before this time.")
    state_changed_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was claimed or got its result."
    )

    objects = ArticleNotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "article"], name="article_notification_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "sending", "sent", "dropped", "uncertain"]),
                name="article_notification_state_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state="pending"), name="article_notification_due"
            ),
            models.Index(
                fields=["state_changed_at"],
                condition=Q(state="sending"),
                name="article_notification_claimed",
            ),
            models.Index(fields=["created_at"], name="article_notification_age"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: article {self.article_id}"
