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

PER_ADDRESS: Final = (10, timedelta(days=1))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@own_comment
def appeal(request: HttpRequest, comment: Comment, link: str) -> HttpResponse:
    """The form; what was typed comes back where it cannot be kept."""
    typed, sentence = request.POST.get("text", ""), ""
    with use_language(comment.article.language):
        if request.method == "POST":
            try:
                _limit_rate(client_ip(request))
                appeals.ask(comment, text=typed)
            except appeals.AppealError as refused:
                sentence = str(refused)
            else:
                return redirect("comment_status", link)
        elif not appeals.may_ask(comment):
            return redirect("comment_status", link)
        context = {
            "comment": comment,
            "link": link,
            "latest": comment.moderations.first(),
            "typed": typed,
            "sentence": sentence,
            "longest": APPEAL_MAX_LENGTH,
        }
        page = "articles/comments/appeal.html"
        return render(request, page, context, status=422 if sentence else 200)


def _limit_rate(address: str) -> None:
    limit, per = PER_ADDRESS
    if address and not count_and_allow("appeals from", address, limit=limit, per=per):
        raise appeals.AppealError(gettext("Too many appeals today. Try again tomorrow."))
