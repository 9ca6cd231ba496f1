"""Whether Akismet is asked: with a key in the settings, and its rule on."""

from django.conf import settings

from articles.comments.models import Comment
from articles.comments.screening.models import Phase, ScreeningRule
from articles.comments.trusted import why_trusted


def rule() -> ScreeningRule | None:
    """The rule that says what follows from its answer; None where nobody is asked."""
    if not settings.AKISMET_KEY:
        return None
    return ScreeningRule.objects.filter(phase=Phase.AKISMET, active=True).first()


def concerns(comment: Comment) -> bool:
    """Not what is refused already, or waits for its writer."""
    open_to_it = comment.state in {Comment.State.HELD, Comment.State.APPROVED}
    return open_to_it and concerns_writer(comment)


def concerns_writer(comment: Comment) -> bool:
    """What the newsroom itself and the article's own authors write goes to nobody."""
    writer = comment.user
    return writer is None or not (writer.is_staff or why_trusted(writer, comment.article_id))
