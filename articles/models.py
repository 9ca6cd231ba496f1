"""Index for Django: the models of every room."""

from articles.editorial.models import (
    Article,
    ArticleCategory,
    ArticleTag,
    Byline,
    Category,
    Correction,
    Figure,
    Kind,
    Portrait,
    Redirect,
    Revision,
    StateChange,
)
from articles.images.models import Image, Rendition

__all__ = [
    "Article",
    "ArticleCategory",
    "ArticleTag",
    "Byline",
    "Category",
    "Correction",
    "Figure",
    "Image",
    "Kind",
    "Portrait",
    "Redirect",
    "Rendition",
    "Revision",
    "StateChange",
]
