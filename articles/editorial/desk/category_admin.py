"""Categories and kinds on the desk."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.editorial import categorising
from articles.editorial.desk.merge import MergesRows, Move
from articles.editorial.models import Category, Kind


class CategoryForm(forms.ModelForm[Category]):
    class Meta:
        model = Category
        fields = ["name", "slug", "parent", "position", "introduction"]
        widgets = {"introduction": forms.Textarea({"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent = self.fields.get("parent")
        if isinstance(parent, forms.ModelChoiceField):
            parent.queryset = Category.objects.in_order()
            parent.empty_label = "None: it stands at the top"
            parent.label_from_instance = indented  # type: ignore[method-assign,assignment]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.errors and (longest := categorising.longest_path(self.instance, values)):
            sentence = (
                f"Its address would have {longest} characters; at most "
                f"{categorising.PATH_LENGTH} fit. Shorten it, or place it higher in the tree."
            )
            raise ValidationError(sentence)
        return values


class CategoryAdmin(MergesRows, admin.ModelAdmin[Category]):
    form = CategoryForm
    merge_verb = staticmethod(categorising.merge)
    not_by_key = categorising.BELOW
    readonly_fields = ["what_moves"]
    list_display = ["tree", "address", "position", "articles_in_it"]
    list_display_links = ["tree"]
    search_fields = ["name", "path"]
    ordering = ["sort_key"]
    prepopulated_fields: ClassVar[dict[str, Sequence[str]]] = {"slug": ("name",)}
    list_per_page = 500
    sortable_by: ClassVar[list[str]] = []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        counted = super().get_queryset(request).annotate(count=Count("article_categories"))
        return counted.order_by("sort_key")

    def save_model(
        self, request: HttpRequest, obj: Category, form: forms.ModelForm[Category], change: bool
    ) -> None:
        categorising.save(obj)

    def look(self, goes: Sequence[Category], stays: Category) -> None:
        categorising.refuse_unfitting(goes, stays)

    def addresses_below(self, goes: Sequence[Category], stays: Category) -> list[Move]:
        return [
            Move(
                below.get_absolute_url(),
                below.get_absolute_url().replace(
                    each.get_absolute_url(), stays.get_absolute_url(), 1
                ),
            )
            for each in goes
            for below in Category.objects.in_order().filter(path__startswith=f"{each.path}/")
        ]

    @admin.display(description="Category")
    def tree(self, category: Category) -> SafeString:
        return format_html('<span class="desk-depth-{}">{}</span>', category.depth, category.name)

    @admin.display(description="Address")
    def address(self, category: Category) -> str:
        return f"/category/{category.path}/"

    @admin.display(description="Articles")
    def articles_in_it(self, category: Category) -> int:
        return int(getattr(category, "count", 0))


class KindAdmin(admin.ModelAdmin[Kind]):
    list_display = ["name", "slug", "position"]
    list_editable = ["position"]
    prepopulated_fields: ClassVar[dict[str, Sequence[str]]] = {"slug": ("name",)}


def indented(category: Category) -> str:
    return "\u2003" * category.depth + category.name
