"""Reading the database again after an import: is everything there that the report says, and do old URLs work?"""

from collections.abc import Iterator
from typing import Final

from accounts.models import AuthorProfile
from articles.comments.models import Comment
from articles.editorial.models import Article, Category
from articles.images.models import Image
from articles.pages.models import Page
from articles.public.redirect_middleware import find_numbered, find_redirect
from iria.core.db.imported_items import ImportedItem
from iria.transfer.records import Kind
from iria.transfer.report import Outcome, Report
from iria.transfer.writer.items import ID_LENGTH, Items

MODELS: Final = {
    Kind.POSTS: Article,
    Kind.PAGES: Page,
    Kind.COMMENTS: Comment,
    Kind.IMAGES: Image,
    Kind.AUTHORS: AuthorProfile,
    Kind.CATEGORIES: Category,
}
NUMBERED: Final = "/?p="


def problems(report: Report, items: Items) -> Iterator[str]:
    """A sentence for each row that is missing and each old URL that leads to another place."""
    for kind, model in MODELS.items():
        rows = ImportedItem.objects.filter(source=items.source, kind=kind.value)
        existing = model._default_manager.filter(pk__in=rows.values("object_id"))
        found = dict(
            rows.filter(object_id__in=existing.values("pk")).values_list("source_id", "pk")
        )
        for item in report.items(Outcome.CREATED, Outcome.UPDATED):
            if item["kind"] == kind and item["source_id"][:ID_LENGTH] not in found:
                yield f"{kind.value} {item['source_id']} is not in the database."
    for item in report.items(Outcome.CREATED):
        if item["kind"] == Kind.REDIRECTS and (wrong := _wrong(item["source_id"], item["url"])):
            yield wrong


def _wrong(old_path: str, expected: str) -> str:
    is_numbered = old_path.startswith(NUMBERED)
    new = find_numbered(old_path.removeprefix(NUMBERED)) if is_numbered else find_redirect(old_path)
    return "" if new == expected else f"{old_path} leads to {new or 'nothing'}, not to {expected}."
