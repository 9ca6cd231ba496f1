"""The models of every package of `articles`, listed for Django.

Add a model to the `models` module of its package, with its policy (`iria.core.model_policy`), and
list it here.
"""

from articles.comments.akismet.models import AkismetResult
from articles.comments.bans.models import Ban, EncryptedIPAddress
from articles.comments.flags.models import Flag
from articles.comments.models import (
    Comment,
    CommentPosition,
    CommentRevision,
    CommentSearchVector,
    ModerationDecision,
    ThreadCount,
)
from articles.comments.moderation.models import Appeal, Claim, RejectionReason
from articles.comments.notifications.models import CommentNotification, Follow, Follower
from articles.comments.recommendations.models import Recommendation
from articles.comments.screening.models import ScreenedWord, ScreeningRule, SpamModelVersion
from articles.editorial.models import (
    Article,
    ArticleCategory,
    ArticleTag,
    ArticleType,
    Attachment,
    Byline,
    Category,
    Correction,
    Draft,
    Figure,
    ListingCount,
    ListingEntry,
    ListingRecheck,
    Portrait,
    Redirect,
    RelatedPick,
    Revision,
    SavedView,
    Series,
    SeriesPart,
    StateChange,
    TranslationGroup,
)
from articles.embeds.models import EmbedProvider, LinkCard
from articles.files.models import File
from articles.images.models import (
    Agency,
    Collection,
    Image,
    ImageEvent,
    ImageSearchVector,
    OldRenditionName,
    Photographer,
    Rendition,
    SimilarImage,
)
from articles.links.models import InternalLink
from articles.pages.models import OldPagePath, Page
from articles.popular.models import ArticleViews, MostRead
from articles.public.front_page.models import Placement, SectionPattern
from articles.related.models import (
    ArticleTerms,
    DocumentFrequency,
    RelatedExclusion,
    RelatedLink,
    TextLink,
)
from articles.search.models import (
    PinnedQuery,
    PinnedResult,
    QueryCount,
    SearchChange,
    SearchEntry,
    SearchLanguage,
    SearchLexeme,
    SearchPosting,
    SearchWord,
    Synonyms,
)

__all__ = [
    "Agency",
    "AkismetResult",
    "Appeal",
    "Article",
    "ArticleCategory",
    "ArticleTag",
    "ArticleTerms",
    "ArticleType",
    "ArticleViews",
    "Attachment",
    "Ban",
    "Byline",
    "Category",
    "Claim",
    "Collection",
    "Comment",
    "CommentNotification",
    "CommentPosition",
    "CommentRevision",
    "CommentSearchVector",
    "Correction",
    "DocumentFrequency",
    "Draft",
    "EmbedProvider",
    "EncryptedIPAddress",
    "Figure",
    "File",
    "Flag",
    "Follow",
    "Follower",
    "Image",
    "ImageEvent",
    "ImageSearchVector",
    "InternalLink",
    "LinkCard",
    "ListingCount",
    "ListingEntry",
    "ListingRecheck",
    "ModerationDecision",
    "MostRead",
    "OldPagePath",
    "OldRenditionName",
    "Page",
    "Photographer",
    "PinnedQuery",
    "PinnedResult",
    "Placement",
    "Portrait",
    "QueryCount",
    "Recommendation",
    "Redirect",
    "RejectionReason",
    "RelatedExclusion",
    "RelatedLink",
    "RelatedPick",
    "Rendition",
    "Revision",
    "SavedView",
    "ScreenedWord",
    "ScreeningRule",
    "SearchChange",
    "SearchEntry",
    "SearchLanguage",
    "SearchLexeme",
    "SearchPosting",
    "SearchWord",
    "SectionPattern",
    "Series",
    "SeriesPart",
    "SimilarImage",
    "SpamModelVersion",
    "StateChange",
    "Synonyms",
    "TextLink",
    "ThreadCount",
    "TranslationGroup",
]
