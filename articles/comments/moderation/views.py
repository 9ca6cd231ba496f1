"""The appeal page."""

from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from articles.comments.models import Comment
from articles.comments.moderation import appeals
from articles.comments.moderation.models import APPEAL_MAX_LENGTH
from articles.comments.submission.commenter_views import own_comment
from iria.core.http.headers import client_ip
from iria.core.http.rate_limit import count_and_allow
from iria.core.text.language import use_language

PER_IP_ADDRESS: Final = (10, timedelta(days=1))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@own_comment
def appeal(request: HttpRequest, comment: Comment, link: str) -> HttpResponse:
    """The form; shown again with the text and the error if the appeal is not accepted."""
    text, error_message = request.POST.get("text", ""), ""
    with use_language(comment.article.language):
        if request.method == "POST":
            try:
                _limit_rate(client_ip(request))
                appeals.ask(comment, text=text)
            except appeals.AppealError as error:
                error_message = str(error)
            else:
                return redirect("comment_status", link)
        elif not appeals.may_appeal(comment):
            return redirect("comment_status", link)
        context = {
            "comment": comment,
            "link": link,
            "latest": comment.moderations.first(),
            "typed": text,
            "sentence": error_message,
            "longest": APPEAL_MAX_LENGTH,
        }
        page = "articles/comments/appeal.html"
        return render(request, page, context, status=422 if error_message else 200)


def _limit_rate(ip_address: str) -> None:
    limit, per = PER_IP_ADDRESS
    if ip_address and not count_and_allow("appeals from", ip_address, limit=limit, per=per):
        raise appeals.AppealError(gettext("Too many appeals today. Try again tomorrow."))
