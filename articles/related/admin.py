"""Computed suggestions of related articles in the form of an article.

The suggestions are not a formset: the worker may recompute them while somebody edits, and the form must
not become invalid because a suggestion is gone.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import admin, messages
from django.db.models import (
    CharField,
    DateTimeField,
    F,
    FloatField,
    IntegerField,
    JSONField,
    Value,
)
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from articles.editorial.models import Article
from articles.editorial.models.article_parts import MAX_PICKS
from articles.related import read_next
from articles.related.models import RelatedExclusion, RelatedLink
from articles.related.reasons import describe_reasons

FIELD_PREFIX: Final = "suggestion-"
"""Followed by the id of the suggested article."""
TOO_MANY: Final = f"An article has at most {MAX_PICKS} picks. Remove one under “Read next” to show another one first."


def suggestions_context(article: Article, picked: list[int]) -> dict[str, Any]:
    """Returns the computed suggestions with their reasons, and the excluded articles.

    Args:
        picked: the ids of manual picks, which are not suggested.
    """
    own = ("other_id", "other__headline", "other__published_at")
    links = RelatedLink.objects.filter(article=article).exclude(other__in=picked).order_by()
    exclusions = RelatedExclusion.objects.filter(article=article).order_by()
    rows = links.annotate(
        by=Value(None, IntegerField()),
        by_name=Value(None, CharField()),
        at=Value(None, DateTimeField()),
    ).values_list(*own, "score", "reasons", "position", "by", "by_name", "at")
    others = exclusions.annotate(
        score=Value(None, FloatField()),
        reasons=Value({}, JSONField()),
        position=Value(None, IntegerField()),
        by=F("created_by"),
        by_name=F("created_by__display_name"),
        at=F("created_at"),
    ).values_list(*own, "score", "reasons", "position", "by", "by_name", "at")
    context: dict[str, list[dict[str, Any]]] = {"suggestions": [], "left_out": []}
    # In one query; an excluded article has no position.
    for pk, headline, published_at, score, reasons, position, by, by_name, at in rows.union(
        others, all=True
    ).order_by("position", "-at"):
        shown = {
            "field": f"{FIELD_PREFIX}{pk}",
            "other": Article(pk=pk, headline=headline, published_at=published_at),
        }
        if position is not None:
            context["suggestions"].append(
                {**shown, "why": describe_reasons(reasons), "score": score}
            )
        else:
            name = User(pk=by, display_name=by_name).public_name if by else "unknown user"
            context["left_out"].append({**shown, "by": name, "at": at})
    return context


def decisions_in(article: Article, post_data: Mapping[str, str]) -> dict[Article, str]:
    """The decisions about suggestions by article; invalid ones are ignored."""
    decisions = {
        int(name.removeprefix(FIELD_PREFIX)): decision
        for name, decision in post_data.items()
        if name.startswith(FIELD_PREFIX)
        and name.removeprefix(FIELD_PREFIX).isdecimal()
        and len(name) < 30
    }
    named = Article.objects.not_in_trash().filter(pk__in=[pk for pk in decisions if pk < 2**63])
    articles = named.exclude(pk=article.pk)
    return {other: decisions[other.pk] for other in (articles.only("pk") if decisions else [])}


class SuggestionsAdminMixin(admin.ModelAdmin[Article]):
    """Shows the suggestions below the form, and saves the decisions about them.

    Picks are part of the draft; what is excluded is not suggested from now on.
    """

    change_form_template = "admin/articles/article/with_suggestions.html"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        article: Article | None = options.get("obj")
        if article is not None:
            opened = context["adminform"].form.opened
            context |= suggestions_context(article, opened.content["picks"] if opened else [])
        return super().render_change_form(request, context, *args, **options)

    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        decisions = decisions_in(obj, request.POST)
        new = [other for other, decision in decisions.items() if decision == "pick"]
        wanted = list(dict.fromkeys([*form.cleaned_data.get("picks", []), *new]))
        if len(wanted) > MAX_PICKS:
            self.message_user(request, TOO_MANY, messages.WARNING)
        form.cleaned_data["picks"] = wanted[:MAX_PICKS]
        super().save_model(request, obj, form, change)
        for other, decision in decisions.items():
            if decision == "leave-out":
                read_next.exclude(obj, other, by=request.user)  # type: ignore[arg-type]
            elif decision in ("pick", "allow"):
                read_next.include_again(obj, other)
