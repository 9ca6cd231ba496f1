"""Categories and kinds on the desk.

Tags on the desk.

Series on the desk: a name, and the parts in their order.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from taggit.models import Tag

from articles.editorial import category_tree, signals, tags
from articles.editorial.admin.fields import refuse_unusable
from articles.editorial.admin.merge import MergeAdminMixin, Move
from articles.editorial.models import Article, Category, Kind, Series, SeriesPart
from iria.core.admin import FindsRows
from iria.core.text.validators import one_line, validate_not_blank, validate_storable


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
        if not self.errors and (longest := category_tree.longest_path(self.instance, values)):
            sentence = (
                f"Its address would have {longest} characters; at most "
                f"{category_tree.PATH_LENGTH} fit. Shorten it, or place it higher in the tree."
            )
            raise ValidationError(sentence)
        return values


class CategoryAdmin(MergeAdminMixin, admin.ModelAdmin[Category]):
    form = CategoryForm
    merge_verb = staticmethod(category_tree.merge)
    not_by_key = category_tree.BELOW
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
        category_tree.save(obj)

    def look(self, goes: Sequence[Category], stays: Category) -> None:
        category_tree.refuse_unfitting(goes, stays)

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
        return format_html('<span class="admin-depth-{}">{}</span>', category.depth, category.name)

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


class TagForm(forms.ModelForm[Tag]):
    class Meta:
        model = Tag
        fields = ["name", "slug"]
        help_texts = {"slug": "The last part of its address; the old address keeps leading here."}

    def clean_name(self) -> str:
        name = one_line(self.cleaned_data["name"])
        validate_storable(name)
        validate_not_blank(name)
        refuse_unusable(name)
        if same := tags.the_same_word(name, besides=self.instance):
            sentence = (
                f"There is the tag “{same}” already; capitals and accents make no other. "
                "To make one of two, merge them in the list."
            )
            raise forms.ValidationError(sentence)
        return name

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in tags.RESERVED:
            sentence = "“feed” is reserved for addresses; choose another."
            raise forms.ValidationError(sentence)
        return slug


class TagAdmin(MergeAdminMixin, admin.ModelAdmin[Tag]):
    form = TagForm
    merge_verb = staticmethod(tags.merge)
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
        return tags.address(row.slug)

    def called(self, name: str) -> Tag | None:
        return tags.the_same_word(name, besides=Tag())

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What a tag is on is not deleted with it, so it is not listed as if it were."""
        listed = [f"Tag: {tag}" for tag in objs]
        return listed, {"tags": len(listed)}, set(), []


class SeriesPartInline(FindsRows, admin.TabularInline[SeriesPart, Series]):
    model = SeriesPart
    autocomplete_fields = ("article",)
    extra = 1


class SeriesAdmin(admin.ModelAdmin[Series]):
    list_display = ["name", "parts_in_it", "created_at"]
    search_fields = ["name"]
    inlines = [SeriesPartInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Series]:
        return super().get_queryset(request).annotate(count=Count("parts"))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        before = set(form.instance.parts.values_list("article", flat=True))
        super().save_related(request, form, formsets, change)
        after = set(form.instance.parts.values_list("article", flat=True))
        published = Article.objects.published().filter(pk__in=before ^ after)
        for article_id in published.values_list("pk", flat=True):
            transaction.on_commit(
                partial(signals.changed.send, sender=Article, article_id=article_id)
            )

    @admin.display(description="Parts", ordering="count")
    def parts_in_it(self, series: Series) -> int:
        count: int = series.count  # type: ignore[attr-defined]
        return count
