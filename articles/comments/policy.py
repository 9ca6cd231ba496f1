"""Whether readers may comment below an article, and what becomes of it: per article and per site."""

from datetime import timedelta
from enum import StrEnum

from django.utils import timezone

from articles.comments.models import Comment
from articles.comments.screening.looking import Verdict
from articles.comments.screening.models import Action, Phase
from articles.comments.screening.submission import Finding
from articles.editorial.models import Article
from iria.publication.models import Publication


class Admission(StrEnum):
    """What happens to a new comment."""

    OFF = "off"
    """There is no conversation here, and none is shown."""
    CLOSED = "closed"
    """What was written stays; nothing new is taken."""
    HELD = "held"
    """A moderator reads it first, whatever the rules say."""
    OPEN = "open"
    """The rules of the first look decide."""

    @property
    def takes(self) -> bool:
        return self in {Admission.HELD, Admission.OPEN}


def admission(article: Article, publication: Publication) -> Admission:
    """What holds for an article now; what it leaves open, the publication says."""
    policy = article.comments_policy or publication.comments_policy
    if policy == "off":
        return Admission.OFF
    if not (article.is_published and article.comments_open) or _is_over(article, publication):
        return Admission.CLOSED
    return Admission(policy)


def _is_over(article: Article, publication: Publication) -> bool:
    """Whether the days are over. Counted whole, because pages are new with every day (UTC)."""
    own = article.comments_close_after
    days = own if own is not None else publication.comments_close_after
    if not days or article.published_at is None:
        return False
    return timezone.now().date() > (article.published_at + timedelta(days=days)).date()


def as_admitted(verdict: Verdict, standing: Admission) -> Verdict:
    """What becomes of a comment where a moderator reads every one first."""
    if standing is not Admission.HELD or verdict.state != Comment.State.APPROVED:
        return verdict
    says = "Every comment below this article is read first."
    return Verdict(
        Comment.State.HELD, (*verdict.findings, Finding(Phase.EVERYONE, Action.HOLD, says))
    )
