"""Tags on the desk."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from taggit.models import Tag

from articles.editorial import tagging
from articles.editorial.desk.merge import MergesRows
from articles.editorial.desk.tags import refuse_unusable
from iria.kit.text import one_line, refuse_blank, refuse_unstorable


class TagForm(forms.ModelForm[Tag]):
    class Meta:
        model = Tag
        fields = ["name", "slug"]
        help_texts = {"slug": "The last part of its address; the old address keeps leading here."}

    def clean_name(self) -> str:
        name = one_line(self.cleaned_data["name"])
        refuse_unstorable(name)
        refuse_blank(name)
        refuse_unusable(name)
        if same := tagging.the_same_word(name, besides=self.instance):
            sentence = (
                f"There is the tag “{same}” already; capitals and accents make no other. "
                "To make one of two, merge them in the list."
            )
            raise forms.ValidationError(sentence)
        return name

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in tagging.RESERVED:
            sentence = "“feed” is reserved for addresses; choose another."
            raise forms.ValidationError(sentence)
        return slug


class TagAdmin(MergesRows, admin.ModelAdmin[Tag]):
    form = TagForm
    merge_verb = staticmethod(tagging.merge)
    readonly_fields = ["what_moves"]
    list_display = ["name", "slug", "articles_with_it"]
    search_fields = ["name"]
    ordering = ["name"]
    prepopulated_fields = {"slug": ("name",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        return super().get_queryset(request).annotate(count=Count("articles_articletag_items"))

    @admin.display(description="Articles", ordering="count")
    def articles_with_it(self, tag: Tag) -> int:
        return int(getattr(tag, "count", 0))

    def address_of(self, row: Tag) -> str:
        return tagging.address(row.slug)

    def called(self, name: str) -> Tag | None:
        return tagging.the_same_word(name, besides=Tag())

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What a tag is on is not deleted with it, so it is not listed as if it were."""
        listed = [f"Tag: {tag}" for tag in objs]
        return listed, {"tags": len(listed)}, set(), []
