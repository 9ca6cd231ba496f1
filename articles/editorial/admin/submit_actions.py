"""What the buttons of the article form do, and their messages.

An empty form creates one article, however often it is sent. A double click, a reload or a proxy
that retries sends the same form twice. So each empty form carries a random id, signed so that
nobody can use the id of another form, and the id is stored with the article under a unique
constraint: of two simultaneous requests the second fails in the database and is redirected to the
article of the first. A rate limit could not tell a second click from an editor who submits two
short articles in a row. The button that duplicates an article has such an id too.
"""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.editorial import permissions, publishing
from articles.editorial.models import Article
from articles.editorial.versions import drafts
from articles.editorial.versions.content import sanitised_body
from iria.core.blockers import as_message
from iria.core.security import BrokenToken, ExpiredToken, make_token, read_token

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

PURPOSE: Final = "article-form"
VALID_FOR: Final = timedelta(days=30)


def make_form_token() -> str:
    return make_token(str(uuid.uuid4()), purpose=PURPOSE)


def form_id(token: str) -> uuid.UUID | None:
    """The id in a token; None if it is broken or too old to be sent by accident."""
    try:
        return uuid.UUID(read_token(token, purpose=PURPOSE, valid_for=VALID_FOR))
    except (BrokenToken, ExpiredToken, ValueError, TypeError, AttributeError):
        return None


def article_created_by(token: str) -> Article | None:
    """The article that the form with this token has already created."""
    known = form_id(token)
    return Article.objects.filter(form_id=known).first() if known else None


def has_same_content(article: Article, headline: str, body: str) -> bool:
    """Whether a form sent again has the content that the article was created with."""
    first = article.revisions.order_by("number").first()
    return first is not None and (
        first.headline == " ".join(headline.split()) and first.body == sanitised_body(body)
    )


PUBLISH, SCHEDULE, UNPUBLISH, PREVIEW = "_publish", "_schedule", "_unpublish", "_preview"
UNSCHEDULE_CHANGES: Final = "_unschedule_changes"
DISCARD: Final = "_discard"


def decide(
    model_admin: "ModelAdmin[Article]",
    request: HttpRequest,
    article: Article,
    *,
    at: datetime | None,
) -> None:
    """Does what the pressed button asks for, after the article was saved."""
    if PREVIEW in request.POST:
        return
    if not {PUBLISH, SCHEDULE, UNPUBLISH, UNSCHEDULE_CHANGES} & request.POST.keys():
        _say_saved(model_admin, request, article)
    elif not permissions.may_publish(request.user):
        model_admin.message_user(request, "Saved. Only editors can publish.", messages.WARNING)
    else:
        _publish_or_unpublish(model_admin, request, article, at)


def _publish_or_unpublish(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, article: Article, at: datetime | None
) -> None:
    if asks_to_unpublish(request, article):
        return
    user = request.user
    outcome: Callable[[Article], SafeString] = outcome_message
    try:
        if article.is_published and UNPUBLISH not in request.POST:
            outcome = _decide_on_changes(request, article, at)
        elif PUBLISH in request.POST:
            publishing.publish(article, by=user)  # type: ignore[arg-type]
        elif SCHEDULE in request.POST and at is not None:
            publishing.schedule(article, by=user, at=at)  # type: ignore[arg-type]
        else:
            publishing.unpublish(article, by=user)  # type: ignore[arg-type]
    except publishing.NotReady as refusal:
        model_admin.message_user(request, not_ready_message(refusal), messages.ERROR)
    else:
        model_admin.message_user(request, outcome(article), messages.SUCCESS)


def _decide_on_changes(
    request: HttpRequest, article: Article, at: datetime | None
) -> Callable[[Article], SafeString]:
    """Publishes, schedules or unschedules the changes of a published article; returns the message."""
    user = request.user
    if UNSCHEDULE_CHANGES in request.POST:
        publishing.unschedule_changes(article)
        return lambda _: SafeString("Unscheduled. The changes are a draft again.")
    if SCHEDULE in request.POST and at is not None:
        publishing.schedule_changes(article, by=user, at=at)  # type: ignore[arg-type]
        return lambda _: format_html("Changes scheduled for {}.", _shown(at))
    if publishing.publish_changes(article, by=user):  # type: ignore[arg-type]
        return outcome_message
    return lambda _: SafeString("Nothing changed, so there was nothing to publish.")


def discard(model_admin: "ModelAdmin[Article]", request: HttpRequest, article: Article) -> None:
    """Discards the changes; the history keeps them."""
    drafts.discard_changes(article, by=request.user)  # type: ignore[arg-type]
    message = format_html(
        'Changes discarded. The <a href="{}">history</a> keeps them, in case you need them again.',
        reverse("admin:articles_article_history", args=[article.pk]),
    )
    model_admin.message_user(request, message, messages.SUCCESS)


def asks_to_unpublish(request: HttpRequest, article: Article) -> bool:
    """Whether the pressed button unpublishes the article; `trash.unpublish_view` asks for confirmation."""
    may = permissions.may_publish(request.user)
    return UNPUBLISH in request.POST and article.is_published and may


def _say_saved(model_admin: "ModelAdmin[Article]", request: HttpRequest, article: Article) -> None:
    if not {"_save", "_addanother"} & request.POST.keys():
        message = "Saved."
        if article.is_published:
            message = "Saved as draft. Readers see the changes when you publish them."
        model_admin.message_user(request, message, messages.SUCCESS)


def not_ready_message(refusal: publishing.NotReady) -> SafeString:
    return as_message("Saved, but not published:", refusal.blockers)


def outcome_message(article: Article) -> SafeString:
    """The new state of the article."""
    match article.state:
        case Article.State.PUBLISHED:
            return format_html(
                'Published. <a href="{}">View article</a>.', article.get_absolute_url()
            )
        case Article.State.SCHEDULED:
            return format_html("Scheduled for {}.", _shown(article.publish_at))
        case Article.State.UNPUBLISHED:
            return SafeString("Unpublished.")
        case _:
            return SafeString("Unscheduled. The article is a draft again.")


def _shown(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else ""


TOKEN_FIELD = "copy_token"  # noqa: S105 - the name of a field
"""The field with the token of the button; a button pressed twice makes one copy."""

DUPLICATED: Final = "This is the copy. It has a new URL when you publish it."


def duplicate_view(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, *, object_id: int
) -> HttpResponse:
    """Makes a draft with the same content, and opens it."""
    article = get_object_or_404(Article, pk=object_id)
    may_see = permissions.may_see(request.user, article)
    if not may_see or not model_admin.has_add_permission(request):
        raise PermissionDenied
    if request.method != "POST":
        return redirect("admin:articles_article_change", article.pk)
    copy = _copy_of(request, article)
    model_admin.message_user(request, DUPLICATED, messages.SUCCESS)
    return redirect("admin:articles_article_change", copy.pk)


def _copy_of(request: HttpRequest, article: Article) -> Article:
    token = request.POST.get(TOKEN_FIELD, "")
    if existing := article_created_by(token):
        return existing
    try:
        with transaction.atomic():
            return drafts.duplicate(article, by=request.user, form_id=form_id(token))  # type: ignore[arg-type]
    except IntegrityError:
        # The button was pressed twice; the other request was first.
        if existing := article_created_by(token):
            return existing
        raise
