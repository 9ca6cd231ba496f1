"""Who may see, change and publish which article.

Django's permissions say what a role may do at all; these functions say with which article. A
published or scheduled article can only be changed by users who may publish, or a reporter could
publish by editing.
"""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from accounts.models import User
from articles.editorial.models import Article, Revision

AnyUser = User | AbstractBaseUser | AnonymousUser

UNSEEN = (Article.State.DRAFT, Article.State.UNPUBLISHED)


def may_publish(user: AnyUser) -> bool:
    """Whether this user may publish, schedule and unpublish."""
    return _has(user, "publish_article")


def is_own(user: AnyUser, article: Article) -> bool:
    """Whether this user created the article or is one of its authors."""
    if article.created_by_id is not None and article.created_by_id == user.pk:
        return True
    return user.pk is not None and article.bylines.filter(author__user=user.pk).exists()


def may_change(user: AnyUser, article: Article) -> bool:
    """What is in the trash cannot be changed; `may_restore` says who may restore it."""
    if not _has(user, "change_article") or article.is_in_trash:
        return False
    if article.state not in UNSEEN and not may_publish(user):
        return False
    return _has(user, "change_others_article") or is_own(user, article)


def may_move_to_trash(user: AnyUser, article: Article) -> bool:
    """Whether this user may do so at all; `trash.move` says what must be done first."""
    return _has(user, "delete_article") and may_change(user, article)


def may_restore(user: AnyUser, article: Article) -> bool:
    if not (article.is_in_trash and _has(user, "change_article") and _has(user, "delete_article")):
        return False
    return _has(user, "change_others_article") or is_own(user, article)


def may_delete_for_good(user: AnyUser) -> bool:
    """Only administrators may."""
    return isinstance(user, User) and user.is_active and user.is_superuser


def may_see(user: AnyUser, article: Article) -> bool:
    """Whether this user may see the article in the admin, as readers see it or with its draft."""
    return may_see_draft(user, article) or (article.is_published and _may_view(user))


def may_see_draft(user: AnyUser, article: Article) -> bool:
    """Whether this user may see what readers do not: an unpublished article, or changes of a published one.

    Everybody else gets the published version.
    """
    if article.is_in_trash or not _may_view(user):
        return False
    return _has(user, "change_others_article") or is_own(user, article)


def visible_to(user: AnyUser, articles: "QuerySet[Article]") -> "QuerySet[Article]":
    """The articles this user may see: the same rule as `may_see`, for lists."""
    published = articles.filter(state=Article.State.PUBLISHED)
    return published | with_visible_draft(user, articles)


def with_visible_draft(user: AnyUser, articles: "QuerySet[Article]") -> "QuerySet[Article]":
    """The same rule as `may_see_draft`, for lists."""
    articles = articles.exclude(state=Article.State.TRASH)
    return articles if _has(user, "change_others_article") else articles.filter(own(user))


def visible_revisions(user: AnyUser, article: Article) -> "QuerySet[Revision]":
    """The versions that this user may read: all, or the one that readers see."""
    revisions = article.revisions.all()
    if may_see_draft(user, article):
        return revisions
    live = revisions.filter(published_at__isnull=False).order_by("-published_at", "-number")
    return revisions.filter(pk__in=live.values("pk")[: int(article.is_published)])


def visible_in_trash(user: AnyUser) -> "QuerySet[Article]":
    """The articles in the trash that this user may see there."""
    articles = Article.objects.filter(state=Article.State.TRASH)
    if not _has(user, "change_article"):
        return articles.none()
    return articles if _has(user, "change_others_article") else articles.filter(own(user))


def own(user: AnyUser) -> Q:
    """The articles that this user created or is an author of, each once."""
    signed = Article.objects.filter(bylines__author__user=user.pk).values("pk")
    return Q(created_by=user.pk) | Q(pk__in=signed)


def _may_view(user: AnyUser) -> bool:
    return _has(user, "view_article") or _has(user, "change_article")


def _has(user: AnyUser, permission: str) -> bool:
    return isinstance(user, User) and user.has_perm(f"articles.{permission}")
