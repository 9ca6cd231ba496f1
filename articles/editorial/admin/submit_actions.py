"""An empty form makes one article, however often it is sent.

A double click, a reload or a proxy that tries again sends the same form twice. Each empty form
carries a random id, signed so that nobody can take the id of somebody else's form, and the id is
kept with the article under a unique constraint: of two requests at once the second fails in the
database and is led to the article of the first. A rate limit would not do: it could not tell a
second click from an editor who files two short pieces in a row.

What the buttons below the form do, and the sentences that say what was done.

What stands beside the form of an article: what it lacks, and what its pictures allow.
"""

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.body.sanitiser import clean
from articles.editorial import permissions, publishing
from articles.editorial.checklist import pictures_of, publish_blockers, suggestions
from articles.editorial.models import Article
from articles.editorial.preview_links import expires_at, preview_address
from articles.embeds.autoembed import place
from articles.images.rights.usage_check import usage_terms
from iria.core.blockers import as_message
from iria.core.http.urls import absolute_url
from iria.core.security.signed_tokens import BrokenToken, ExpiredToken, make_token, read_token

PURPOSE: Final = "article-form"
VALID_FOR: Final = timedelta(days=30)


def make_form_token() -> str:
    return make_token(str(uuid.uuid4()), purpose=PURPOSE)


def form_id(token: str) -> uuid.UUID | None:
    """The id in a token; None where it was cut off or is too old to be sent by accident."""
    try:
        return uuid.UUID(read_token(token, purpose=PURPOSE, valid_for=VALID_FOR))
    except (BrokenToken, ExpiredToken, ValueError, TypeError, AttributeError):
        return None


def made_from(token: str) -> Article | None:
    """The article that the form with this token made already."""
    known = form_id(token)
    return Article.objects.filter(made_from=known).first() if known else None


def is_the_same(article: Article, headline: str, body: str) -> bool:
    """Whether a form sent again says what the article was made with."""
    first = article.revisions.order_by("number").first()
    return first is not None and (
        first.headline == " ".join(headline.split()) and first.body == place(clean(body))
    )


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
            publishing.unpublish(article, by=user)  # type: ignore[arg-type]
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
    return as_message("It is saved, and not out yet:", refusal.obstacles)


def outcome_words(article: Article) -> SafeString:
    """What the article is now, in a sentence."""
    match article.state:
        case Article.State.PUBLISHED:
            words = 'Published: <a href="{}">see it as readers do</a>.'
            return format_html(words, article.get_absolute_url())
        case Article.State.SCHEDULED:
            return format_html("Scheduled: it goes out on {}.", _shown(article.publish_at))
        case Article.State.UNPUBLISHED:
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


def of(request: HttpRequest, article: Article) -> dict[str, Any]:
    """For `admin/articles/article/_panel.html`."""
    return {
        "obstacles": publish_blockers(article),
        "advice": suggestions(article),
        "terms": [
            (image, terms) for image in pictures_of(article) if (terms := usage_terms(image))
        ],
        "preview_link": absolute_url(preview_address(article)),
        "preview_until": expires_at(),
        "latest_version": article.revisions.select_related("made_by").first(),
    }
