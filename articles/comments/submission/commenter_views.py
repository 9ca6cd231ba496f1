"""The pages for one's own comments: confirm, edit, status, list."""

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
from articles.comments.moderation.models import Appeal
from articles.comments.notifications import follows
from articles.comments.submission import editing, email_confirmation, form_tokens
from articles.comments.submission.form_tokens import writer_of
from articles.comments.submission.validation import SubmissionError
from iria.core.http.rate_limit import count_and_allow
from iria.core.pagination import page_of
from iria.core.text.language import use_language

OwnView = Callable[[HttpRequest, Comment, str], HttpResponse]


def own_comment(view: OwnView) -> Callable[[HttpRequest, str], HttpResponse]:
    """A view for the commenter of the comment behind a link; it is called with comment and link.

    Of a guest the link is all we have: holding it is the right. What an account wrote is its own;
    there the link only leads the way, through sign-in where nobody is signed in.
    """

    @wraps(view)
    def for_its_writer(request: HttpRequest, link: str) -> HttpResponse:
        comment = form_tokens.comment_behind(link)
        if comment is not None and comment.user_id is not None:
            writer = form_tokens.writer_of(request)
            if writer is None:
                return redirect_to_login(
                    reverse("comment_status", args=[link]), reverse("account_login")
                )
            if writer.pk != comment.user_id:
                comment = None
        if comment is None:
            return render(request, "articles/comments/no_link.html", status=404)
        return view(request, comment, link)

    return for_its_writer


MAILS_AGAIN: Final = (3, timedelta(hours=1))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, link: str) -> HttpResponse:
    """The page an e-mail leads to. Only its button confirms: mail programs open links by themselves."""
    comment = form_tokens.comment_to_confirm(link)
    if comment is None:
        return render(request, "articles/comments/no_link.html", status=404)
    if request.method == "POST":
        email_confirmation.confirm(comment)
    if comment.state != Comment.State.UNCONFIRMED:
        return redirect("comment_status", form_tokens.link_to(comment))
    with use_language(comment.article.language):
        context = {"comment": comment, "link": link, "follows": follows.is_asked_for(comment)}
        return render(request, "articles/comments/confirm.html", context)


@csrf_exempt
@require_POST
@own_comment
def send_again(request: HttpRequest, comment: Comment, link: str) -> HttpResponse:
    """Sends the confirmation e-mail again."""
    with use_language(comment.article.language):
        if comment.state == Comment.State.UNCONFIRMED:
            limit, per = MAILS_AGAIN
            if not count_and_allow("confirm again", str(comment.pk), limit=limit, per=per):
                said = gettext(
                    "We sent three e-mails within the hour. Check your inbox and your spam folder."
                )
                return yours_page(request, comment, link, said=said, status=429)
            job_queue.enqueue_confirmation(comment)
            said = gettext("We sent the e-mail again. It may take a few minutes.")
            return yours_page(request, comment, link, said=said)
    return redirect("comment_status", link)


@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """What somebody wrote with their account, whatever became of it; for nobody else."""
    written = Comment.objects.filter(user=writer_of(request)).select_related("article")
    page = page_of(
        written.defer("article__body").order_by("-created_at", "-pk"), request.GET.get("page")
    )
    rows = [(each, form_tokens.link_to(each)) for each in page]
    context = {"page": page, "comments": rows}
    return render(request, "articles/comments/my_comments.html", context)


@csrf_exempt
@require_POST
@own_comment
def change(request: HttpRequest, comment: Comment, link: str) -> HttpResponse:
    """Other words for one's own comment; what was typed comes back where it cannot be kept."""
    with use_language(comment.article.language):
        typed = request.POST.get("text", "")
        try:
            editing.change(comment, text=typed, by=comment.user)
        except SubmissionError as refusal:
            sentence = refusal.sentences["text"]
            return yours_page(request, comment, link, typed=typed, sentence=sentence)
    return redirect("comment_status", link)


def yours_page(
    request: HttpRequest,
    comment: Comment,
    link: str,
    *,
    typed: str = "",
    sentence: str = "",
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    """*Your comment*: where it stands, and what its commenter may do with it."""
    context = {
        "comment": comment,
        "link": link,
        "latest": comment.moderations.first(),
        "appeal": Appeal.objects.filter(comment=comment).first(),
        "may_change": editing.may_change(comment),
        "typed": typed or comment.text,
        "sentence": sentence,
        "said": said,
    }
    with use_language(comment.article.language):
        status = 422 if sentence else status
        return render(request, "articles/comments/status.html", context, status=status)


@require_safe
def own(request: HttpRequest, pk: int) -> HttpResponse:
    """Redirects signed-in users from their published comment to *Your comment*."""
    writer = writer_of(request)
    if writer is None:
        raise Http404
    comment = get_object_or_404(Comment, pk=pk, user=writer)
    return redirect("comment_status", form_tokens.link_to(comment))
