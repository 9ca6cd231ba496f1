"""Whether an article shows comments and accepts new ones: by article, else by site."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext

from articles.editorial.models import Article
from iria.publication.models import CommentPolicy, Publication


@dataclass(frozen=True, slots=True)
class CommentSettings:
    """The comment settings that apply to an article now."""

    policy: CommentPolicy
    is_open: bool
    """Whether new comments are accepted. Existing ones are shown anyway."""

    @property
    def is_off(self) -> bool:
        """Whether comments are neither accepted nor shown."""
        return self.policy == CommentPolicy.OFF

    @property
    def notice(self) -> str:
        """The notice above the form about moderation."""
        if self.policy == CommentPolicy.HELD:
            return gettext("A moderator reads every comment before it appears.")
        return gettext("A moderator may read a comment before it appears.")


def settings_of(article: Article, publication: Publication) -> CommentSettings:
    """Returns the settings of the article, with those of the publication as defaults."""
    policy = CommentPolicy(article.comments_policy or publication.comments_policy)
    is_open = (
        policy != CommentPolicy.OFF
        and article.is_published
        and article.comments_open
        and not _has_ended(article, publication)
    )
    return CommentSettings(policy, is_open)


def _has_ended(article: Article, publication: Publication) -> bool:
    """Compares whole days (UTC), because cached pages change at most once a day."""
    own = article.comments_close_after
    days = own if own is not None else publication.comments_close_after
    if not days or article.published_at is None:
        return False
    return timezone.now().date() > (article.published_at + timedelta(days=days)).date()
