"""The list of articles."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    Case,
    F,
    Func,
    IntegerField,
    Prefetch,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Concat
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join

from articles.editorial import permissions, publishing
from articles.editorial.admin import saved_views, trash
from articles.editorial.admin.sidebar import status_of
from articles.editorial.models import Article, ArticleCategory, Byline, Category, Draft, Figure
from articles.images.admin.chooser import choice
from articles.images.models import Image
from iria.core import hooks
from iria.core.text.languages import LANGUAGE_NAMES

MAX_SELECTED: Final = 200

UNPUBLISHED_TEXT: Final = Case(
    When(
        ~Q(state=Article.State.PUBLISHED),
        then=Func(
            Concat("body", Value(" "), "lead_caption", output_field=TextField()),
            *(Value("<[^>]*>"), Value(" "), Value("g")),
            function="regexp_replace",
            output_field=TextField(),
        ),
    ),
    output_field=TextField(),
)
"""The text of an article that is not published, without markup."""


class StateFilter(admin.ChoicesFieldListFilter):
    """Without the trash, which has a page of its own."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        hidden = Article.State.TRASH.label
        return (each for each in super().choices(changelist) if each["display"] != hidden)


class CategoryFilter(admin.SimpleListFilter):
    """Articles in a category or below it."""

    title = "category"
    parameter_name = "in"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        categories = Category.objects.in_order().only("path", "name")
        return [(each.path, "– " * each.depth + each.name) for each in categories]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> Any:
        path = self.value()
        if not path:
            return queryset
        in_category = Q(article_categories__category__path=path) | Q(
            article_categories__category__path__startswith=f"{path}/"
        )
        return queryset.filter(pk__in=Article.objects.filter(in_category).values("pk"))


class LanguageFilter(admin.SimpleListFilter):
    """The languages in use, not all that are possible."""

    title = "language"
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        used_languages = set(
            Article.objects.not_in_trash().order_by().values_list("language", flat=True).distinct()
        )
        return [(code, name) for code, name in LANGUAGE_NAMES.items() if code in used_languages]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> Any:
        return queryset.filter(language=self.value()) if self.value() else queryset


class UnknownCreditFilter(admin.SimpleListFilter):
    """Articles with images that were imported without a credit."""

    title = "images"
    parameter_name = "images"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Only if there are any."""
        is_chosen = self.parameter_name in request.GET
        return (
            [("unknown", "Credit unknown")]
            if is_chosen or Image.objects.credit_unknown().exists()
            else []
        )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> Any:
        if self.value() != "unknown":
            return queryset
        shown = Figure.objects.on_page().filter(image__in=Image.objects.credit_unknown())
        return queryset.filter(pk__in=shown.values("article"))


class OwnerFilter(admin.SimpleListFilter):
    title = "owner or deadline"
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("mine", "Mine"), ("held", "Overdue")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> Any:
        if self.value() == "mine":
            return queryset.filter(permissions.own(request.user))
        if self.value() == "held":
            return queryset.filter(pk__in=Article.objects.overdue().values("pk"))
        return queryset


class ArticleChangeList(ChangeList):
    """Fetches what the columns show in three more queries."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> Any:
        categories = ArticleCategory.objects.select_related("category")
        bylines = Byline.objects.select_related("author")
        return (
            super()
            .get_queryset(request, exclude_parameters)
            .defer("body")
            .prefetch_related(
                Prefetch("article_categories", categories),
                Prefetch("bylines", bylines),
                Prefetch("lead_image", Image.objects.for_grid()),
            )
        )

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        for article in rows:
            draft = getattr(article, "draft", None)
            article.status = status_of(article, draft, is_overdue=article.is_overdue)
        self.result_list = rows


class ArticleList(admin.ModelAdmin[Article]):
    """The changelist of articles; `ArticleAdmin` adds the form."""

    list_display = [
        "thumbnail",
        "headline_and_type",
        "status_badge",
        "authors",
        "date",
    ]
    list_display_links = ["headline_and_type"]
    list_filter = [
        ("state", StateFilter),
        OwnerFilter,
        CategoryFilter,
        "kind",
        LanguageFilter,
        UnknownCreditFilter,
    ]
    list_select_related = ["kind", "draft"]
    list_per_page = 25
    search_fields = ["headline", "standfirst", "bylines__author__name", "unpublished_text"]
    search_help_text = "Search articles, drafts included"
    date_hierarchy = "published_at"
    ordering = ["-modified_at", "-pk"]
    actions = ["publish_selected", "unpublish_selected", "move_selected_to_trash"]
    show_full_result_count = False

    class Media:
        css = {"all": ["iria_admin/article.css"]}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), **saved_views.tabs_of(request)}
        return super().changelist_view(request, context)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ArticleChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Article], search_term: str
    ) -> tuple[QuerySet[Article], bool]:
        """Results of the public search first, then what Django finds in all other articles.

        The index of the public search holds published articles; the text of others is searched here.
        """
        searched = queryset.annotate(unpublished_text=UNPUBLISHED_TEXT)
        by_name, _ = super().get_search_results(request, searched, search_term)
        if not search_term:
            return queryset, False
        best = [pk for search in hooks.article_search for pk in search(search_term)]
        found = queryset.filter(Q(pk__in=best) | Q(pk__in=by_name.order_by().values("pk")))
        if "o" not in request.GET:
            rank = Func(
                Value(best, ArrayField(BigIntegerField())),
                F("pk"),
                function="array_position",
                output_field=IntegerField(),
            )
            found = found.order_by(rank.asc(nulls_last=True), *self.ordering)
        return found, False

    # Columns

    @admin.display(description="Lead image")
    def thumbnail(self, article: Article) -> str:
        image = article.lead_image
        url = choice(image).thumbnail if image is not None else ""
        return render_to_string("admin/articles/article/_thumbnail.html", {"url": url})

    @admin.display(description="Headline", ordering="headline")
    def headline_and_type(self, article: Article) -> str:
        """With type, primary category and the time of the last change in the second line."""
        categories = article.article_categories.all()
        context = {"article": article, "category": categories[0].category if categories else None}
        return render_to_string("admin/articles/article/_headline.html", context)

    @admin.display(description="Status", ordering="state")
    def status_badge(self, article: Article) -> str:
        context = {"status": article.status}  # type: ignore[attr-defined]
        return render_to_string("admin/articles/article/_status.html", context)

    @admin.display(description="Authors")
    def authors(self, article: Article) -> str:
        return ", ".join(str(byline.author) for byline in article.bylines.all()) or "–"

    @admin.display(description="Date", ordering="published_at")
    def date(self, article: Article) -> str:
        """When it was or will be published."""
        draft: Draft | None = getattr(article, "draft", None)
        moment = (draft and draft.publish_at) or article.publish_at or article.published_at
        return date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else ""

    # Actions

    @admin.action(description="Publish selected articles", permissions=["publish"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        def publish(article: Article) -> str:
            was = article.state
            publishing.publish(article, by=request.user)  # type: ignore[arg-type]
            return "was already published" if was == article.state else "was published"

        if not self._are_too_many(request, queryset):
            self._apply_to_each(request, queryset, publish)

    @admin.action(description="Unpublish selected articles", permissions=["publish"])
    def unpublish_selected(
        self, request: HttpRequest, queryset: QuerySet[Article]
    ) -> HttpResponse | None:
        if self._are_too_many(request, queryset):
            return None
        public = queryset.filter(state=Article.State.PUBLISHED)
        if trash.CONFIRMED_FIELD not in request.POST and public.exists():
            return trash.confirm_selected(self, request, queryset)

        tokens: list[str] = []

        def unpublish(article: Article) -> str:
            was = article.state
            tokens.append(publishing.unpublish_with_undo(article, by=request.user))  # type: ignore[arg-type]
            if was == article.state:
                return "was not published; nothing changed"
            return "was unpublished" if was == Article.State.PUBLISHED else "was unscheduled"

        self._apply_to_each(request, queryset, unpublish)
        if button := trash.undo_button(request, tokens):
            self.message_user(request, button, messages.SUCCESS)
        return None

    @admin.action(description="Move selected articles to trash", permissions=["delete"])
    def move_selected_to_trash(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        if not self._are_too_many(request, queryset):
            trash.move_selected(self, request, queryset)

    def get_actions(
        self,
        request: HttpRequest,
        action_location: admin.ActionLocation = admin.ActionLocation.CHANGE_LIST,
    ) -> Any:
        """Without Django's own delete action: articles are moved to the trash."""
        actions = super().get_actions(request, action_location=action_location)
        actions.pop("delete_selected", None)
        return actions

    def _apply_to_each(
        self, request: HttpRequest, articles: QuerySet[Article], action: Callable[[Article], str]
    ) -> None:
        """Applies an action to each article and reports every result; a failure stops no other."""
        done: list[tuple[Article, str]] = []
        refused: list[tuple[Article, str]] = []
        for article in articles.order_by("pk"):
            if not permissions.may_change(request.user, article):
                refused.append((article, "cannot be changed: no permission"))
                continue
            try:
                done.append((article, action(article)))
            except publishing.NotReady as refusal:
                refused.append((article, f"is not ready: {refusal}"))
        for level, rows in ((messages.SUCCESS, done), (messages.ERROR, refused)):
            if rows:
                listed = format_html_join("", "<li>“{}” {}</li>", rows)
                self.message_user(request, format_html("<ul>{}</ul>", listed), level)

    def _are_too_many(self, request: HttpRequest, articles: QuerySet[Article]) -> bool:
        if articles.count() <= MAX_SELECTED:
            return False
        message = f"Nothing was changed. Select at most {MAX_SELECTED} articles at a time."
        self.message_user(request, message, messages.ERROR)
        return True
