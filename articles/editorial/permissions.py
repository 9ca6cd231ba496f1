"""Who may see, change and publish which article.

Django's permissions say what a role may do at all; these functions say to which article. The rule
for a text that readers can see, or will see without another look, is stricter: only who may publish
may change it, or a reporter could publish by editing.
"""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from accounts.models import User
from articles.editorial.models import Article

Somebody = User | AbstractBaseUser | AnonymousUser

UNSEEN = (Article.State.DRAFT, Article.State.UNPUBLISHED)


def may_publish(user: Somebody) -> bool:
    """Whether this person may publish, schedule and withdraw."""
    return _has(user, "publish_article")


def is_own(user: Somebody, article: Article) -> bool:
    """Whether the article was begun by this person or carries their name."""
    if article.created_by_id is not None and article.created_by_id == user.pk:
        return True
    return user.pk is not None and article.bylines.filter(author__user=user.pk).exists()


def may_change(user: Somebody, article: Article) -> bool:
    if not _has(user, "change_article"):
        return False
    if article.state not in UNSEEN and not may_publish(user):
        return False
    return _has(user, "change_others_article") or is_own(user, article)


def may_see(user: Somebody, article: Article) -> bool:
    """Whether this person may read the article on the desk; readers' own rules are elsewhere."""
    if not (_has(user, "view_article") or _has(user, "change_article")):
        return False
    return article.is_published or _has(user, "change_others_article") or is_own(user, article)


def visible_to(user: Somebody, articles: "QuerySet[Article]") -> "QuerySet[Article]":
    """The articles this person may see: the same rule as `may_see`, for lists."""
    if _has(user, "change_others_article"):
        return articles
    return articles.filter(Q(state=Article.State.PUBLISHED) | own(user))


def own(user: Somebody) -> Q:
    """The articles begun by this person or signed by them, each once."""
    signed = Article.objects.filter(bylines__author__user=user.pk).values("pk")
    return Q(created_by=user.pk) | Q(pk__in=signed)


def _has(user: Somebody, permission: str) -> bool:
    return isinstance(user, User) and user.has_perm(f"articles.{permission}")
