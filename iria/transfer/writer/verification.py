"""Reading the database again after an import: is everything there that the report says, and do old URLs work?"""

from collections.abc import Iterator
from itertools import batched
from typing import Any, Final
from urllib.parse import unquote

from accounts.models import AuthorProfile
from articles.comments.models import Comment
from articles.editorial.models import Article, Category
from articles.images.models import Image
from articles.pages.models import Page
from articles.public.redirect_middleware import find_redirects
from iria.transfer.records import Kind
from iria.transfer.report import Outcome, Report
from iria.transfer.writer.items import Items

MODELS: Final[dict[Kind, type[Any]]] = {
    Kind.POSTS: Article,
    Kind.PAGES: Page,
    Kind.COMMENTS: Comment,
    Kind.IMAGES: Image,
    Kind.AUTHORS: AuthorProfile,
    Kind.CATEGORIES: Category,
}
AT_ONCE: Final = 1_000


def problems(report: Report, items: Items) -> Iterator[str]:
    """A sentence for each row that is missing and each old URL that leads to another place."""
    for batch in batched(report.items(Outcome.CREATED, Outcome.UPDATED), AT_ONCE):
        for kind, model in MODELS.items():
            if report.dry_run and kind == Kind.IMAGES:
                # A dry run adopts none.
                continue
            ids = [each["source_id"] for each in batch if each["kind"] == kind]
            yield from (
                f"{kind.value} {source_id} is not in the database."
                for source_id in items.missing(kind, ids, model)
            )
        expected = {
            each["source_id"]: each["url"] for each in batch if each["kind"] == Kind.REDIRECTS
        }
        for old, new in find_redirects(expected).items():
            if unquote(new) != unquote(expected[old]):
                yield f"{old} leads to {new or 'nothing'}, not to {expected[old]}."
