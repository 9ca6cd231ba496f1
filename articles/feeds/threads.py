"""The comments below an article as entries of a feed."""

from django.utils.translation import gettext

from articles.body.remarks import remark
from articles.comments.models import Comment
from articles.editorial.models import Article
from articles.feeds.entries import Entry, Person
from articles.feeds.ids import tag_id
from articles.feeds.xml import legal
from iria.kit.addresses import absolute

COMMENTS = 50
"""Comments in a feed; a busy thread moves faster than a front page."""


def thread_entries(article: Article) -> list[Entry]:
    """The newest comments that can be read, in one query."""
    comments = Comment.objects.published().filter(article=article).select_related("user")
    newest = comments.order_by("-created_at", "-pk")[:COMMENTS]
    return [_entry(comment, article) for comment in newest]


def _entry(comment: Comment, article: Article) -> Entry:
    name = legal(comment.public_name)
    return Entry(
        id=tag_id(comment.created_at, f"comment/{comment.pk}"),
        address=absolute(comment.get_absolute_url()),
        title=gettext("%(name)s on %(headline)s")
        % {"name": name, "headline": legal(article.headline)},
        summary="",
        html=remark(legal(comment.text)),
        language=article.language,
        published=comment.created_at,
        updated=comment.edited_at or comment.created_at,
        authors=[Person(name)],
        topics=[],
    )
