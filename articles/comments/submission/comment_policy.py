"""Whether an article shows comments and accepts new ones: by article, else by site."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext

from articles.editorial.models import Article
from iria.publication.models import CommentPolicy, Publication


@dataclass(frozen=True, slots=True)
class CommentSettings:
    """What applies to the comments of an article now."""

    policy: CommentPolicy
    is_open: bool
    """Whether new comments are accepted; those that are there stay."""

    @property
    def is_off(self) -> bool:
        """No comments, and none are shown."""
        return self.policy == CommentPolicy.OFF

    @property
    def notice(self) -> str:
        """The sentence above the form that says who reads a comment before it appears."""
        if self.policy == CommentPolicy.HELD:
            return gettext("A moderator reads every comment before it appears.")
        return gettext("A moderator may read a comment before it appears.")


def settings_of(article: Article, publication: Publication) -> CommentSettings:
    """The article's own settings, and those of the publication for what it leaves empty."""
    policy = CommentPolicy(article.comments_policy or publication.comments_policy)
    is_open = (
        policy != CommentPolicy.OFF
        and article.is_published
        and article.comments_open
        and not _has_ended(article, publication)
    )
    return CommentSettings(policy, is_open)


def _has_ended(article: Article, publication: Publication) -> bool:
    """Whole days (UTC), because stored pages change with every day."""
    own = article.comments_close_after
    days = own if own is not None else publication.comments_close_after
    if not days or article.published_at is None:
        return False
    return timezone.now().date() > (article.published_at + timedelta(days=days)).date()
