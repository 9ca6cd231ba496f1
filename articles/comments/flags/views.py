"""Reporting a comment on a page of its own, with and without JavaScript."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from articles.comments.flags import flagging
from articles.comments.flags.models import FLAG_TEXT_MAX_LENGTH, Flag
from articles.comments.models import Comment
from articles.comments.submission.form_tokens import signed_in_user
from iria.core.http.headers import client_ip
from iria.core.text.language import use_language


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
                flagging.report(
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
                return redirect("comment_reported")
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
    return render(request, "articles/comments/reported.html")
