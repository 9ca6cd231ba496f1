"""Whether readers may comment below an article, and what becomes of it: per article and per site."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext

from articles.comments.models import Comment
from articles.comments.screening.engine import Verdict, of_findings
from articles.comments.screening.models import Action, Check
from articles.comments.screening.submission import Finding
from articles.comments.submission.trusted_commenters import why_trusted
from articles.editorial.models import Article
from iria.publication.models import Publication

BANS: Final = frozenset({Check.WRITER, Check.LIKENESS})
"""The rules that speak of bans."""


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


def moderation_notice(standing: Admission) -> str:
    """The sentence above the form that says whether a moderator reads a comment first."""
    if standing is Admission.HELD:
        return gettext("A moderator reads every comment before it appears.")
    return gettext("A moderator may read a comment before it appears.")


def _is_over(article: Article, publication: Publication) -> bool:
    """Whether the days are over. Counted whole, because pages are new with every day (UTC)."""
    own = article.comments_close_after
    days = own if own is not None else publication.comments_close_after
    if not days or article.published_at is None:
        return False
    return timezone.now().date() > (article.published_at + timedelta(days=days)).date()


def as_admitted(verdict: Verdict, standing: Admission, comment: Comment) -> Verdict:
    """What becomes of a comment by who wrote it, and where a moderator reads every one first."""
    if why := why_trusted(comment.user, comment.article_id):
        return _unless_banned(verdict, why)
    if standing is not Admission.HELD or verdict.state != Comment.State.APPROVED:
        return verdict
    says = "Every comment below this article is read first."
    return Verdict(
        Comment.State.PENDING, (*verdict.findings, Finding(Check.EVERYONE, Action.HOLD, says))
    )


def _unless_banned(verdict: Verdict, why: str) -> Verdict:
    """Only a ban still decides; what the other rules said is kept as a note."""
    findings = tuple(
        each if each.phase in BANS else Finding(each.phase, Action.ALLOW, each.says)
        for each in verdict.findings
    )
    after = of_findings(findings)
    if after.state != Comment.State.APPROVED:
        return after
    return of_findings((*findings, Finding(Check.WRITER, Action.ALLOW, why)))
