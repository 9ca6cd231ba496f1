"""Suggestions in the form of an article: what stands below it, why, and what an editor says to it.

They are no formset: the worker may compute them anew while somebody writes, and what an editor has
written must not be refused because a suggestion has gone.

Related articles in the form of an article: the editor's picks, and what was computed.
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

FIELD: Final = "suggestion-"
"""Name of a suggestion's field in the form, before the number of the article suggested."""


def suggestions_context(article: Article) -> dict[str, Any]:
    """The computed suggestions with their reasons in words, and what was left out by whom."""
    links = RelatedLink.objects.filter(article=article).select_related("other")
    picked = set(article.related_picks.values_list("picked", flat=True))
    suggestions = [
        {
            "field": f"{FIELD}{link.other_id}",
            "other": link.other,
            "why": describe_reasons(link.reasons),
            "score": link.score,
        }
        for link in links.only("score", "reasons", "other__headline", "other__published_at")
        if link.other_id not in picked
    ]
    exclusions = RelatedExclusion.objects.filter(article=article)
    return {
        "suggestions": suggestions,
        "left_out": [
            {
                "field": f"{FIELD}{row.other_id}",
                "other": row.other,
                "by": row.created_by.public_name if row.created_by else "unknown user",
                "at": row.created_at,
            }
            for row in exclusions.select_related("other", "created_by")
        ],
    }


def save_decisions(article: Article, sent: Mapping[str, str], *, by: User) -> None:
    """Does what the form says to each suggestion; what it says to anything else is passed over."""
    decisions = {
        int(name.removeprefix(FIELD)): decision
        for name, decision in sent.items()
        if name.startswith(FIELD) and name.removeprefix(FIELD).isdecimal() and len(name) < 30
    }
    known = Article.objects.filter(pk__in=[pk for pk in decisions if pk < 2**63]).exclude(
        pk=article.pk
    )
    for other in known.only("pk") if decisions else []:
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
    """Shows below the form what was computed and why, and takes what the editor says to it."""

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
