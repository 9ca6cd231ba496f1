"""Loads the publication, the categories and the pages."""

from functools import partial
from typing import Any

from articles.editorial import category_tree
from articles.editorial.models import Category
from articles.pages import saving
from articles.pages.models import Page
from iria.core.db.row_origins import RowOrigins
from iria.demo import content
from iria.publication.models import Publication

PUBLICATION = "publication"


def load_publication(origins: RowOrigins) -> int:
    """Loads name, tagline and contact, unless the publication exists."""

    def make() -> Publication | None:
        if Publication.objects.exists():
            return None
        return Publication.objects.create(**content.table("publication")["publication"])

    return origins.create_once(PUBLICATION, make)


def is_as_loaded(publication: Publication) -> bool:
    """Whether the publication is unchanged since it was loaded."""
    values = content.table("publication")["publication"]
    return all(getattr(publication, name) == value for name, value in values.items())


def load_categories(origins: RowOrigins) -> int:
    """Loads the categories in order; an existing category with the same path is used as it is."""
    return sum(
        origins.create_once(f"category:{values['path']}", partial(_category, values, position))
        for position, values in enumerate(content.table("publication")["category"])
    )


def _category(values: dict[str, Any], position: int) -> Category | None:
    parent_path, _, slug = values["path"].rpartition("/")
    parent = Category.objects.filter(path=parent_path).first() if parent_path else None
    if Category.objects.filter(path=values["path"]).exists() or (parent_path and parent is None):
        return None
    category = Category(
        name=values["name"],
        slug=slug,
        parent=parent,
        position=position,
        introduction=values["introduction"],
        translations=values["translations"],
    )
    category_tree.save(category)
    return category


def load_pages(origins: RowOrigins) -> int:
    return sum(
        origins.create_once(f"page:{page.path}", partial(_page, page)) for page in content.pages()
    )


def _page(source: content.PlainPage) -> Page | None:
    if Page.objects.filter(path=source.path).exists():
        return None
    page = Page(
        path=source.path,
        title=source.title,
        description=source.description,
        position=source.position,
        body=source.body,
        is_published=True,
    )
    saving.save(page)
    return page
