"""The pages for one's own comments: confirm, edit, status, list, appeal."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Final

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles.comments import job_queue
from articles.comments.models import Comment
from articles.comments.moderation import appeals
from articles.comments.moderation.models import APPEAL_MAX_LENGTH, Appeal
from articles.comments.notifications import follows
from articles.comments.submission import editing, email_confirmation, form_tokens
from articles.comments.submission.form_tokens import signed_in_user
from articles.comments.submission.validation import SubmissionError
from iria.core.http.headers import client_ip
from iria.core.http.rate_limit import count_and_allow
from iria.core.pagination import page_of
from iria.core.text.language import use_language

OwnView = Callable[[HttpRequest, Comment, str], HttpResponse]


def own_comment(view: OwnView) -> Callable[[HttpRequest, str], HttpResponse]:
    """Decorates a view for the commenter of a comment; it is called with the comment and its link.

    A guest is authorised by the link alone. For the comment of an account the link is not enough:
    the account has to be signed in.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, link: str) -> HttpResponse:
        comment = form_tokens.comment_behind(link)
        if comment is not None and comment.user_id is not None:
            user = signed_in_user(request)
            if user is None:
                return redirect_to_login(
                    reverse("comment_status", args=[link]), reverse("account_login")
                )
            if user.pk != comment.user_id:
                comment = None
        if comment is None:
            return render(request, "articles/comments/no_link.html", status=404)
        return view(request, comment, link)

    return wrapper


RESEND_LIMIT: Final = (3, timedelta(hours=1))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, link: str) -> HttpResponse:
    """The page linked in the e-mail. Only its button confirms, because mail programs prefetch links."""
    comment = form_tokens.comment_to_confirm(link)
    if comment is None:
        return render(request, "articles/comments/no_link.html", status=404)
    if request.method == "POST":
        email_confirmation.confirm(comment)
    if comment.state != Comment.State.UNCONFIRMED:
        return redirect("comment_status", form_tokens.link_to(comment))
    with use_language(comment.article.language):
        context = {"comment": comment, "link": link, "follows": follows.is_requested_with(comment)}
        return render(request, "articles/comments/confirm.html", context)


@csrf_exempt
@require_POST
@own_comment
def send_again(request: HttpRequest, comment: Comment, link: str) -> HttpResponse:
    """Sends the confirmation e-mail again."""
    with use_language(comment.article.language):
        if comment.state == Comment.State.UNCONFIRMED:
            limit, per = RESEND_LIMIT
            if not count_and_allow("confirm again", str(comment.pk), limit=limit, per=per):
                message = gettext(
                    "We sent three e-mails within the hour. Check your inbox and your spam folder."
                )
                return render_status(request, comment, link, message=message, status=429)
            job_queue.enqueue_confirmation(comment)
            message = gettext("We sent the e-mail again. It may take a few minutes.")
            return render_status(request, comment, link, message=message)
    return redirect("comment_status", link)


@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """All comments of the signed-in account, in any state."""
    comments = Comment.objects.filter(user=signed_in_user(request)).select_related("article")
    page = page_of(
        comments.defer("article__body").order_by("-created_at", "-pk"), request.GET.get("page")
    )
    rows = [(each, form_tokens.link_to(each)) for each in page]
    context = {"page": page, "comments": rows}
    return render(request, "articles/comments/my_comments.html", context)


@csrf_exempt
@require_POST
@own_comment
def change(request: HttpRequest, comment: Comment, link: str) -> HttpResponse:
    """Edits one's own comment; shows the text again with the error if it is invalid."""
    with use_language(comment.article.language):
        text = request.POST.get("text", "")
        try:
            editing.change(comment, text=text, by=comment.user)
        except SubmissionError as error:
            return render_status(request, comment, link, text=text, error=error.messages["text"])
    return redirect("comment_status", link)


def render_status(
    request: HttpRequest,
    comment: Comment,
    link: str,
    *,
    text: str = "",
    error: str = "",
    message: str = "",
    status: int = 200,
) -> HttpResponse:
    """*Your comment*: its status, and the actions of its commenter."""
    context = {
        "comment": comment,
        "link": link,
        "latest": comment.moderations.first(),
        "appeal": Appeal.objects.filter(comment=comment).first(),
        "may_change": editing.may_change(comment),
        "typed": text or comment.text,
        "sentence": error,
        "said": message,
    }
    with use_language(comment.article.language):
        status = 422 if error else status
        return render(request, "articles/comments/status.html", context, status=status)


@require_safe
def own(request: HttpRequest, pk: int) -> HttpResponse:
    """Redirects signed-in users from their published comment to *Your comment*."""
    user = signed_in_user(request)
    if user is None:
        raise Http404
    comment = get_object_or_404(Comment, pk=pk, user=user)
    return redirect("comment_status", form_tokens.link_to(comment))


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
