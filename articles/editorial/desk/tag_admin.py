"""Tags on the desk."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from taggit.models import Tag

from articles.editorial import tagging
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
        return name

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in tagging.RESERVED:
            sentence = "“feed” is reserved for addresses; choose another."
            raise forms.ValidationError(sentence)
        return slug


class TagAdmin(admin.ModelAdmin[Tag]):
    form = TagForm
    list_display = ["name", "slug", "articles_with_it"]
    search_fields = ["name"]
    ordering = ["name"]
    prepopulated_fields = {"slug": ("name",)}
    actions = ["merge_selected"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        return super().get_queryset(request).annotate(count=Count("articles_articletag_items"))

    @admin.display(description="Articles", ordering="count")
    def articles_with_it(self, tag: Tag) -> int:
        return int(getattr(tag, "count", 0))

    @admin.action(description="Merge into the one most used", permissions=["change", "delete"])
    def merge_selected(self, request: HttpRequest, queryset: QuerySet[Tag]) -> None:
        used = Count("articles_articletag_items", distinct=True)
        tags = list(queryset.annotate(used=used).order_by("-used", "pk"))
        if len(tags) < 2:
            self.message_user(request, "Choose at least two tags to merge.", messages.WARNING)
            return
        kept, *others = tags
        tagging.merge(others, into=kept)
        names = ", ".join(f"“{tag}”" for tag in others)
        sentence = f"{names} merged into “{kept}”; their addresses lead there now."
        self.message_user(request, sentence, messages.SUCCESS)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What a tag is on is not deleted with it, so it is not listed as if it were."""
        listed = [f"Tag: {tag}" for tag in objs]
        return listed, {"tags": len(listed)}, set(), []
