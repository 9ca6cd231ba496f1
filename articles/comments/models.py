"""Comments, their positions and revisions, and moderation decisions.

Only the triggers in `migrations/sql/comment_threads.sql` write the positions and counts, with every statement that
writes comments. Their tables are separate from the comments, so that a decision about a comment
never waits for the lock of a count, and vice versa.
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

from accounts.role_names import EDITOR, MODERATOR
from articles.body.comment_markup import render_comment
from articles.editorial.models import Article
from iria.core.db.fields import ActorField
from iria.core.http.cache_versions import COMMENTS
from iria.core.model_policy import PublicRows, model_policy
from iria.core.text.validators import validate_not_blank, validate_storable
from iria.publication.models import Publication


class CommentQuerySet(models.QuerySet["Comment"]):
    def published(self) -> "CommentQuerySet":
        """Approved comments on published articles whose comments are not turned off."""
        off = Publication.objects.filter(comments_policy="off")
        visible = self.filter(
            state="approved",
            article__state="published",
            article__published_at__lte=timezone.now(),
        )
        return visible.filter(
            ~Q(article__comments_policy="off"), ~Q(article__comments_policy="") | ~Exists(off)
        )

    def pending(self) -> "CommentQuerySet":
        return self.filter(state="held")


NAME_MAX_LENGTH = 80
TEXT_MAX_LENGTH = 5000
STATES = ("unconfirmed", "held", "approved", "rejected", "spam", "deleted")


@model_policy(
    public=PublicRows(scope=COMMENTS, scope_per_value=("thread:", "article_id")),
    personal_data="comments",
    permissions={EDITOR: "view change feature", MODERATOR: "view change feature"},
)
class Comment(models.Model):
    """A comment on an article.

    PostgreSQL enforces that a reply is on the same article as its parent (a foreign key over both
    columns, `comment_threads.sql`), and that its id is higher, so that replies cannot form a cycle.
    """

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", "Awaiting e-mail confirmation"
        PENDING = "held", "Pending"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"
        SPAM = "spam", "Spam"
        DELETED = "deleted", "Deleted by the commenter"

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
        help_text="As it was when the comment was submitted.",
    )
    email = models.EmailField(
        "e-mail address",
        blank=True,
        validators=[validate_storable],
        help_text="Of a guest, for notifications. Never shown.",
    )
    text = models.TextField(
        max_length=TEXT_MAX_LENGTH, validators=[validate_storable, validate_not_blank]
    )
    state = models.CharField(max_length=11, choices=State, default=State.PENDING, editable=False)
    created_at = models.DateTimeField("written", default=timezone.now, editable=False)
    edited_at = models.DateTimeField(
        "last edited by the commenter",
        null=True,
        editable=False,
        help_text="Moderators can see earlier versions.",
    )
    form_id = models.UUIDField(
        null=True,
        unique=True,
        editable=False,
        help_text="Of the form: submitted twice, it stays one comment.",
    )

    confirmation_sent_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="When the confirmation e-mail was sent.",
    )
    email_confirmed_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="When the guest opened the link in the confirmation e-mail.",
    )

    screening_results = models.JSONField(
        default=list,
        blank=True,
        editable=False,
        help_text="What each screening rule found: check, action and text.",
    )

    featured = models.BooleanField(
        default=False,
        editable=False,
        help_text="Chosen by an editor, while it is published.",
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
        """Returns a URL that redirects to the comment, even if the URL of its article changes."""
        return reverse("comment", args=[self.pk])

    @property
    def anchor(self) -> str:
        return f"comment-{self.pk}"

    @property
    def change_token(self) -> str:
        """State and time of the last edit, to detect changes since a moderator read the comment."""
        return (
            f"{self.state}:{self.edited_at:%Y%m%d%H%M%S%f}" if self.edited_at else f"{self.state}:0"
        )

    @property
    def is_visible(self) -> bool:
        return self.state == self.State.APPROVED

    @property
    def html(self) -> SafeString:
        return SafeString(render_comment(self.text))

    @property
    def public_name(self) -> str:
        """The current display name of an account; for guests the name on the comment."""
        return self.user.public_name if self.user else self.name


@model_policy(public=None, personal_data="comments")
class CommentSearchVector(models.Model):
    """The search vector of a comment and its commenter's name, in the language of its article.

    Triggers keep it up to date (`migrations/sql/comment_search.sql`).
    """

    comment = models.OneToOneField(
        Comment, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    configuration = models.CharField(max_length=40)
    vector = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["vector"], name="comment_words")]

    def __str__(self) -> str:
        return f"Search vector of comment {self.comment_id}"


class ModerationDecisionQuerySet(models.QuerySet["ModerationDecision"]):
    def by_people(self) -> "ModerationDecisionQuerySet":
        """Decisions by people that were not undone."""
        return self.filter(created_by__isnull=False, undoes__isnull=True, undone_by__isnull=True)


@model_policy(
    public=None, personal_data="comments", permissions={EDITOR: "view", MODERATOR: "view"}
)
class ModerationDecision(models.Model):
    """A decision about a comment. The latest one determines the state of the comment."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="moderations")
    decision = models.CharField(max_length=11, choices=Comment.State)
    reason = models.CharField(max_length=500, blank=True, validators=[validate_storable])
    commenter_notified = models.BooleanField(
        "commenter notified",
        default=False,
        help_text="Whether the e-mail to the commenter contains the reason.",
    )
    created_by = ActorField(
        null=True,
        blank=True,
        related_name="moderations",
        help_text=(
            "Empty for decisions of screening rules and of guests about their own comments."
        ),
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    featured = models.BooleanField(
        null=True,
        editable=False,
        help_text="Whether the comment was featured or no longer is; empty for neither.",
    )
    undoes = models.OneToOneField(
        "self",
        on_delete=models.CASCADE,
        null=True,
        editable=False,
        related_name="undone_by",
        help_text="The decision that this one undoes.",
    )
    ban = models.ForeignKey(
        "articles.Ban",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="decisions",
        help_text="The ban or suspension that caused this decision.",
    )

    objects = ModerationDecisionQuerySet.as_manager()

    class Meta:
        # By id, not by time: a clock that is set back must not make an older decision the latest.
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
        """As in “Rejected by Mina Sato on 4 March 2026 at 14:05: off the subject (commenter notified)”."""
        time = date_format(localtime(self.created_at), r"j F Y \a\t H:i")
        by = f" by {self.created_by.public_name}" if self.created_by else ""
        reason = f": {self.reason}" if self.reason else ""
        notified = " (commenter notified)" if self.commenter_notified else ""
        return f"{self.get_decision_display()}{by} on {time}{reason}{notified}"


@model_policy(
    public=None, personal_data="comments", permissions={EDITOR: "view", MODERATOR: "view"}
)
class CommentRevision(models.Model):
    """An earlier text of a comment, which only moderators can read."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="versions")
    text = models.TextField()
    replaced_at = models.DateTimeField(default=timezone.now, editable=False)
    replaced_by = ActorField(null=True, blank=True, related_name="+", help_text="Empty for guests.")

    class Meta:
        ordering = ["-replaced_at", "-pk"]
        verbose_name = "earlier text"

    def __str__(self) -> str:
        return f"Text of comment {self.comment_id} until {self.replaced_at:%Y-%m-%d %H:%M}"


@model_policy(public=None, personal_data="comments")
class CommentPosition(models.Model):
    """The position of a comment in its thread, and the counts of its replies.

    A thread has three levels. A reply to a comment of the third level is shown beside that comment:
    both have the same `display_parent`.
    """

    comment = models.OneToOneField(
        Comment,
        on_delete=models.DO_NOTHING,
        primary_key=True,
        related_name="position",
        db_constraint=False,
    )
    article = models.ForeignKey(
        Article, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    parent = models.ForeignKey(
        Comment,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    display_parent = models.ForeignKey(
        Comment,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    root = models.ForeignKey(
        Comment, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    level = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()
    readable = models.BooleanField(default=False)
    reply_count = models.PositiveIntegerField(
        default=0, help_text="Number of published direct replies."
    )
    descendant_count = models.PositiveIntegerField(
        default=0, help_text="Number of published comments shown below it."
    )
    shown = models.GeneratedField(
        expression=Q(readable=True) | Q(reply_count__gt=0) | Q(descendant_count__gt=0),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
        help_text="Whether it is on the page, if only as a placeholder.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(level=1, display_parent__isnull=True, root=F("comment"))
                | Q(level__in=(2, 3), display_parent__isnull=False),
                name="comment_place_level",
            ),
        ]
        indexes = [
            models.Index(
                fields=["article", "created_at", "comment"],
                condition=Q(level=1, shown=True),
                name="comment_place_tops",
            ),
            models.Index(
                fields=["article", "-descendant_count", "created_at", "comment"],
                condition=Q(level=1, shown=True),
                name="comment_place_discussed",
            ),
            models.Index(
                fields=["display_parent", "created_at", "comment"],
                condition=Q(shown=True),
                name="comment_place_hosted",
            ),
            models.Index(
                fields=["root", "comment"],
                condition=Q(shown=True, level__gt=1),
                name="comment_place_first",
            ),
            models.Index(
                fields=["display_parent", "comment"],
                condition=Q(shown=True),
                name="comment_place_first_hosted",
            ),
        ]

    def __str__(self) -> str:
        return f"Position of comment {self.comment_id}"


@model_policy(public=None, personal_data="comments")
class ThreadCount(models.Model):
    """The number of visible comments on an article, and of those on the first level."""

    article = models.OneToOneField(
        Article, on_delete=models.CASCADE, primary_key=True, related_name="thread_count"
    )
    readable = models.PositiveIntegerField(default=0)
    top_level_count = models.PositiveIntegerField(default=0, help_text="Including placeholders.")

    def __str__(self) -> str:
        return f"{self.readable} comments below article {self.article_id}"


@model_policy(
    public=PublicRows(scope="recommendations", scope_per_value=("thread:", "article_id")),
    personal_data="recommendations",
)
class Recommendation(models.Model):
    """One reader's recommendation of a comment. Readers see only how many there are.

    `article` is that of the comment: a trigger finds the cached pages of its thread by this column. The
    database has no constraint on it, so that deleting an article needs no index here.
    """

    comment = models.ForeignKey(
        Comment, on_delete=models.CASCADE, related_name="recommendations", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recommendations"
    )
    article = models.ForeignKey(
        Article, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "user"], name="recommendation_once_per_reader"
            ),
        ]

    def __str__(self) -> str:
        return f"Recommendation of comment {self.comment_id}"
