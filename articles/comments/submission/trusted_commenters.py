"""Comments of the newsroom and of an article's own authors are published immediately.

Only signed-in accounts are trusted. A guest can enter anybody's e-mail address.
"""

from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef

from accounts.models import User
from articles.comments.models import Comment
from articles.editorial.models import Byline

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
