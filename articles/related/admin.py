"""The editor's picks, as a part of the article's form."""

from django.contrib import admin

from articles.editorial.models import Article
from articles.related.models import RelatedPick
from iria.kit.finding_rows import FindsRows


class RelatedPickInline(FindsRows, admin.StackedInline[RelatedPick, Article]):
    model = RelatedPick
    fk_name = "article"
    verbose_name_plural = "read next: your picks stand first, computed ones follow"
    autocomplete_fields = ("picked",)
    extra = 0
    max_num = 4
