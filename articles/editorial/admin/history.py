"""The history page of an article, one version, and corrections below the form."""

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from articles.editorial import permissions
from articles.editorial.admin.fields import InOrderField, TagsField, join
from articles.editorial.models import Article, Correction, Revision, StateChange
from articles.editorial.models.article import REVISED_FIELDS
from articles.editorial.revision_diff import compared

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

SHOWN = 100
NOT_SHOWN: Final = {"version", "form_token", "schedule_for"}
"""Not part of the article; state changes record when it is scheduled."""


def context_of(object_id: str) -> dict[str, Any]:
    """The newest versions, changes of state and other changes, for the article's history page."""
    key = unquote(object_id)
    if not key.isdecimal():
        return {}
    number = int(key)
    revisions = Revision.objects.filter(article=number).select_related("created_by").defer("body")
    changes = StateChange.objects.filter(article=number).select_related("created_by")
    others = (
        LogEntry.objects.filter(
            content_type=get_content_type_for_model(Article), object_id=number, action_flag=CHANGE
        )
        .exclude(change_message__in=["", "[]"])
        .select_related("user")
    )
    return {
        "revisions": revisions[:SHOWN],
        "state_changes": changes[:SHOWN],
        "other_changes": others[:SHOWN],
    }


def change_message(form: forms.ModelForm[Article], formsets: list[Any]) -> str:
    """One line for each changed field that revisions do not hold: before → after."""
    lines = []
    for name in form.changed_data:
        field = form.fields[name]
        if name in REVISED_FIELDS or name in NOT_SHOWN:
            continue
        before = _as_text(field, form.initial.get(name))
        after = _as_text(field, _saved_value(form, name))
        if before != after:
            lines.append(f"{field.label}: {before} → {after}")
    lines += [f"Correction: {added}" for formset in formsets for added in _corrections(formset)]
    return "\n".join(lines)


def _saved_value(form: forms.ModelForm[Article], name: str) -> Any:
    """The saved value; a slug that was taken has got a number."""
    return form.instance.slug if name == "slug" else form.cleaned_data.get(name)


def _as_text(field: forms.Field, value: Any) -> str:
    """A value of the row or the form as it is shown on the page."""
    if isinstance(field, InOrderField):
        keys = [getattr(each, "pk", each) for each in value or []]
        rows = field.objects.in_bulk(keys)
        value = ", ".join(str(rows[key]) for key in keys if key in rows)
    elif isinstance(field, TagsField) and not isinstance(value, str):
        value = join(sorted(value or []))
    elif isinstance(field, forms.ModelChoiceField):
        value = field.to_python(getattr(value, "pk", value))
    elif isinstance(field, forms.TypedChoiceField):
        value = dict(field.choices).get(value, value)  # type: ignore[arg-type]
    elif isinstance(value, bool):
        value = "yes" if value else "no"
    return "–" if value in (None, "") else str(value)


def _corrections(formset: Any) -> list[str]:
    return [row.text for row in formset.new_objects if isinstance(row, Correction)]


def version_view(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, *, object_id: str, number: int
) -> HttpResponse:
    """One version, compared with the one before it."""
    key = unquote(object_id)
    if not key.isdecimal():
        raise Http404
    article = get_object_or_404(Article, pk=key)
    if not permissions.may_see(request.user, article) or not request.user.has_perm(
        "articles.view_revision"
    ):
        raise PermissionDenied
    revisions = article.revisions.select_related("created_by")
    new = get_object_or_404(revisions, number=number)
    old = revisions.filter(number__lt=number).first()
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"Version {number}",
        "subtitle": article.headline,
        "opts": model_admin.opts,
        "original": article,
        "old": old,
        "new": new,
        "newer": revisions.filter(number__gt=number).last(),
        "parts": compared(old, new),
    }
    return render(request, "admin/articles/article/version.html", context)


class CorrectionInline(admin.StackedInline[Correction, Article]):
    """Corrections can be added, not changed: readers have seen them."""

    model = Correction
    fields = ["text"]
    extra = 0
    min_num = 0
    verbose_name = "correction"
    verbose_name_plural = "Corrections"

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 1

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "text":
            kwargs["widget"] = forms.Textarea({"rows": 2})
        return super().formfield_for_dbfield(db_field, request, **kwargs)
