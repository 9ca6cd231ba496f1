"""Names that readers know: what only drafts bear is not told, not even that it is there."""

from django.db.models import QuerySet
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial.listings import in_use
from articles.editorial.models import Scope


def tags() -> "QuerySet[Tag]":
    """Tags of published articles."""
    return Tag.objects.filter(in_use(Scope.TAG))


def authors() -> "QuerySet[AuthorProfile]":
    """Authors of published articles."""
    return AuthorProfile.objects.filter(in_use(Scope.AUTHOR))
