"""Finding comments by words, for those who moderate them.

Every word must be held, quotes bind, a minus keeps out; a comment is read in the language of its article,
without accents. PostgreSQL keeps the words (migration `words_of_comments`), so that they are right whoever writes.
"""

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q

from articles.comments.models import CommentWords
from articles.comments.querysets import CommentQuerySet
from articles.editorial.stemming import CONFIGURATIONS, PLAIN


def found(comments: CommentQuerySet, words: str) -> CommentQuerySet:
    """The comments whose text or writer holds the words, or whose article's headline does; all, if none is typed."""
    words = words.replace("\x00", " ").strip()
    if not words:
        return comments
    holding = Q(pk__in=[])
    for name in {*CONFIGURATIONS.values(), PLAIN}:
        query = SearchQuery(words, config=name, search_type="websearch")
        holding |= Q(configuration=name, vector=query)
    held = CommentWords.objects.filter(holding).values("comment")
    below = comments.model.objects.filter(article__headline__icontains=words).order_by()
    return comments.filter(pk__in=held.union(below.values("pk")))
