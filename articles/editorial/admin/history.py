"""The history page of an article, comparing and restoring versions, and corrections below the form."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import CharField, QuerySet
from django.db.models.functions import MD5
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.models import User
from articles.editorial import permissions
from articles.editorial.checklist import NotReady
from articles.editorial.models import (
    Article,
    Correction,
    Draft,
    Revision,
    StateChange,
)
from articles.editorial.versions import drafts
from articles.editorial.versions.content import (
    LABELS,
    REVISION_COLUMNS,
    Content,
    content_of_revision,
    deleted_images,
)
from articles.editorial.versions.diff import compared
from articles.editorial.versions.related_rows import MODELS, existing
from iria.core.http.urls import parse_id

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

MAX_EVENTS: Final = 100
"""Events of each kind on the history page."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history."""

    at: datetime
    by: User | None
    revision: Revision | None = None
    changed: tuple[str, ...] = ()
    """Names of the fields that the revision changed."""
    change: StateChange | None = None
    note: str = ""


def context_of(user: permissions.AnyUser, object_id: str) -> dict[str, Any]:
    """What happened to an article and this user may see, the newest first, for its history page."""
    article = Article.objects.filter(pk=parse_id(unquote(object_id)) or 0).first()
    if article is None:
        return {}
    seen = permissions.visible_revisions(user, article)
    events = [*_revisions(seen), *_state_changes(article.pk), *_notes(article.pk)]
    events.sort(key=lambda event: event.at, reverse=True)
    draft = Draft.objects.filter(article=article).first()
    live = (
        seen.filter(published_at__isnull=False)
        .order_by("-published_at", "-number")
        .values_list("pk", flat=True)
        .first()
    )
    return {"events": events[:MAX_EVENTS], "draft": draft, "live_revision": live}


def _revisions(revisions: QuerySet[Revision]) -> Iterator[Event]:
    """The texts stay in the database: whether they changed can be seen from a digest."""
    newest = list(
        revisions.select_related("created_by")
        .defer("body")
        .annotate(body_digest=MD5("body", output_field=CharField()))[: MAX_EVENTS + 1]
    )
    for revision, before in pairwise([*newest, None] if len(newest) <= MAX_EVENTS else newest):
        changed = _changed(before, revision) if revision is not None and before else ()
        if revision is not None:
            yield Event(revision.last_saved, revision.created_by, revision, tuple(changed))


def _changed(before: Revision, after: Revision) -> Iterable[str]:
    names = [name for name in REVISION_COLUMNS if name != "body"]
    changed = [name for name in names if getattr(before, name) != getattr(after, name)]
    if before.body_digest != after.body_digest:  # type: ignore[attr-defined]
        changed.append("body")
    if before.details is not None and after.details is not None:
        changed += [
            name
            for name, value in after.details.items()
            if before.details.get(name) != value and (value or name in before.details)
        ]
    return dict.fromkeys(LABELS[name] for name in changed)


def _state_changes(article_id: int) -> Iterator[Event]:
    changes = StateChange.objects.filter(article=article_id)
    for change in changes.select_related("created_by")[:MAX_EVENTS]:
        yield Event(change.created_at, change.created_by, change=change)


def _notes(article_id: int) -> Iterator[Event]:
    """Corrections, and what earlier releases wrote about fields outside revisions."""
    entries = LogEntry.objects.filter(
        content_type=get_content_type_for_model(Article), object_id=article_id, action_flag=CHANGE
    ).exclude(change_message__in=["", "[]"])
    for entry in entries.select_related("user")[:MAX_EVENTS]:
        yield Event(entry.action_time, entry.user, note=entry.get_change_message())


def change_message(formsets: list[Any]) -> str:
    """One line for each correction; revisions hold everything else."""
    return "\n".join(
        f"Correction: {row.text}"
        for formset in formsets
        for row in formset.new_objects
        if isinstance(row, Correction)
    )


def version_view(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, *, object_id: str, number: int
) -> HttpResponse:
    """One version, compared with the one before it, or with the one that `?with=` names."""
    article = _article(request, object_id)
    revisions = permissions.visible_revisions(request.user, article).select_related("created_by")
    new = get_object_or_404(revisions, number=number)
    if other := parse_id(request.GET.get("with")):
        old: Revision | None = get_object_or_404(revisions, number=other)
    else:
        old = revisions.filter(number__lt=number).first()
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"Version {number}",
        "subtitle": str(article),
        "opts": model_admin.opts,
        "original": article,
        "old": old,
        "new": new,
        "newer": revisions.filter(number__gt=number).last(),
        "parts": compared(old, new),
        "others": revisions.exclude(pk=new.pk).defer("body", "details")[:MAX_EVENTS],
        "may_restore": permissions.may_change(request.user, article),
    }
    return render(request, "admin/articles/article/version.html", context)


def restore_view(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, *, object_id: int, number: int
) -> HttpResponse:
    """Makes a version, or some fields of it, the draft."""
    article = _article(request, str(object_id))
    if request.method != "POST":
        return redirect("admin:articles_article_version", article.pk, number)
    if not permissions.may_change(request.user, article):
        raise PermissionDenied
    revision = get_object_or_404(article.revisions, number=number)
    try:
        drafts.restore(
            article,
            revision,
            by=request.user,  # type: ignore[arg-type]
            names=request.POST.getlist("field"),
        )
    except NotReady as refusal:
        model_admin.message_user(request, f"Not restored. {refusal}", messages.ERROR)
        return redirect("admin:articles_article_version", article.pk, number)
    message = f"Version {number} was restored as draft."
    if article.is_published:
        message += " Readers see it when you publish the changes."
    model_admin.message_user(request, message, messages.SUCCESS)
    if gone := list(_missing_names(content_of_revision(revision))):
        message = f"Not restored, because they no longer exist: {', '.join(gone)}."
        model_admin.message_user(request, message, messages.WARNING)
    return redirect("admin:articles_article_change", article.pk)


def _missing_names(content: Content) -> Iterator[str]:
    """Names of categories, authors and images of a version that were deleted since."""
    for name in deleted_images(content):
        yield f"{LABELS[name].lower()} {content[name]}"
    for name in MODELS:
        known = {row.pk for row in existing(name, content)}
        yield from (each["name"] for each in content.get(name, []) if each["id"] not in known)
    picks = content.get("picks", [])
    known = set(Article.objects.filter(pk__in=picks).values_list("pk", flat=True))
    yield from (f"article {pk}" for pk in picks if pk not in known)


def _article(request: HttpRequest, object_id: str) -> Article:
    article: Article = get_object_or_404(Article, pk=parse_id(unquote(object_id)) or 0)
    if not permissions.may_see(request.user, article) or not request.user.has_perm(
        "articles.view_revision"
    ):
        raise PermissionDenied
    return article


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
