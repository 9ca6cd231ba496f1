"""Categories, article types, tags, series and redirects in the admin, and merging.

Before anything is merged, a page shows what moves. `accounts` depends neither on images nor on bylines;
`articles.admin` adds what articles need to its author form.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Protocol, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial import article_urls, merging, taxonomy
from articles.editorial.admin.fields import validate_tag_name
from articles.editorial.merging import CannotMerge
from articles.editorial.models import ArticleType, Category, Portrait, Redirect, Series, SeriesPart
from articles.images.admin.forms import ChoosesImage
from iria.core.admin import FindsRows
from iria.core.text.validators import one_line, validate_not_blank, validate_storable
from iria.publication.translated_admin import TranslatedAdmin

TEMPLATE: Final = "admin/articles/merge.html"
MAX_MERGED: Final = 100
"""Rows that one merge may join; several queries count what refers to each."""
ALL_GONE: Final = "They were merged or deleted in the meantime. Check the list again."


class MergeFunction(Protocol):
    """A function that merges several rows into one."""

    def __call__(self, sources: Sequence[Any], /, *, into: Any, by: Any) -> None: ...


@dataclass(frozen=True, slots=True)
class ChangedURL:
    """A URL that will redirect to another."""

    old: str
    new: str


class MergeAdminMixin:
    """Adds the action “Merge …” to the list and the form of a model, and “Used by” to its form.

    A subclass sets `merge_rows`.
    """

    actions: Any = ("merge_selected",)
    merge_rows: MergeFunction
    excluded_keys: Sequence[str] = ()
    """Foreign keys that `merge_rows` moves by rules of its own."""

    def url_of(self, row: Any) -> str:
        return str(row.get_absolute_url())

    def find(self, name: str) -> Model | None:
        """The row of this name, which may be on another page of the list."""
        model: Any = cast("admin.ModelAdmin[Any]", self).model
        found: Model | None = model._default_manager.filter(name__iexact=name).first()
        return found

    def changed_urls_below(self, sources: Sequence[Any], target: Any) -> list[ChangedURL]:
        """Further URLs that change, in a tree."""
        return []

    def check_merge(self, sources: Sequence[Any], target: Any) -> None:
        """Raises CannotMerge if these rows cannot be merged."""

    def may_merge(self, request: HttpRequest) -> bool:
        """Django offers an action to users with one of its permissions; this one needs both."""
        model_admin = cast("admin.ModelAdmin[Any]", self)
        return model_admin.has_change_permission(request) and model_admin.has_delete_permission(
            request
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> Any:
        """With a button that starts the same merge as the list."""
        offered = {"merge_name": ACTION_CHECKBOX_NAME, "may_merge": self.may_merge(request)}
        return super().render_change_form(request, {**context, **offered}, *args, **options)  # type: ignore[misc]

    @admin.action(description="Merge …", permissions=["change", "delete"])
    def merge_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Asks which one to keep and shows what moves; merges when the answer is sent."""
        if not self.may_merge(request):
            raise PermissionDenied
        rows = list(queryset.order_by("pk")[: MAX_MERGED + 1])
        if len(rows) > MAX_MERGED:
            message = f"Nothing was changed. Select at most {MAX_MERGED} at a time."
            self.message_user(request, message, messages.ERROR)  # type: ignore[attr-defined]
            return None
        if not rows:
            self.message_user(request, ALL_GONE, messages.WARNING)  # type: ignore[attr-defined]
            return None
        named = " ".join(request.POST.get("other", "").split())
        error = ""
        if named and "\x00" not in named:
            other = self.find(named)
            if other is None:
                error = f"No match for “{named}”. Check the name."
            elif other not in rows:
                rows.append(other)
        chosen = request.POST.get("stays", "")
        target = next((row for row in rows if str(row.pk) == chosen), None) or self._most_used(rows)
        sources = [row for row in rows if row.pk != target.pk]
        seen = request.POST.get("seen") == _preview_key(rows, target)
        if "merge" in request.POST and seen and sources and not error:
            try:
                self.merge_rows(sources, into=target, by=request.user)
            except CannotMerge as refusal:
                error = str(refusal)
            else:
                return self._merged(request, sources, target)
        return self._ask(request, rows, target, error)

    def _most_used(self, rows: Sequence[Any]) -> Any:
        """The row with the most references is probably the one to keep."""
        counts = {row.pk: sum(moves.count for moves in merging.preview([row], row)) for row in rows}
        return max(rows, key=lambda row: (counts[row.pk], -row.pk))

    def _ask(
        self, request: HttpRequest, rows: list[Any], target: Any, error: str
    ) -> TemplateResponse:
        model_admin = cast("admin.ModelAdmin[Any]", self)
        sources = [row for row in rows if row.pk != target.pk]
        moves: list[merging.Moves] = []
        urls: list[ChangedURL] = []
        if sources:
            try:
                self.check_merge(sources, target)
            except CannotMerge as refusal:
                error = error or str(refusal)
            moves = merging.preview(sources, target, excluding=self.excluded_keys)
            urls = [ChangedURL(self.url_of(row), self.url_of(target)) for row in sources]
            urls += self.changed_urls_below(sources, target)
        context = {
            **model_admin.admin_site.each_context(request),
            "title": f"Merge {model_admin.opts.verbose_name_plural}",
            "opts": model_admin.opts,
            "rows": [(row, self.url_of(row)) for row in rows],
            "stays": target,
            "goes": sources,
            "moves": moves,
            "urls": urls,
            "error": error,
            "seen": _preview_key(rows, target),
            "chosen_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, TEMPLATE, context)

    def _merged(self, request: HttpRequest, sources: list[Any], target: Any) -> HttpResponse:
        model_admin = cast("admin.ModelAdmin[Any]", self)
        names = ", ".join(f"“{row}”" for row in sources)
        urls = "The old URL redirects" if len(sources) == 1 else "The old URLs redirect"
        message = f"{names} merged into “{target}”. {urls} there."
        model_admin.log_change(request, target, f"Merged with {names}.")
        model_admin.message_user(request, message, messages.SUCCESS)
        return HttpResponseRedirect(request.get_full_path())

    @admin.display(description="Used by")
    def used_by(self, row: Any) -> str:
        """For the form, beside the name and the slug."""
        if row is None or row.pk is None:
            return "Not saved yet."
        parts = [str(moves) for moves in merging.preview([row], row, excluding=self.excluded_keys)]
        parts += [move.old for move in self.changed_urls_below([row], row)]
        listed = ", ".join(parts) or "Nothing"
        return (
            f"{listed}. If you change the slug, {self.url_of(row)} redirects to the new URL. "
            "To combine duplicates, choose “Merge …” below."
        )


def _preview_key(rows: Sequence[Any], target: Any) -> str:
    """Identifies the choice for which the page showed what moves."""
    return f"{target.pk}:{','.join(str(row.pk) for row in rows)}"


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
            parent.label_from_instance = indented_name  # type: ignore[method-assign,assignment]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.errors and (longest := taxonomy.longest_path(self.instance, values)):
            raise ValidationError(
                f"The URL would have {longest} characters; the maximum is "
                f"{taxonomy.MAX_PATH_LENGTH}. Shorten the slug or choose a higher parent."
            )
        return values


class CategoryAdmin(MergeAdminMixin, TranslatedAdmin[Category]):
    form = CategoryForm
    translated_fields = ("name", "introduction")
    merge_rows = staticmethod(taxonomy.merge_categories)
    excluded_keys = taxonomy.BELOW
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
        taxonomy.save_category(obj)

    def check_merge(self, sources: Sequence[Category], target: Category) -> None:
        taxonomy.check_merge(sources, target)

    def changed_urls_below(self, sources: Sequence[Category], target: Category) -> list[ChangedURL]:
        return [
            ChangedURL(
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


class ArticleTypeForm(forms.ModelForm[ArticleType]):
    class Meta:
        model = ArticleType
        fields: ClassVar[list[str]] = ["name", "slug", "position", "template"]


class ArticleTypeAdmin(TranslatedAdmin[ArticleType]):
    form = ArticleTypeForm
    translated_fields = ("name",)
    list_display = ["name", "slug", "template", "position"]
    list_editable = ["template", "position"]
    prepopulated_fields: ClassVar[dict[str, Sequence[str]]] = {"slug": ("name",)}


def indented_name(category: Category) -> str:
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
        if same := taxonomy.same_name(name, excluding=self.instance):
            raise forms.ValidationError(
                f"The tag “{same}” already exists; capitals and accents do not count. "
                "To combine two tags, choose “Merge …”."
            )
        return name

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in article_urls.RESERVED:
            raise forms.ValidationError("“feed” is reserved for URLs. Choose another slug.")
        return slug


class TagAdmin(MergeAdminMixin, admin.ModelAdmin[Tag]):
    form = TagForm
    merge_rows = staticmethod(taxonomy.merge_tags)
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
        return taxonomy.tag_url(row.slug)

    def find(self, name: str) -> Tag | None:
        return taxonomy.same_name(name, excluding=Tag())

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
        before = taxonomy.places_in(form.instance)
        super().save_related(request, form, formsets, change)
        taxonomy.record_parts(form.instance, before, by=request.user)  # type: ignore[arg-type]

    @admin.display(description="Parts", ordering="count")
    def part_count(self, row: Series) -> int:
        count: int = row.count  # type: ignore[attr-defined]
        return count


class RedirectAdmin(admin.ModelAdmin[Redirect]):
    """Redirects of old URLs. They are created when editors rename something, and are read-only."""

    list_display = ["old_path", "target", "created_at"]
    list_select_related = ["article", "category", "author", "tag"]
    search_fields = ["old_path"]
    ordering = ["-created_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Redirect | None = None) -> bool:
        return False

    @admin.display(description="Target")
    def target(self, redirect: Redirect) -> str:
        return str(redirect.target)


class PortraitInline(ChoosesImage, admin.StackedInline[Portrait, AuthorProfile]):
    model = Portrait
    fields = ["image"]
    extra = 1
    max_num = 1
    verbose_name = "portrait"
    verbose_name_plural = "Portrait"


class AuthorMergeMixin(MergeAdminMixin):
    merge_rows = staticmethod(taxonomy.merge_authors)
    readonly_fields = ("used_by",)
    inlines: tuple[type[Any], ...] = (PortraitInline,)
