"""Which comments, and with what a page needs of them.

Comments, and what moderators decided about them.

What a comment said before its writer changed it.
"""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Exists, F, Q
from django.db.models.functions import MD5, Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from accounts.roles import EDITOR, MODERATOR
from articles.body.comment_markup import render_comment
from articles.comments import privacy
from articles.editorial.models import Article
from iria.core.http.cache_versions import COMMENTS
from iria.core.model_policy import PublicRows, model_policy
from iria.core.text.validators import validate_not_blank, validate_storable
from iria.publication.models import Publication


class CommentQuerySet(models.QuerySet["Comment"]):
    def published(self) -> "CommentQuerySet":
        """What readers may see: approved, and below an article they may see that has a conversation."""
        off = Publication.objects.filter(comments_policy="off")
        seen = self.filter(
            state="approved",
            article__state="published",
            article__published_at__lte=timezone.now(),
        )
        return seen.filter(
            ~Q(article__comments_policy="off"), ~Q(article__comments_policy="") | ~Exists(off)
        )

    def held(self) -> "CommentQuerySet":
        """What waits for a moderator."""
        return self.filter(state="held")


NAME_MAX_LENGTH = 80
TEXT_MAX_LENGTH = 5000
STATES = ("unconfirmed", "held", "approved", "rejected", "spam", "deleted")


@model_policy(
    public=PublicRows(scope=COMMENTS, scope_per_value=("thread:", "article_id")),
    personal_data=privacy.COMMENTS,
    permissions={EDITOR: "view change feature", MODERATOR: "view change feature"},
)
class Comment(models.Model):
    """What somebody wrote below an article.

    Two things are kept by PostgreSQL itself: a reply stands below the same article as what it
    answers (a foreign key over both columns, `comment_threads.sql`), and it is younger by number,
    so that no chain of replies can close into a ring.
    """

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", "Waits for its writer to confirm the address"
        PENDING = "held", "Held"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"
        SPAM = "spam", "Spam"
        DELETED = "deleted", "Deleted by its writer"

    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="comments", db_index=False
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="replies",
        db_constraint=False,
        verbose_name="in reply to",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="comments",
        help_text="Empty for a guest.",
    )
    name = models.CharField(
        max_length=NAME_MAX_LENGTH,
        validators=[validate_storable, validate_not_blank],
        help_text="As it was when the comment was written.",
    )
    email = models.EmailField(
        "e-mail address",
        blank=True,
        validators=[validate_storable],
        help_text="A guest's, to tell them what was decided. Never shown.",
    )
    text = models.TextField(
        max_length=TEXT_MAX_LENGTH, validators=[validate_storable, validate_not_blank]
    )
    state = models.CharField(max_length=11, choices=State, default=State.PENDING, editable=False)
    created_at = models.DateTimeField("written", default=timezone.now, editable=False)
    edited_at = models.DateTimeField(
        "last changed by its writer",
        null=True,
        editable=False,
        help_text="The words before are kept for moderators.",
    )
    form_id = models.UUIDField(
        null=True,
        unique=True,
        editable=False,
        help_text="Of the form it was sent with: sent twice, it is still one comment.",
    )

    asked_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="When a mail that asks a guest to confirm the address surely left us.",
    )
    address_confirmed_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="When a link that was mailed to a guest's address was answered: only then it is theirs.",
    )

    findings = models.JSONField(
        default=list,
        blank=True,
        editable=False,
        help_text="What each rule of the first look said: phase, action, and its words.",
    )

    featured = models.BooleanField(
        default=False,
        editable=False,
        help_text="An editor chose it; counts while it stands. The rows say who and when.",
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        permissions = [("feature_comment", "Can feature a comment")]
        constraints = [
            models.UniqueConstraint(fields=["id", "article"], name="comment_id_in_article"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | Q(parent__lt=F("id")),
                name="comment_parent_is_older",
            ),
            models.CheckConstraint(
                condition=Q(state__in=STATES),
                name="comment_state_known",
            ),
            models.CheckConstraint(condition=Q(text__regex=r"\S"), name="comment_has_text"),
            models.CheckConstraint(condition=Q(name__regex=r"\S"), name="comment_has_name"),
        ]
        indexes = [
            models.Index(fields=["article", "created_at", "id"], name="comment_thread"),
            models.Index(
                fields=["created_at", "id"], condition=Q(state="held"), name="comment_held_queue"
            ),
            models.Index(
                fields=["created_at"],
                condition=Q(state="unconfirmed"),
                name="comment_unconfirmed",
            ),
            models.Index(fields=["state", "created_at", "id"], name="comment_queue"),
            models.Index(fields=["created_at"], name="comment_written"),
            models.Index(MD5("text"), "created_at", name="comment_same_words"),
            models.Index(Lower("email"), condition=~Q(email=""), name="comment_of_guest"),
            models.Index(
                Lower("email"),
                condition=Q(state="approved") & ~Q(email=""),
                name="comment_known_guests",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.created_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        """An address that leads to the comment wherever its article is."""
        return reverse("comment", args=[self.pk])

    @property
    def anchor(self) -> str:
        return f"comment-{self.pk}"

    @property
    def as_seen(self) -> str:
        """Its state and which of its words these are, for whoever reads them before deciding."""
        return (
            f"{self.state}:{self.edited_at:%Y%m%d%H%M%S%f}" if self.edited_at else f"{self.state}:0"
        )

    @property
    def is_visible(self) -> bool:
        return self.state == self.State.APPROVED

    @property
    def as_markup(self) -> SafeString:
        """Its words as readers see them."""
        return SafeString(render_comment(self.text))

    @property
    def public_name(self) -> str:
        """The name readers see: an account's as it is today, a guest's as it was written."""
        return self.user.public_name if self.user else self.name


@model_policy(public=None, personal_data=privacy.COMMENTS)
class CommentWords(models.Model):
    """The words of a comment and the name of its writer, as the language of its article reads them.

    Kept by PostgreSQL (`migrations/sql/comment_search.sql`), for those who look for a comment.
    """

    comment = models.OneToOneField(
        Comment, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    configuration = models.CharField(max_length=40)
    vector = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["vector"], name="comment_words")]

    def __str__(self) -> str:
        return f"Words of comment {self.comment_id}"


class ModerationQuerySet(models.QuerySet["Moderation"]):
    def by_people(self) -> "ModerationQuerySet":
        """What somebody decided and did not take back within seconds."""
        return self.filter(made_by__isnull=False, undoes__isnull=True, undone_by__isnull=True)


@model_policy(
    public=None, personal_data=privacy.COMMENTS, permissions={EDITOR: "view", MODERATOR: "view"}
)
class Moderation(models.Model):
    """One decision about a comment; the latest one is the comment's state."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="moderations")
    decision = models.CharField(max_length=11, choices=Comment.State)
    reason = models.CharField(max_length=500, blank=True, validators=[validate_storable])
    told = models.BooleanField(
        "told to the writer",
        default=False,
        help_text="Whether the mail to the writer holds the reason.",
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="moderations",
        help_text="Empty when a rule decided, or a guest about their own comment.",
    )
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    featured = models.BooleanField(
        null=True,
        editable=False,
        help_text="Whether it featured the comment, or ended that; empty where it did neither.",
    )
    undoes = models.OneToOneField(
        "self",
        on_delete=models.CASCADE,
        null=True,
        editable=False,
        related_name="undone_by",
        help_text="The decision that this one takes back, within seconds.",
    )
    ban = models.ForeignKey(
        "articles.Ban",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="decisions",
        help_text="The ban or suspension that brought this decision with it.",
    )

    objects = ModerationQuerySet.as_manager()

    class Meta:
        # By number, not by time: a clock that is set back must not make an older one the latest.
        ordering = ["-pk"]
        verbose_name = "decision"
        verbose_name_plural = "moderation log"
        constraints = [
            models.CheckConstraint(
                condition=Q(decision__in=STATES),
                name="moderation_decision_known",
            ),
        ]

    def __str__(self) -> str:
        """As in “Rejected by Mina Sato on 4 March 2026 at 14:05: off the subject (told)”."""
        moment = date_format(localtime(self.made_at), r"j F Y \a\t H:i")
        who = f" by {self.made_by.public_name}" if self.made_by else ""
        why = f": {self.reason}" if self.reason else ""
        return (
            f"{self.get_decision_display()}{who} on {moment}{why}{' (told)' if self.told else ''}"
        )


@model_policy(
    public=None, personal_data=privacy.COMMENTS, permissions={EDITOR: "view", MODERATOR: "view"}
)
class CommentVersion(models.Model):
    """Earlier words of a comment; only moderators read them."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="versions")
    text = models.TextField()
    replaced_at = models.DateTimeField(default=timezone.now, editable=False)
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty for a guest, who holds the link of the comment.",
    )

    class Meta:
        ordering = ["-replaced_at", "-pk"]
        verbose_name = "earlier text"

    def __str__(self) -> str:
        return f"Text of comment {self.comment_id} until {self.replaced_at:%Y-%m-%d %H:%M}"
