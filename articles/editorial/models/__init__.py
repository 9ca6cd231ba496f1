"""The models of the desk."""

from articles.editorial.models.article import Article, ArticleCategory, ArticleTag
from articles.editorial.models.byline import Byline, Portrait
from articles.editorial.models.category import Category, Kind
from articles.editorial.models.correction import Correction
from articles.editorial.models.figure import Figure
from articles.editorial.models.listing import (
    ListingCount,
    ListingEntry,
    ListingRecheck,
    Scope,
)
from articles.editorial.models.redirect import Redirect
from articles.editorial.models.revision import Revision, StateChange
from articles.editorial.models.series import Series, SeriesPart
from articles.editorial.models.translation import TranslationGroup

__all__ = [
    "Article",
    "ArticleCategory",
    "ArticleTag",
    "Byline",
    "Category",
    "Correction",
    "Figure",
    "Kind",
    "ListingCount",
    "ListingEntry",
    "ListingRecheck",
    "Portrait",
    "Redirect",
    "Revision",
    "Scope",
    "Series",
    "SeriesPart",
    "StateChange",
    "TranslationGroup",
]
