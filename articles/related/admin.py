"""Related articles in the form of an article: manual picks, and computed suggestions.

The suggestions are not a formset: the worker may recompute them while somebody edits, and the form must
not become invalid because a suggestion is gone.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from articles.editorial.models import Article
from articles.related import read_next
from articles.related.models import RelatedExclusion, RelatedLink, RelatedPick
from articles.related.reasons import describe_reasons
from iria.core.admin import FindsRows

FIELD_PREFIX: Final = "suggestion-"
"""Followed by the id of the suggested article."""


def suggestions_context(article: Article) -> dict[str, Any]:
    """Returns the computed suggestions with their reasons, and the excluded articles."""
    links = RelatedLink.objects.filter(article=article).select_related("other")
    links = links.exclude(other__in=article.related_picks.values("picked"))
    suggestions = [
        {
            "field": f"{FIELD_PREFIX}{link.other_id}",
            "other": link.other,
            "why": describe_reasons(link.reasons),
            "score": link.score,
        }
        for link in links.only("score", "reasons", "other__headline", "other__published_at")
    ]
    exclusions = RelatedExclusion.objects.filter(article=article)
    return {
        "suggestions": suggestions,
        "left_out": [
            {
                "field": f"{FIELD_PREFIX}{row.other_id}",
                "other": row.other,
                "by": row.created_by.public_name if row.created_by else "unknown user",
                "at": row.created_at,
            }
            for row in exclusions.select_related("other", "created_by")
        ],
    }


def save_decisions(article: Article, post_data: Mapping[str, str], *, by: User) -> None:
    """Applies the decisions about suggestions; invalid ones are ignored."""
    decisions = {
        int(name.removeprefix(FIELD_PREFIX)): decision
        for name, decision in post_data.items()
        if name.startswith(FIELD_PREFIX)
        and name.removeprefix(FIELD_PREFIX).isdecimal()
        and len(name) < 30
    }
    named = Article.objects.not_in_trash().filter(pk__in=[pk for pk in decisions if pk < 2**63])
    articles = named.exclude(pk=article.pk)
    for other in articles.only("pk") if decisions else []:
        match decisions[other.pk]:
            case "pick":
                read_next.pick(article, other)
            case "leave-out":
                read_next.exclude(article, other, by=by)
            case "allow":
                read_next.include_again(article, other)


class RelatedPickInline(FindsRows, admin.StackedInline[RelatedPick, Article]):
    model = RelatedPick
    fk_name = "article"
    verbose_name_plural = "manual picks for “Read next”, shown before computed articles"
    autocomplete_fields = ("picked",)
    extra = 0
    max_num = 4


class SuggestionsAdminMixin(admin.ModelAdmin[Article]):
    """Shows the suggestions below the form, and saves the decisions about them."""

    change_form_template = "admin/articles/article/with_suggestions.html"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        article: Article | None = options.get("obj")
        if article is not None:
            context |= suggestions_context(article)
        return super().render_change_form(request, context, *args, **options)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is RelatedPick:
            formset.save()
        else:
            super().save_formset(request, form, formset, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        save_decisions(form.instance, request.POST, by=request.user)  # type: ignore[arg-type]
