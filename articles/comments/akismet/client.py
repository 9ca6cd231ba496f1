"""The client of Akismet (akismet.com/developers, version 1.1), used with a key and an active rule.

It receives the text, the commenter's name and the IP address, which it requires, but never the
e-mail address.
"""

from typing import Final

from django.conf import settings
from django.utils.translation import gettext

from articles.comments.models import Comment
from articles.comments.screening.models import Check, ScreeningRule
from articles.comments.submission.trusted_commenters import why_trusted
from iria.core.http.safe_client import FormResponse, RequestFailed, post_form


def rule() -> ScreeningRule | None:
    """The rule that says what follows from its answer; None where nobody is asked."""
    if not settings.AKISMET_KEY:
        return None
    return ScreeningRule.objects.filter(phase=Check.AKISMET, active=True).first()


def recipient_name() -> str:
    """For the page about personal data; empty while comments are not checked there."""
    if rule() is None:
        return ""
    return gettext(
        "Akismet (Automattic, United States), a spam check that receives the text of the comment, the name "
        "and the IP address"
    )


def concerns(comment: Comment) -> bool:
    """Not what is refused already, or waits for its commenter."""
    open_to_it = comment.state in {Comment.State.PENDING, Comment.State.APPROVED}
    return open_to_it and concerns_writer(comment)


def concerns_writer(comment: Comment) -> bool:
    """What the newsroom itself and the article's own authors write goes to nobody."""
    writer = comment.user
    return writer is None or not (writer.is_staff or why_trusted(writer, comment.article_id))


ADDRESS: Final = "https://rest.akismet.com/1.1/"
HELP: Final = "X-akismet-debug-help"
THANKS: Final = "Thanks"


def is_spam(comment: Comment, address: str) -> bool:
    """What Akismet takes a comment for.

    Args:
        address: the IP address it came from.

    Raises:
        RequestFailed
    """
    answer = _sent("comment-check", comment, address)
    if answer.words.strip() not in {"true", "false"}:
        raise RequestFailed(_unusable(answer))
    return answer.words.strip() == "true"


def report(comment: Comment, address: str, *, spam: bool) -> None:
    """Tells Akismet that it was wrong.

    Raises:
        RequestFailed
    """
    answer = _sent("submit-spam" if spam else "submit-ham", comment, address)
    if not answer.words.startswith(THANKS):
        raise RequestFailed(_unusable(answer))


def _sent(deed: str, comment: Comment, address: str) -> FormResponse:
    article = comment.article
    fields = {
        "api_key": settings.AKISMET_KEY,
        "blog": settings.SITE_URL,
        "blog_lang": article.language,
        "blog_charset": "UTF-8",
        "user_ip": address,
        "permalink": settings.SITE_URL + article.get_absolute_url(),
        "comment_type": "reply" if comment.parent_id else "comment",
        "comment_author": comment.public_name,
        "comment_content": comment.text,
        "comment_date_gmt": comment.created_at.isoformat(),
    }
    if comment.edited_at:
        fields["recheck_reason"] = "edit"
    return post_form(ADDRESS + deed, fields, agent=f"IRIA/1.0 ({settings.SITE_URL})", hint=HELP)


def _unusable(answer: FormResponse) -> str:
    """Never with the key in it: the sentence is kept beside the comment."""
    said = (answer.hint or answer.words[:60]).replace(settings.AKISMET_KEY, "…")
    return f"It answers “{' '.join(said.split())}”; the key may not be valid."
