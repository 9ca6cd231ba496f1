"""Related articles in the form of an article: the editor's picks, and what was computed."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from articles.editorial.models import Article
from articles.related import suggesting
from articles.related.models import RelatedPick
from iria.kit.finding_rows import FindsRows

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Article]
else:
    _Admin = object


class RelatedPickInline(FindsRows, admin.StackedInline[RelatedPick, Article]):
    model = RelatedPick
    fk_name = "article"
    verbose_name_plural = "read next: your picks stand first, computed ones follow"
    autocomplete_fields = ("picked",)
    extra = 0
    max_num = 4


class WithSuggestions(_Admin):
    """Shows below the form what was computed and why, and takes what the editor says to it."""

    change_form_template = "admin/articles/article/with_suggestions.html"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        article: Article | None = options.get("obj")
        if article is not None:
            context |= suggesting.context_of(article)
        return super().render_change_form(request, context, *args, **options)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is RelatedPick:
            formset.save()
        else:
            super().save_formset(request, form, formset, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        suggesting.save_decisions(form.instance, request.POST, by=request.user)  # type: ignore[arg-type]
