"""Whether an article shows comments and accepts new ones, by article, else by site; trusted commenters.

Comments of the newsroom and of an article's own authors are published immediately. Only signed-in
accounts are trusted: a guest can enter anybody's e-mail address.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from articles.comments.models import Comment
from articles.editorial.models import Article, Byline
from iria.publication.models import CommentPolicy, Publication


@dataclass(frozen=True, slots=True)
class ArticlePolicy:
    """Whether an article shows comments now, accepts new ones and holds them for moderation."""

    mode: CommentPolicy
    is_open: bool
    """Whether new comments are accepted. Existing ones are shown anyway."""

    @property
    def is_off(self) -> bool:
        """Whether comments are neither accepted nor shown."""
        return self.mode == CommentPolicy.OFF

    @property
    def notice(self) -> str:
        """The notice above the form about moderation."""
        if self.mode == CommentPolicy.HELD:
            return gettext("A moderator reads every comment before it appears.")
        return gettext("A moderator may read a comment before it appears.")


def policy_of(article: Article, publication: Publication) -> ArticlePolicy:
    """Returns the policy of the article, with that of the publication as default."""
    mode = CommentPolicy(article.comments_policy or publication.comments_policy)
    is_open = (
        mode != CommentPolicy.OFF
        and article.is_published
        and article.comments_open
        and not _has_ended(article, publication)
    )
    return ArticlePolicy(mode, is_open)


def _has_ended(article: Article, publication: Publication) -> bool:
    """Compares whole days (UTC), because cached pages change at most once a day."""
    own = article.comments_close_after
    days = own if own is not None else publication.comments_close_after
    if not days or article.published_at is None:
        return False
    return timezone.now().date() > (article.published_at + timedelta(days=days)).date()


BY_NEWSROOM: Final = "By a member of the newsroom: published immediately."
BY_AUTHOR: Final = "By an author of the article: published immediately."


def why_trusted(user: User | None, article_id: int) -> str:
    """Returns why a user's comments on an article are published at once; empty if they are not.

    Args:
        user: the account that is signed in; None for a guest.
    """
    if user is None or not user.is_active:
        return ""
    if works_in_newsroom(user):
        return BY_NEWSROOM
    own = Byline.objects.filter(article=article_id, author__user=user)
    return BY_AUTHOR if own.exists() else ""


def works_in_newsroom(user: User) -> bool:
    """Whether the user has permissions for articles or comments in the admin."""
    return user.is_staff and user.is_active and user.has_module_perms("articles")


def trusted_ids_since(moment: datetime) -> set[int]:
    """Returns the ids of trusted comments since a moment.

    Takes two queries, and those for the permissions of each member of the newsroom.
    """
    recent = Comment.objects.filter(created_at__gte=moment, user__is_active=True).order_by()
    staff = User.objects.filter(is_staff=True, pk__in=recent.values("user"))
    newsroom = [user.pk for user in staff if works_in_newsroom(user)]
    by_author = Byline.objects.filter(article=OuterRef("article"), author__user=OuterRef("user"))
    return {
        *recent.filter(user__in=newsroom).values_list("pk", flat=True),
        *recent.filter(Exists(by_author)).values_list("pk", flat=True),
    }
