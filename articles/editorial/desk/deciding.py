"""What the buttons below the form do, and the sentences that say what was done."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.editorial import permissions, publishing
from articles.editorial.models import Article
from articles.editorial.previewing import expires_at, preview_address
from iria.kit.obstacles import in_words

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

PUBLISH, SCHEDULE, WITHDRAW, PREVIEW = "_publish", "_schedule", "_withdraw", "_preview"


def decide(
    desk: "ModelAdmin[Article]", request: HttpRequest, article: Article, *, at: datetime | None
) -> None:
    """Does what the pressed button says with an article that was just saved."""
    if PREVIEW in request.POST:
        desk.message_user(request, preview_words(article), messages.SUCCESS)
    elif not {PUBLISH, SCHEDULE, WITHDRAW} & request.POST.keys():
        _say_saved(desk, request, article)
    elif not permissions.may_publish(request.user):
        sentence = "The article is saved; publishing it is for an editor."
        desk.message_user(request, sentence, messages.WARNING)
    else:
        _publish_or_withdraw(desk, request, article, at)


def _publish_or_withdraw(
    desk: "ModelAdmin[Article]", request: HttpRequest, article: Article, at: datetime | None
) -> None:
    if asks_to_unpublish(request, article):
        return
    user = request.user
    try:
        if PUBLISH in request.POST:
            publishing.publish(article, by=user)  # type: ignore[arg-type]
        elif SCHEDULE in request.POST and at is not None:
            publishing.schedule(article, by=user, at=at)  # type: ignore[arg-type]
        else:
            publishing.withdraw(article, by=user)  # type: ignore[arg-type]
    except publishing.NotReady as refusal:
        desk.message_user(request, refusal_words(refusal), messages.ERROR)
    else:
        desk.message_user(request, outcome_words(article), messages.SUCCESS)


def asks_to_unpublish(request: HttpRequest, article: Article) -> bool:
    """Whether readers would lose the article by the pressed button: `unpublishing` asks before that."""
    may = permissions.may_publish(request.user)
    return WITHDRAW in request.POST and article.is_published and may


def _say_saved(desk: "ModelAdmin[Article]", request: HttpRequest, article: Article) -> None:
    if "_continue" in request.POST:
        seen = "Saved; readers see it now." if article.is_published else "Saved."
        desk.message_user(request, seen, messages.SUCCESS)


def refusal_words(refusal: publishing.NotReady) -> SafeString:
    return in_words("It is saved, and not out yet:", refusal.obstacles)


def outcome_words(article: Article) -> SafeString:
    """What the article is now, in a sentence."""
    match article.state:
        case Article.State.PUBLISHED:
            words = 'Published: <a href="{}">see it as readers do</a>.'
            return format_html(words, article.get_absolute_url())
        case Article.State.SCHEDULED:
            return format_html("Scheduled: it goes out on {}.", _shown(article.publish_at))
        case Article.State.WITHDRAWN:
            return SafeString("Withdrawn: readers no longer see it.")
        case _:
            return SafeString("It is a draft again, and off the schedule.")


def preview_words(article: Article) -> SafeString:
    return format_html(
        'Saved. <a href="{}" target="_blank">Open the preview</a>; whoever has this link can read '
        "it until {}.",
        preview_address(article),
        _shown(expires_at()),
    )


def _shown(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else ""
