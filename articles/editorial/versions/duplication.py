"""Copies of articles."""

import uuid
from typing import Final

from accounts.models import User
from articles.editorial.models import Article
from articles.editorial.versions import drafts
from articles.editorial.versions.content import content_of, deleted_images

ADDED: Final = " (copy)"


def duplicate(article: Article, *, by: User, form_id: uuid.UUID | None = None) -> Article:
    """A new draft with the content of the article, or of its draft if it has one.

    It has no URL and is linked to no translation. What belongs to the publication stays with the
    original: comments, corrections, versions and dates.

    Args:
        form_id: that of the button that was pressed, so that pressing it twice makes one copy.
    """
    original = Article.objects.get(pk=article.pk)
    draft = drafts.draft_of(original)
    content = content_of(original) if draft is None else drafts.open_for_editing(original).content
    changed = {
        "headline": _headline(content["headline"]),
        "slug": "",
        "translation_of": None,
        **dict.fromkeys(deleted_images(content)),
    }
    copy = Article(form_id=form_id)
    drafts.create(copy, content | changed, by=by)
    return copy


def _headline(headline: str) -> str:
    longest = Article._meta.get_field("headline").max_length or 0
    marked = f"{headline}{ADDED}" if headline else ""
    return marked if len(marked) <= longest else headline
