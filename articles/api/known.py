"""Names that readers know: what only drafts bear is not told, not even that it is there."""

from django.db.models import Exists, OuterRef, QuerySet
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial.models import Article, ArticleTag, Byline


def tags() -> "QuerySet[Tag]":
    """Tags of published articles."""
    worn = ArticleTag.objects.filter(
        tag=OuterRef("pk"), content_object__in=Article.objects.published()
    )
    return Tag.objects.filter(Exists(worn))


def authors() -> "QuerySet[AuthorProfile]":
    """Authors of published articles."""
    signed = Byline.objects.filter(author=OuterRef("pk"), article__in=Article.objects.published())
    return AuthorProfile.objects.filter(Exists(signed))
