"""What stands around the articles: the publication's row, sections, pages."""

from functools import partial

from articles.editorial import category_tree
from articles.editorial.models import Category
from articles.pages import saving
from articles.pages.models import Page
from iria.core.db.row_origins import RowOrigins
from iria.demo import content
from iria.publication.models import Publication

PUBLICATION = "publication"


def load_publication(marks: RowOrigins) -> int:
    """Name, tagline and contact, unless an editor has written the publication's own."""

    def make() -> Publication | None:
        if Publication.objects.exists():
            return None
        return Publication.objects.create(**content.table("publication")["publication"])

    return marks.create_once(PUBLICATION, make)


def is_as_loaded(publication: Publication) -> bool:
    """Whether nobody has changed the publication's row since."""
    words = content.table("publication")["publication"]
    return all(getattr(publication, name) == value for name, value in words.items())


def load_categories(marks: RowOrigins) -> int:
    """The sections in their order; one of an editor's own at the same address serves as well."""
    return sum(
        marks.create_once(f"category:{words['path']}", partial(_category, words, position))
        for position, words in enumerate(content.table("publication")["category"])
    )


def _category(words: dict[str, str], position: int) -> Category | None:
    above, _, slug = words["path"].rpartition("/")
    parent = Category.objects.filter(path=above).first() if above else None
    if Category.objects.filter(path=words["path"]).exists() or (above and parent is None):
        return None
    category = Category(
        name=words["name"],
        slug=slug,
        parent=parent,
        position=position,
        introduction=words["introduction"],
    )
    category_tree.save(category)
    return category


def load_pages(marks: RowOrigins) -> int:
    return sum(
        marks.create_once(f"page:{page.path}", partial(_page, page)) for page in content.pages()
    )


def _page(words: content.PlainPage) -> Page | None:
    if Page.objects.filter(path=words.path).exists():
        return None
    page = Page(
        path=words.path,
        title=words.title,
        description=words.description,
        position=words.position,
        body=words.body,
        is_published=True,
    )
    saving.save(page)
    return page
