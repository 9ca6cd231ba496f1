"""Categories, article types, tags and series in the admin."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from taggit.models import Tag

from articles.editorial import category_tree, series, tags
from articles.editorial.admin.fields import validate_tag_name
from articles.editorial.admin.merge import MergeAdminMixin, Move
from articles.editorial.models import ArticleType, Category, Series, SeriesPart
from iria.core.admin import FindsRows
from iria.core.text.validators import one_line, validate_not_blank, validate_storable
from iria.publication.translated_admin import TranslatedAdmin


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
            parent.empty_label = "None (top level)"
            parent.label_from_instance = indented  # type: ignore[method-assign,assignment]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.errors and (longest := category_tree.longest_path(self.instance, values)):
            message = (
                f"The URL would have {longest} characters; the maximum is "
                f"{category_tree.PATH_LENGTH}. Shorten the slug or choose a higher parent."
            )
            raise ValidationError(message)
        return values


class CategoryAdmin(MergeAdminMixin, TranslatedAdmin[Category]):
    form = CategoryForm
    translated_fields = ("name", "introduction")
    merge_verb = staticmethod(category_tree.merge)
    not_by_key = category_tree.BELOW
    readonly_fields = ["used_by"]
    list_display = ["tree", "url", "position", "article_count"]
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

    def check_merge(self, sources: Sequence[Category], target: Category) -> None:
        category_tree.check_merge(sources, target)

    def moves_below(self, sources: Sequence[Category], target: Category) -> list[Move]:
        return [
            Move(
                below.get_absolute_url(),
                below.get_absolute_url().replace(
                    each.get_absolute_url(), target.get_absolute_url(), 1
                ),
            )
            for each in sources
            for below in Category.objects.in_order().filter(path__startswith=f"{each.path}/")
        ]

    @admin.display(description="Category")
    def tree(self, category: Category) -> SafeString:
        return format_html('<span class="admin-depth-{}">{}</span>', category.depth, category.name)

    @admin.display(description="URL")
    def url(self, category: Category) -> str:
        return f"/category/{category.path}/"

    @admin.display(description="Articles")
    def article_count(self, category: Category) -> int:
        return int(getattr(category, "count", 0))


class KindForm(forms.ModelForm[ArticleType]):
    class Meta:
        model = ArticleType
        fields: ClassVar[list[str]] = ["name", "slug", "position", "template"]


class KindAdmin(TranslatedAdmin[ArticleType]):
    form = KindForm
    translated_fields = ("name",)
    list_display = ["name", "slug", "template", "position"]
    list_editable = ["template", "position"]
    prepopulated_fields: ClassVar[dict[str, Sequence[str]]] = {"slug": ("name",)}


def indented(category: Category) -> str:
    return "\u2003" * category.depth + category.name


class TagForm(forms.ModelForm[Tag]):
    class Meta:
        model = Tag
        fields = ["name", "slug"]
        help_texts = {"slug": "Part of the tag's URL. After a change, the old URL redirects."}

    def clean_name(self) -> str:
        name = one_line(self.cleaned_data["name"])
        validate_storable(name)
        validate_not_blank(name)
        validate_tag_name(name)
        if same := tags.same_name(name, besides=self.instance):
            message = (
                f"The tag “{same}” already exists; capitals and accents do not count. "
                "To combine two tags, choose “Merge …”."
            )
            raise forms.ValidationError(message)
        return name

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in tags.RESERVED:
            message = "“feed” is reserved for URLs. Choose another slug."
            raise forms.ValidationError(message)
        return slug


class TagAdmin(MergeAdminMixin, admin.ModelAdmin[Tag]):
    form = TagForm
    merge_verb = staticmethod(tags.merge)
    readonly_fields = ["used_by"]
    list_display = ["name", "slug", "article_count"]
    search_fields = ["name"]
    ordering = ["name"]
    prepopulated_fields = {"slug": ("name",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        return super().get_queryset(request).annotate(count=Count("articles_articletag_items"))

    @admin.display(description="Articles", ordering="count")
    def article_count(self, tag: Tag) -> int:
        return int(getattr(tag, "count", 0))

    def url_of(self, row: Tag) -> str:
        return tags.url_of(row.slug)

    def find(self, name: str) -> Tag | None:
        return tags.same_name(name, besides=Tag())

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Tagged articles are not deleted with a tag, so they are not listed."""
        listed = [f"Tag: {tag}" for tag in objs]
        return listed, {"tags": len(listed)}, set(), []


class SeriesPartInline(FindsRows, admin.TabularInline[SeriesPart, Series]):
    model = SeriesPart
    autocomplete_fields = ("article",)
    extra = 1


class SeriesAdmin(admin.ModelAdmin[Series]):
    list_display = ["name", "part_count", "created_at"]
    search_fields = ["name"]
    inlines = [SeriesPartInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Series]:
        return super().get_queryset(request).annotate(count=Count("parts"))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        before = series.places_in(form.instance)
        super().save_related(request, form, formsets, change)
        series.record_parts(form.instance, before, by=request.user)  # type: ignore[arg-type]

    @admin.display(description="Parts", ordering="count")
    def part_count(self, row: Series) -> int:
        count: int = row.count  # type: ignore[attr-defined]
        return count
