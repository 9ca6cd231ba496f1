"""The client of Akismet (akismet.com/developers, version 1.1), and comments that wait for its result.

It is used with a key and an active rule. It receives the text, the commenter's name and the IP
address, which it requires, but never the e-mail address.
"""

from typing import Final

from django.conf import settings
from django.utils.translation import gettext

from articles.comments.models import Comment, ModerationDecision
from articles.comments.screening.checks import Finding
from articles.comments.screening.models import Action, AkismetResult, Check, ScreeningRule
from articles.comments.submission.comment_policy import why_trusted
from iria.core import jobs
from iria.core.http.safe_client import FormResponse, RequestFailed, post_form


def active_rule() -> ScreeningRule | None:
    """Returns the active rule; None if comments are not checked."""
    if not settings.AKISMET_KEY:
        return None
    return ScreeningRule.objects.filter(phase=Check.AKISMET, active=True).first()


def recipient_name() -> str:
    """Returns the recipient for the page about personal data; empty if comments are not checked."""
    if active_rule() is None:
        return ""
    return gettext(
        "Akismet (Automattic, United States), a spam check that receives the text of the comment, the name "
        "and the IP address"
    )


def can_be_checked(comment: Comment) -> bool:
    """Whether the comment is pending or approved, and not by a trusted commenter."""
    has_state = comment.state in {Comment.State.PENDING, Comment.State.APPROVED}
    return has_state and is_commenter_checked(comment)


def is_commenter_checked(comment: Comment) -> bool:
    """Whether the commenter is neither of the newsroom nor an author of the article."""
    user = comment.user
    return user is None or not (user.is_staff or why_trusted(user, comment.article_id))


BASE_URL: Final = "https://rest.akismet.com/1.1/"
HELP_HEADER: Final = "X-akismet-debug-help"
THANKS: Final = "Thanks"


def is_spam(comment: Comment, ip_address: str) -> bool:
    """Returns whether Akismet considers a comment spam.

    Args:
        ip_address: of the comment.

    Raises:
        RequestFailed
    """
    response = _post("comment-check", comment, ip_address)
    if response.words.strip() not in {"true", "false"}:
        raise RequestFailed(_unexpected(response))
    return response.words.strip() == "true"


def report(comment: Comment, ip_address: str, *, spam: bool) -> None:
    """Reports a wrong result to Akismet.

    Raises:
        RequestFailed
    """
    response = _post("submit-spam" if spam else "submit-ham", comment, ip_address)
    if not response.words.startswith(THANKS):
        raise RequestFailed(_unexpected(response))


def _post(method: str, comment: Comment, ip_address: str) -> FormResponse:
    article = comment.article
    fields = {
        "api_key": settings.AKISMET_KEY,
        "blog": settings.SITE_URL,
        "blog_lang": article.language,
        "blog_charset": "UTF-8",
        "user_ip": ip_address,
        "permalink": settings.SITE_URL + article.get_absolute_url(),
        "comment_type": "reply" if comment.parent_id else "comment",
        "comment_author": comment.public_name,
        "comment_content": comment.text,
        "comment_date_gmt": comment.created_at.isoformat(),
    }
    if comment.edited_at:
        fields["recheck_reason"] = "edit"
    return post_form(
        BASE_URL + method, fields, agent=f"IRIA/1.0 ({settings.SITE_URL})", hint=HELP_HEADER
    )


def _unexpected(response: FormResponse) -> str:
    """Describes an unexpected response, without the key, because the text is saved with the comment."""
    text = (response.hint or response.words[:60]).replace(settings.AKISMET_KEY, "…")
    return f"It answers “{' '.join(text.split())}”; the key may not be valid."


PENDING_MESSAGE: Final = "Akismet is being asked whether it is spam."
NO_SPAM: Final = "Akismet does not consider it spam."


def finding_for(comment: Comment) -> Finding | None:
    """Returns a finding that keeps a comment pending until the result; None if Akismet has no say."""
    rule = active_rule() if is_commenter_checked(comment) else None
    if rule is None or rule.action == Action.ALLOW:
        return None
    return Finding(Check.AKISMET, Action.HOLD, PENDING_MESSAGE)


def enqueue(comment: Comment, row: ModerationDecision | None) -> None:
    """Queues the check of new text; called in the transaction that saves it.

    Args:
        row: the decision about the new text, if there is one.
    """
    if not can_be_checked(comment) or active_rule() is None:
        return
    values: dict[str, object] = {"spam": None, "correction": ""}
    if row is not None:
        values["pending_decision"] = row if is_pending(comment) else None
    AkismetResult.objects.update_or_create(comment=comment, defaults=values)
    jobs.enqueue("comments.akismet", comment_id=comment.pk)


def is_pending(comment: Comment) -> bool:
    """Whether the comment is pending only because the result is missing."""
    return any(each["says"] == PENDING_MESSAGE for each in comment.screening_results)


def awaits_result(comment: Comment, row: ModerationDecision) -> bool:
    """Whether a decision keeps the comment pending only until the result."""
    return AkismetResult.objects.filter(comment=comment, pending_decision=row).exists()
