"""Commenting, and the pages for one's own comments: confirm, edit, status, list, appeal.

With and without JavaScript the same function is called. These URLs are private and uncached. They use
no CSRF cookie; docs/decisions/public-pages.md explains what protects them instead.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Final

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.sessions import signed_in_user
from articles.comments import thread_queries
from articles.comments.models import Comment
from articles.comments.moderation import decisions
from articles.comments.moderation.models import APPEAL_MAX_LENGTH, Appeal
from articles.comments.notifications import follows
from articles.comments.submission import links, posting
from articles.comments.submission.comment_policy import ArticlePolicy, policy_of, why_trusted
from articles.comments.submission.form import CommentForm, create_token
from articles.editorial.models import Article
from iria.core.http.headers import client_ip
from iria.core.http.urls import parse_id
from iria.core.jobs import enqueue
from iria.core.pagination import page_of
from iria.core.security import count_and_allow
from iria.core.text.language import use_language
from iria.publication.context_processors import publication_of

OwnView = Callable[[HttpRequest, Comment, str], HttpResponse]


def own_comment(view: OwnView) -> Callable[[HttpRequest, str], HttpResponse]:
    """Decorates a view for the commenter of a comment; it is called with the comment and its link.

    A guest is authorised by the link alone. For the comment of an account the link is not enough:
    the account has to be signed in.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, link: str) -> HttpResponse:
        comment = links.comment_behind(link)
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
    comment = links.comment_to_confirm(link)
    if comment is None:
        return render(request, "articles/comments/no_link.html", status=404)
    if request.method == "POST":
        posting.confirm_email(comment)
    if comment.state != Comment.State.UNCONFIRMED:
        return redirect("comment_status", links.link_to(comment))
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
            enqueue("comments.confirm", comment_id=comment.pk)
            message = gettext("We sent the e-mail again. It may take a few minutes.")
            return render_status(request, comment, link, message=message)
    return redirect("comment_status", link)


@require_safe
@login_required
def my_comments(request: HttpRequest) -> HttpResponse:
    """All comments of the signed-in account, in any state."""
    comments = Comment.objects.filter(user=signed_in_user(request)).select_related("article")
    page = page_of(
        comments.defer("article__body").order_by("-created_at", "-pk"), request.GET.get("page")
    )
    rows = [(each, links.link_to(each)) for each in page]
    context = {"page": page, "comments": rows}
    return render(request, "articles/comments/my_comments.html", context)


@csrf_exempt
@require_POST
@own_comment
def edit(request: HttpRequest, comment: Comment, link: str) -> HttpResponse:
    """Edits one's own comment; shows the text again with the error if it is invalid."""
    with use_language(comment.article.language):
        text = request.POST.get("text", "")
        try:
            posting.edit_own(comment, text=text, by=comment.user)
        except ValidationError as error:
            return render_status(request, comment, link, text=text, error=error.messages[0])
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
        "may_change": posting.may_edit(comment),
        "may_restore": posting.may_restore(comment),
        "asks": "delete" in request.GET,
        "typed": text or comment.text,
        "sentence": error,
        "said": message,
    }
    with use_language(comment.article.language):
        status = 422 if error else status
        return render(request, "articles/comments/status.html", context, status=status)


@require_safe
def redirect_to_status(request: HttpRequest, pk: int) -> HttpResponse:
    """Redirects signed-in users from their published comment to *Your comment*."""
    user = signed_in_user(request)
    if user is None:
        raise Http404
    comment = get_object_or_404(Comment, pk=pk, user=user)
    return redirect("comment_status", links.link_to(comment))


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
                decisions.appeal(comment, text=text)
            except decisions.AppealError as error:
                error_message = str(error)
            else:
                return redirect("comment_status", link)
        elif not decisions.may_appeal(comment):
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
        raise decisions.AppealError(gettext("Too many appeals today. Try again tomorrow."))


def on_article(
    view: Callable[[HttpRequest, Article], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Decorates a view about the published article `?article=`, which is called in its language."""

    @wraps(view)
    def wrapper(request: HttpRequest) -> HttpResponse:
        pk = parse_id(request.GET.get("article"))
        article = Article.objects.published().filter(pk=pk).first() if pk else None
        if article is None:
            text = request.POST.get("text", "")
            return render(request, "articles/comments/gone.html", {"text": text}, status=404)
        with use_language(article.language):
            return view(request, article)

    return wrapper


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@on_article
def new(request: HttpRequest, article: Article) -> HttpResponse:
    """The form on its own page; a form without a token gets a preview first."""
    form = CommentForm(
        request.POST if request.method == "POST" else None,
        article=article,
        publication=publication_of(request),
        commenter=signed_in_user(request),
        session=_session(request),
        parent=request.GET.get("parent", ""),
    )
    if form.is_valid() and form.is_final:
        try:
            comment = posting.post(form.submission(client_ip(request)))
        except ValidationError as error:
            form.reject(error)
        else:
            return redirect("comment_thanks", links.link_to(comment))
    context = {
        "article": article,
        "form": form,
        "writer": form.commenter,
        "moderation": _moderation(article, form.commenter, form.policy),
    }
    return render(request, "articles/comments/new.html", context, status=form.status)


def _session(request: HttpRequest) -> str:
    """Identifies the account and its session in the token of a form; empty for guests."""
    user = signed_in_user(request)
    if user is None:
        return ""
    session = f"{user.pk}:{request.session.session_key}"
    return salted_hmac("iria.comments.seal", session, algorithm="sha256").hexdigest()[:24]


@require_safe
@on_article
def token(request: HttpRequest, article: Article) -> HttpResponse:
    """For the script: a token, and the line above the form for signed-in users."""
    policy = policy_of(article, publication_of(request))
    if not policy.is_open:
        raise Http404("There is nothing to comment on here.")
    lead, commenter = "", signed_in_user(request)
    if commenter is not None:
        name = gettext("You are commenting as %(name)s.") % {"name": commenter.public_name}
        lead = f"{name} {_moderation(article, commenter, policy)}".rstrip()
    return JsonResponse({"token": create_token(article, _session(request)), "says": lead})


def _moderation(article: Article, commenter: User | None, policy: ArticlePolicy) -> str:
    """The notice about moderation; empty for trusted commenters."""
    return "" if why_trusted(commenter, article.pk) else policy.notice


@require_safe
@own_comment
def thanks(request: HttpRequest, comment: Comment, link: str) -> HttpResponse:
    with use_language(comment.article.language):
        context = {"comment": comment, "link": link, "latest": comment.moderations.first()}
        return render(request, "articles/comments/thanks.html", context)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@own_comment
def comment_status(request: HttpRequest, comment: Comment, link: str) -> HttpResponse:
    """The status of one's own comment; `?delete` asks, POST deletes it or undoes that (`undo`)."""
    if request.method == "POST":
        change = posting.restore_own if "undo" in request.POST else posting.delete_own
        change(comment, by=comment.user)
        return redirect("comment_status", link)
    return render_status(request, comment, link)


@require_safe
def permalink(request: HttpRequest, pk: int) -> HttpResponse:
    """Redirects to the page of the thread that shows the comment now."""
    published = Comment.objects.published().select_related("article").defer("article__body")
    comment = get_object_or_404(published, pk=pk)
    if policy_of(comment.article, publication_of(request)).is_off:
        raise Http404
    return redirect(thread_queries.permalink(comment))
