"""Reporting and recommending a comment on pages of their own, with and without JavaScript."""

from datetime import timedelta
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.sessions import signed_in_user
from articles.comments.models import Comment, Recommendation
from articles.comments.moderation import flagging
from articles.comments.moderation.models import FLAG_TEXT_MAX_LENGTH, Flag
from iria.core.http.headers import client_ip
from iria.core.http.urls import parse_id
from iria.core.security import count_and_allow
from iria.core.text.language import use_language

PER_READER: Final = (60, timedelta(minutes=10))
"""Recommendations and deletions of one account."""


class RecommendationError(Exception):
    """The recommendation was not accepted; the text says why."""

    def __init__(self, message: str, *, busy: bool = False) -> None:
        super().__init__(message)
        self.busy = busy


def save_recommendation(comment: Comment, *, by: User) -> None:
    """Saves the recommendation of a reader; a second one changes nothing.

    Raises:
        RecommendationError
    """
    if comment.user_id == by.pk:
        raise RecommendationError(gettext("You cannot recommend your own comment."))
    _limit_rate(by)
    Recommendation.objects.bulk_create(
        [Recommendation(comment=comment, user=by, article_id=comment.article_id)],
        ignore_conflicts=True,
    )


def delete_recommendation(comment: Comment, *, by: User) -> None:
    """Deletes the recommendation of a reader, if there is one.

    Raises:
        RecommendationError
    """
    _limit_rate(by)
    Recommendation.objects.filter(comment=comment, user=by).delete()


def is_recommended(comment: Comment, *, by: User) -> bool:
    return Recommendation.objects.filter(comment=comment, user=by).exists()


def recommended_ids(article_id: int, *, by: User) -> list[int]:
    """The ids of the comments on an article that a reader recommends."""
    own = Recommendation.objects.filter(user=by, comment__article=article_id)
    return list(own.values_list("comment_id", flat=True))


def _limit_rate(by: User) -> None:
    limit, per = PER_READER
    if not count_and_allow("recommendations of", str(by.pk), limit=limit, per=per):
        raise RecommendationError(
            gettext("Too many recommendations. Try again in ten minutes."), busy=True
        )


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The form; shown again with the values and the errors if the report is not accepted."""
    published = Comment.objects.published().select_related("article", "user")
    comment = get_object_or_404(published, pk=pk)
    errors: dict[str, str] = {}
    status = 200
    with use_language(comment.article.language):
        if request.method == "POST":
            try:
                flagging.save_report(
                    comment,
                    reason=request.POST.get("reason", ""),
                    text=request.POST.get("text", ""),
                    email=request.POST.get("email", ""),
                    by=signed_in_user(request),
                    ip_address=client_ip(request),
                )
            except flagging.FlagError as error:
                errors, status = error.messages, 429 if error.busy else 422
            else:
                return redirect(reverse("comment_reported", query={"comment": pk}))
        context = {
            "comment": comment,
            "reasons": Flag.Reason.choices,
            "longest": FLAG_TEXT_MAX_LENGTH,
            "errors": errors,
            "typed": request.POST,
            "writer": signed_in_user(request),
        }
        return render(request, "articles/comments/report.html", context, status=status)


@require_safe
def reported(request: HttpRequest) -> HttpResponse:
    comment = parse_id(request.GET.get("comment"))
    return render(request, "articles/comments/reported.html", {"comment": comment})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def recommend(request: HttpRequest, pk: int) -> HttpResponse:
    """POST recommends, or deletes the recommendation (`undo`); GET is the page with the button for both.

    The button below a comment leads here. Its page is the same for everybody, so it cannot know who is
    signed in: a guest reads here why to sign in, and comes back to this page then.
    """
    published = Comment.objects.published().select_related("article", "user").defer("article__body")
    comment = get_object_or_404(published, pk=pk)
    user = signed_in_user(request)
    with use_language(comment.article.language):
        if user is None:
            return render(request, "articles/comments/recommend.html", {"comment": comment})
        error, status = "", 200
        if request.method == "POST":
            try:
                _apply(request, comment, user)
            except RecommendationError as failure:
                error, status = str(failure), 429 if failure.busy else 422
        if request.accepts("text/html"):
            if request.method == "POST" and not error:
                return redirect("comment", pk)
            return _page(request, comment, user, error, status)
        return _state(comment, user, error, status)


def _apply(request: HttpRequest, comment: Comment, user: User) -> None:
    if "undo" in request.POST:
        delete_recommendation(comment, by=user)
    else:
        save_recommendation(comment, by=user)


def _page(
    request: HttpRequest, comment: Comment, user: User, error: str, status: int
) -> HttpResponse:
    context = {
        "comment": comment,
        "recommended": is_recommended(comment, by=user),
        "error": error,
    }
    return render(request, "articles/comments/recommend.html", context, status=status)


def _state(comment: Comment, user: User, error: str, status: int) -> JsonResponse:
    """For the script: what is saved now, also after an error."""
    values = {
        "recommended": is_recommended(comment, by=user),
        "count": comment.recommendations.count(),
        "error": error,
    }
    return JsonResponse(values, status=status)


@require_safe
def recommended(request: HttpRequest) -> HttpResponse:
    """For the script: the ids of the comments on `?article=` that the signed-in reader recommends."""
    article, user = parse_id(request.GET.get("article")), signed_in_user(request)
    if article is None or user is None:
        raise Http404
    return JsonResponse({"recommended": recommended_ids(article, by=user)})
