"""Reporting a comment on a page of its own, with and without JavaScript."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from articles.comments.flagging import reporting
from articles.comments.flagging.models import WORDS_MAX_LENGTH, Flag
from articles.comments.models import Comment
from articles.comments.seals import writer_of
from iria.kit.http import client_address
from iria.kit.speaking import speaking


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The form, and what was typed once more where something is missing."""
    published = Comment.objects.published().select_related("article", "user")
    comment = get_object_or_404(published, pk=pk)
    errors: dict[str, str] = {}
    status = 200
    with speaking(comment.article.language):
        if request.method == "POST":
            try:
                reporting.report(
                    comment,
                    reason=request.POST.get("reason", ""),
                    words=request.POST.get("words", ""),
                    email=request.POST.get("email", ""),
                    by=writer_of(request),
                    address=client_address(request),
                )
            except reporting.Refused as refused:
                errors, status = refused.sentences, 429 if refused.busy else 422
            else:
                return redirect("comment_reported")
        context = {
            "comment": comment,
            "reasons": Flag.Reason.choices,
            "longest": WORDS_MAX_LENGTH,
            "errors": errors,
            "typed": request.POST,
            "writer": writer_of(request),
        }
        return render(request, "articles/comments/report.html", context, status=status)


@require_safe
def reported(request: HttpRequest) -> HttpResponse:
    return render(request, "articles/comments/reported.html")
