"""Writing to an address that somebody entered, and that may not be theirs."""

from articles.comments.notifications import emails
from articles.comments.notifications.models import Follow
from articles.comments.notifications.smtp import NotSent, Outcome, send
from articles.comments.submission.mail_limits import may_write_to


def answer(follow_id: int) -> None:
    """Asks to confirm; says that all is well already where it is. Nothing if it was left since.

    Raises:
        NotSent: try again later.
    """
    follow = Follow.objects.for_page().filter(pk=follow_id, left_at__isnull=True).first()
    if follow is None or not may_write_to(follow.follower.address):
        return
    # An address that mail came back from may be in order again; only its owner could say so.
    message = emails.already_following(follow) if follow.is_active else emails.ask(follow)
    if send(message, about=f"follow {follow.pk}") is Outcome.DEFERRED:
        sentence = f"mail about follow {follow.pk}"
        raise NotSent(sentence)
