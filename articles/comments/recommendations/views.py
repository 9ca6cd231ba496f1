"""Recommending a comment, with and without JavaScript. The reader has to be signed in."""

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.recommendations import recommending
from articles.comments.submission.form_tokens import signed_in_user
from articles.comments.submission.validation import parse_id
from iria.core.text.language import use_language


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def recommend(request: HttpRequest, pk: int) -> HttpResponse:
    """POST recommends, or deletes the recommendation (`undo`); GET is the page with the button for both.

    The button below a comment leads here. Its page is the same for everybody, so it cannot know who is
    signed in: a guest comes back to this page after signing in.
    """
    published = Comment.objects.published().select_related("article", "user").defer("article__body")
    comment = get_object_or_404(published, pk=pk)
    user = signed_in_user(request)
    if user is None:
        here = reverse("comment_recommend", args=[pk])
        return redirect_to_login(here, reverse("account_login"))
    with use_language(comment.article.language):
        error, status = "", 200
        if request.method == "POST":
            try:
                _apply(request, comment, user)
            except recommending.RecommendationError as failure:
                error, status = str(failure), 429 if failure.busy else 422
        if request.accepts("text/html"):
            if request.method == "POST" and not error:
                return redirect("comment", pk)
            return _page(request, comment, user, error, status)
        return _state(comment, user, error, status)


def _apply(request: HttpRequest, comment: Comment, user: User) -> None:
    if "undo" in request.POST:
        recommending.delete_recommendation(comment, by=user)
    else:
        recommending.recommend(comment, by=user)


def _page(
    request: HttpRequest, comment: Comment, user: User, error: str, status: int
) -> HttpResponse:
    context = {
        "comment": comment,
        "recommended": recommending.is_recommended(comment, by=user),
        "error": error,
    }
    return render(request, "articles/comments/recommend.html", context, status=status)


def _state(comment: Comment, user: User, error: str, status: int) -> JsonResponse:
    """For the script: what is saved now, also after an error."""
    values = {
        "recommended": recommending.is_recommended(comment, by=user),
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
    return JsonResponse({"recommended": recommending.recommended_ids(article, by=user)})
