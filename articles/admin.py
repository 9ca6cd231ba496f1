"""Registers the admin of every package of `articles`."""

from typing import Any

# taggit registers a tag admin of its own as soon as it is imported; ours takes its place below.
import taggit.admin  # noqa: F401
from django.contrib import admin
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.comments.admin.bans import BanAdmin, RejectionReasonAdmin
from articles.comments.admin.comment import CommentAdmin
from articles.comments.admin.log import ModerationAdmin
from articles.comments.admin.screening_rules import (
    ScreenedWordAdmin,
    ScreeningRuleAdmin,
    SpamModelVersionAdmin,
)
from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation.models import Ban, RejectionReason
from articles.comments.screening.models import ScreenedWord, ScreeningRule, SpamModelVersion
from articles.editorial.admin.article_admin import ArticleAdmin
from articles.editorial.admin.taxonomy_admin import (
    ArticleTypeAdmin,
    AuthorMergeMixin,
    CategoryAdmin,
    RedirectAdmin,
    SeriesAdmin,
    TagAdmin,
)
from articles.editorial.models import Article, ArticleType, Category, Redirect, Series
from articles.embeds.admin import EmbedProviderAdmin, LinkCardAdmin
from articles.embeds.models import EmbedProvider, LinkCard
from articles.files.admin import FileAdmin
from articles.files.models import File
from articles.images.admin.image_admin import ImageAdmin
from articles.images.admin.library_admin import AgencyAdmin, CollectionAdmin, PhotographerAdmin
from articles.images.models import Agency, Collection, Image, Photographer
from articles.pages.admin import PageAdmin
from articles.pages.models import Page
from articles.public.draft_preview import PreviewAdminMixin
from articles.public.front_page.admin import PlacementAdmin
from articles.public.front_page.models import Placement
from articles.related.admin import SuggestionsAdminMixin
from articles.search.admin import PinnedQueryAdmin, SearchReportAdmin, SynonymsAdmin
from articles.search.models import PinnedQuery, QueryCount, Synonyms


class ArticleWithSuggestionsAdmin(PreviewAdminMixin, SuggestionsAdminMixin, ArticleAdmin):
    """The admin of articles knows nothing of related articles and pages; here its form meets their parts."""


# Accounts know neither pictures nor bylines; here authors meet theirs.
offered: Any = type(admin.site.get_model_admin(AuthorProfile))
admin.site.unregister(AuthorProfile)
admin.site.register(AuthorProfile, type("AuthorAdmin", (AuthorMergeMixin, offered), {}))
admin.site.unregister(Tag)
admin.site.register(Agency, AgencyAdmin)
admin.site.register(Article, ArticleWithSuggestionsAdmin)
admin.site.register(Ban, BanAdmin)
admin.site.register(Category, CategoryAdmin)
admin.site.register(Collection, CollectionAdmin)
admin.site.register(Comment, CommentAdmin)
admin.site.register(EmbedProvider, EmbedProviderAdmin)
admin.site.register(LinkCard, LinkCardAdmin)
admin.site.register(File, FileAdmin)
admin.site.register(Image, ImageAdmin)
admin.site.register(ArticleType, ArticleTypeAdmin)
admin.site.register(SpamModelVersion, SpamModelVersionAdmin)
admin.site.register(RejectionReason, RejectionReasonAdmin)
admin.site.register(ModerationDecision, ModerationAdmin)
admin.site.register(Page, PageAdmin)
admin.site.register(Photographer, PhotographerAdmin)
admin.site.register(PinnedQuery, PinnedQueryAdmin)
admin.site.register(Placement, PlacementAdmin)
admin.site.register(Redirect, RedirectAdmin)
admin.site.register(ScreenedWord, ScreenedWordAdmin)
admin.site.register(ScreeningRule, ScreeningRuleAdmin)
admin.site.register(QueryCount, SearchReportAdmin)
admin.site.register(Series, SeriesAdmin)
admin.site.register(Synonyms, SynonymsAdmin)
admin.site.register(Tag, TagAdmin)
