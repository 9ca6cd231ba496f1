"""Index for Django: the models of every room."""

from articles.comments.flagging.models import Flag
from articles.comments.following.models import Follow, Follower, Notice
from articles.comments.models import Comment, CommentWords, Moderation
from articles.comments.screening.models import LearntModel, ScreenedWord, ScreeningRule
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
    Series,
    SeriesPart,
    StateChange,
    TranslationGroup,
)
from articles.embeds.models import EmbedProvider
from articles.images.models import (
    Agency,
    Collection,
    FormerName,
    Image,
    Likeness,
    Photographer,
    PictureEvent,
    PictureWords,
    Rendition,
)
from articles.pages.models import FormerAddress, Page
from articles.popular.models import ArticleViews, MostRead
from articles.reading.models import Placement
from articles.related.models import (
    ArticleTerms,
    Rarity,
    RelatedExclusion,
    RelatedLink,
    RelatedPick,
    TextLink,
)
from articles.search.models import (
    PinnedQuery,
    PinnedResult,
    SearchCount,
    SearchEntry,
    Synonyms,
)
from articles.search.postings import (
    SearchChange,
    SearchLanguage,
    SearchLexeme,
    SearchPosting,
    SearchWord,
)

__all__ = [
    "Agency",
    "Article",
    "ArticleCategory",
    "ArticleTag",
    "ArticleTerms",
    "ArticleViews",
    "Byline",
    "Category",
    "Collection",
    "Comment",
    "CommentWords",
    "Correction",
    "EmbedProvider",
    "Figure",
    "Flag",
    "Follow",
    "Follower",
    "FormerAddress",
    "FormerName",
    "Image",
    "Kind",
    "LearntModel",
    "Likeness",
    "Moderation",
    "MostRead",
    "Notice",
    "Page",
    "Photographer",
    "PictureEvent",
    "PictureWords",
    "PinnedQuery",
    "PinnedResult",
    "Placement",
    "Portrait",
    "Rarity",
    "Redirect",
    "RelatedExclusion",
    "RelatedLink",
    "RelatedPick",
    "Rendition",
    "Revision",
    "ScreenedWord",
    "ScreeningRule",
    "SearchChange",
    "SearchCount",
    "SearchEntry",
    "SearchLanguage",
    "SearchLexeme",
    "SearchPosting",
    "SearchWord",
    "Series",
    "SeriesPart",
    "StateChange",
    "Synonyms",
    "TextLink",
    "TranslationGroup",
]
