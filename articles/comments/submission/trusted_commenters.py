"""Comments of the newsroom and of an article's own authors are published immediately.

Only an account that is signed in counts. A guest can type the e-mail address of anybody.
"""

from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef

from accounts.models import User
from articles.comments.models import Comment
from articles.editorial.models import Byline

BY_NEWSROOM: Final = "By a member of the newsroom: published immediately."
BY_AUTHOR: Final = "By an author of the article: published immediately."


def why_trusted(writer: User | None, article_id: int) -> str:
    """Why somebody's comments on an article are published at once; empty where they are not.

    Args:
        commenter: the account that is signed in; None for a guest.
    """
    if writer is None or not writer.is_active:
        return ""
    if works_in_newsroom(writer):
        return BY_NEWSROOM
    own = Byline.objects.filter(article=article_id, author__user=writer)
    return BY_AUTHOR if own.exists() else ""


def works_in_newsroom(user: User) -> bool:
    """Whether somebody has a role in the admin that has to do with articles or their comments."""
    return user.is_staff and user.is_active and user.has_module_perms("articles")


def ids_since(moment: datetime) -> set[int]:
    """The trusted comments since a moment, in two queries and those for the roles of each colleague."""
    recent = Comment.objects.filter(created_at__gte=moment, user__is_active=True).order_by()
    writers = User.objects.filter(is_staff=True, pk__in=recent.values("user"))
    colleagues = [user.pk for user in writers if works_in_newsroom(user)]
    by_author = Byline.objects.filter(article=OuterRef("article"), author__user=OuterRef("user"))
    return {
        *recent.filter(user__in=colleagues).values_list("pk", flat=True),
        *recent.filter(Exists(by_author)).values_list("pk", flat=True),
    }
