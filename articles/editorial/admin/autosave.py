"""Saving the article form in the background, for `static/iria_admin/autosave.js`.

The script sends the fields that changed, and gets JSON. Without it, “Save draft” does the same.
"""

from copy import copy
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, JsonResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.timezone import localtime

from articles.editorial import permissions
from articles.editorial.admin import submit_actions
from articles.editorial.admin.editor_field import BodyField
from articles.editorial.admin.fields import check_picks
from articles.editorial.admin.form import RELATIONS, content_value
from articles.editorial.checklist import NotReady
from articles.editorial.models import Article, ArticleType, Revision
from articles.editorial.models.mixins import NO_PUBLICATION_NAME
from articles.editorial.versions import drafts, revisions
from articles.editorial.versions.content import (
    BLANK,
    COLUMNS,
    Content,
    columns_of,
    content_of_revision,
    fields_of,
    is_blank,
    sanitised,
)
from articles.editorial.versions.diff import compared
from articles.editorial.versions.revisions import Reason
from iria.core import autosave
from iria.core.text.validators import one_line
from iria.publication.context_processors import publication_of

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.http import HttpResponse

Errors = dict[str, list[str]]


def urls_for(request: HttpRequest, article: Article | None) -> dict[str, Any]:
    """What the script needs, for `admin/_save_state.html`."""
    pk = article.pk if article else None
    return {
        **autosave.page_context(request, Article, pk),
        "compare_url": autosave.admin_url(Article, "compare", pk),
    }


def autosave_view(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, *, object_id: int | None = None
) -> JsonResponse:
    """Saves what was sent; `reason=save` is the editor's own command to save, `overwrite` begins a
    new version over one that was saved elsewhere. An article in the trash counts as deleted.
    """
    if request.method != "POST":
        return autosave.token(request)
    if object_id is not None:
        return _save(model_admin, request, object_id)
    return _create(model_admin, request)


def _save(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, article_id: int
) -> JsonResponse:
    version = request.POST.get("version", "")
    errors: Errors = {}
    try:
        with transaction.atomic():
            article = Article.objects.locked().filter(pk=article_id).first()
            if article is None or article.is_in_trash:
                what = "deleted" if article is None else "moved to the trash"
                return autosave.deleted(f"This article was {what}.")
            if not model_admin.has_change_permission(request, article):
                raise PermissionDenied
            content, errors = _submitted(model_admin, request, article)
            revision = drafts.save_locked(
                article,
                content,
                by=request.user,  # type: ignore[arg-type]
                reason=_reason(request),
                opened_at=int(version) if version.isdecimal() and len(version) < 19 else -1,
                overrules="overwrite" in request.POST,
            )
            if _was_never_written(article, content_of_revision(revision)):
                article.delete()
                return JsonResponse({"blank": True})
    except revisions.EditConflict as conflict:
        return _conflict(request, article_id, conflict)
    except NotReady as refusal:
        return JsonResponse({"message": str(refusal), "errors": errors}, status=400)
    return _saved(article, revision, errors)


def _create(model_admin: "ModelAdmin[Article]", request: HttpRequest) -> JsonResponse:
    """Creates the article at the first change; a form creates one article, however often it is sent."""
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    token = request.POST.get("form_token", "")
    existing = submit_actions.article_created_by(token)
    if existing is not None and permissions.may_change(request.user, existing):
        return _save(model_admin, request, existing.pk)
    kind = ArticleType.objects.first()
    article = Article(
        kind=kind,
        language=publication_of(request).language_codes[0],
        form_id=submit_actions.form_id(token),
    )
    content, errors = _submitted(model_admin, request, None)
    content = {**BLANK, **fields_of(article), **content}
    if is_blank(content):
        return JsonResponse({"blank": True})
    try:
        with transaction.atomic():
            revision = drafts.create_article(
                article,
                content,
                by=request.user,  # type: ignore[arg-type]
                reason=_reason(request),
            )
    except NotReady as refusal:
        return JsonResponse({"message": str(refusal), "errors": errors}, status=400)
    except IntegrityError:
        # The same form was sent twice at once; the other request was first.
        existing = submit_actions.article_created_by(token)
        if existing is None:
            raise
        return _save(model_admin, request, existing.pk)
    return _saved(article, revision, errors)


def _reason(request: HttpRequest) -> Reason:
    return Reason.SAVE if request.POST.get("reason") == Reason.SAVE else Reason.AUTOSAVE


def _submitted(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, article: Article | None
) -> tuple[Content, Errors]:
    """The valid fields that were sent, as content, and what is wrong with the others."""
    form = model_admin.get_form(request, article, change=article is not None)
    content: Content = {}
    errors: Errors = {}
    for name, field in form.base_fields.items():
        if name not in request.POST or name not in {*COLUMNS, *RELATIONS}:
            continue
        submitted = field.widget.value_from_datadict(request.POST, request.FILES, name)
        try:
            # `drafts.save_locked` sanitises the text; doing it twice took half the time of an autosave.
            check = field.validated if isinstance(field, BodyField) else field.clean
            value: Any = check(submitted)
            if name in COLUMNS:
                # Such as the range of numbers, which forms leave to the model.
                Article._meta.get_field(name).run_validators(value)  # type: ignore[union-attr]
            if name == "picks":
                _check_picks(form, value, article)
        except ValidationError as error:
            errors[name] = error.messages
            continue
        key = RELATIONS.get(name) or COLUMNS[name]
        content[key] = one_line(value) if name == "headline" else content_value(name, value)
    if content.get("slug") == "" and article is not None and article.year is not None:
        del content["slug"]
    _reject_url_without_name(content, errors, article)
    return content, errors


def _reject_url_without_name(content: Content, errors: Errors, article: Article | None) -> None:
    """Rejects the URL of `first_published_in` without a name, which an editor may write later; the rest is saved."""
    name_and_url = ("first_published_in", "first_published_url")
    if sent := [name for name in name_and_url if name in content]:
        saved = drafts.open_for_editing(copy(article)).content if article is not None else {}
        name, url = ((saved | content).get(each, "") for each in name_and_url)
        if url and not name:
            for each in sent:
                del content[each]
            # Each is named, so that the script sends it again; the message is shown once.
            errors |= {**{each: [] for each in sent}, sent[0]: [NO_PUBLICATION_NAME]}


def _check_picks(form: Any, picked: list[Article], article: Article | None) -> None:
    before = article.related_picks.values_list("picked", flat=True) if article else []
    check_picks(picked, article, seen=form.visible_articles, before=before)


def _was_never_written(article: Article, content: Content) -> bool:
    """Whether a new article is blank again, and nothing else was ever saved in it."""
    if article.published_at is not None or article.year is not None or not is_blank(content):
        return False
    written = article.revisions.exclude(headline="", standfirst="", body="", lead_caption="")
    return not written.exists()


def _saved(article: Article, revision: Revision, errors: Errors) -> JsonResponse:
    return autosave.saved(
        article,
        article.version,
        errors,
        revision=revision.number,
        changes_wait=article.is_published and revision.published_at is None,
    )


def _conflict(
    request: HttpRequest, article_id: int, conflict: revisions.EditConflict
) -> JsonResponse:
    """Answers who saved it."""
    latest = conflict.latest
    who, where = "Someone", ""
    if latest is not None and latest.created_by_id == request.user.pk:
        who, where = "You", " in another tab"
    elif latest is not None and latest.created_by is not None:
        who = latest.created_by.public_name
    time = f" at {date_format(localtime(latest.last_saved), 'TIME_FORMAT')}" if latest else ""
    message = f"{who} saved a newer version{where}{time}."
    return autosave.conflict(Article, article_id, conflict.version, message)


def compare_view(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, *, object_id: int | None = None
) -> "HttpResponse":
    """What was sent, compared with what is saved, as HTML: for a copy that the browser kept."""
    if request.method != "POST":
        raise PermissionDenied
    article = None
    if object_id is not None:
        article = Article.objects.filter(pk=object_id).first()
        if article is not None and not model_admin.has_change_permission(request, article):
            raise PermissionDenied
    elif not model_admin.has_add_permission(request):
        raise PermissionDenied
    if article is not None:
        saved = drafts.open_for_editing(article).content
    else:
        saved = {**BLANK, **fields_of(Article())}
    content, _errors = _submitted(model_admin, request, article)
    edited = sanitised(saved | content)
    parts = compared(Revision(**columns_of(saved)), Revision(**columns_of(edited)))
    context = {"parts": parts, "same": "The copy is the same as the saved version."}
    return render(request, "admin/articles/article/_differences.html", context)
