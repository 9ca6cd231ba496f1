"""Old addresses that keep leading to what stood there."""

from typing import TypedDict, Unpack

from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial.models import Article, Category, Redirect


class Target(TypedDict, total=False):
    """What stands at the new address; exactly one of these."""

    article: Article
    category: Category
    author: AuthorProfile
    tag: Tag


def leave(old_path: str, new_path: str, **target: Unpack[Target]) -> None:
    """Lets an old address lead to what moved away from it; leaving it twice changes nothing.

    What moves back to where it once was no longer needs the way there, so no ring is ever made.
    """
    if old_path == new_path:
        return
    Redirect.objects.filter(old_path=new_path).delete()
    nobody: dict[str, None] = {"article": None, "category": None, "author": None, "tag": None}
    Redirect.objects.update_or_create(old_path=old_path, defaults={**nobody, **target})
