"""Articles, taxonomy, revisions, redirects and listings."""

from articles.editorial.models.article import Article, ArticleCategory, ArticleTag, TranslationGroup
from articles.editorial.models.article_parts import (
    Attachment,
    Byline,
    Correction,
    Figure,
    Portrait,
    Redirect,
    RelatedPick,
    Series,
    SeriesPart,
)
from articles.editorial.models.listing import (
    ListingCount,
    ListingEntry,
    ListingRecheck,
    SavedView,
    Scope,
)
from articles.editorial.models.revision import Draft, Revision, StateChange
from articles.editorial.models.taxonomy import ArticleType, Category

__all__ = [
    "Article",
    "ArticleCategory",
    "ArticleTag",
    "ArticleType",
    "Attachment",
    "Byline",
    "Category",
    "Correction",
    "Draft",
    "Figure",
    "ListingCount",
    "ListingEntry",
    "ListingRecheck",
    "Portrait",
    "Redirect",
    "RelatedPick",
    "Revision",
    "SavedView",
    "Scope",
    "Series",
    "SeriesPart",
    "StateChange",
    "TranslationGroup",
]
