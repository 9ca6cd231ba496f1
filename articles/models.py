"""Index for Django: the models of every room."""

from articles.comments.akismet.models import AkismetOpinion
from articles.comments.banning.models import Ban, SealedAddress
from articles.comments.deciding.models import Appeal, Claim, ListedReason
from articles.comments.flagging.models import Flag
from articles.comments.following.models import Follow, Follower, Notice
from articles.comments.models import (
    Comment,
    CommentPlace,
    CommentVersion,
    CommentWords,
    Moderation,
    ThreadCount,
)
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
    "AkismetOpinion",
    "Appeal",
    "Article",
    "ArticleCategory",
    "ArticleTag",
    "ArticleTerms",
    "ArticleViews",
    "Ban",
    "Byline",
    "Category",
    "Claim",
    "Collection",
    "Comment",
    "CommentPlace",
    "CommentVersion",
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
    "ListedReason",
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
    "SealedAddress",
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
    "ThreadCount",
    "TranslationGroup",
]
