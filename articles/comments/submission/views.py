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
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from articles.comments import job_queue, thread_queries
from articles.comments.models import Comment
from articles.comments.moderation import decisions
from articles.comments.moderation.models import APPEAL_MAX_LENGTH, Appeal
from articles.comments.notifications import follows
from articles.comments.notifications.models import Follow
from articles.comments.submission import posting, validation
from articles.comments.submission.comment_policy import CommentSettings, settings_of, why_trusted
from articles.comments.submission.validation import Draft, SubmissionError, parse_id, signed_in_user
from articles.editorial.models import Article
from iria.core.http.headers import client_ip
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
        comment = validation.comment_behind(link)
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
    comment = validation.comment_to_confirm(link)
    if comment is None:
        return render(request, "articles/comments/no_link.html", status=404)
    if request.method == "POST":
        posting.confirm_email(comment)
    if comment.state != Comment.State.UNCONFIRMED:
        return redirect("comment_status", validation.link_to(comment))
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
def my_comments(request: HttpRequest) -> HttpResponse:
    """All comments of the signed-in account, in any state."""
    comments = Comment.objects.filter(user=signed_in_user(request)).select_related("article")
    page = page_of(
        comments.defer("article__body").order_by("-created_at", "-pk"), request.GET.get("page")
    )
    rows = [(each, validation.link_to(each)) for each in page]
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
    return redirect("comment_status", validation.link_to(comment))


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


Frequency = Follow.Frequency

TOKEN_ERRORS = {
    validation.ExpiredToken: gettext_lazy(
        "This form was opened more than two days ago. Check your comment and submit it again."
    ),
    validation.TokenMismatch: gettext_lazy(
        "You signed in or out after opening this form. Check your comment and submit it again."
    ),
}


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form on its own page; a form without a token gets a preview first."""
    article = _article(request)
    if article is None:
        draft = Draft.from_form(request.POST)
        return render(request, "articles/comments/gone.html", {"draft": draft}, status=404)
    with use_language(article.language):
        if request.method == "POST":
            return _submit(request, article, Draft.from_form(request.POST))
        draft = Draft(parent=request.GET.get("parent", ""))
        return _page(request, article, draft, status=200)


def _submit(request: HttpRequest, article: Article, draft: Draft) -> HttpResponse:
    try:
        parent = draft.parent_comment(article)
    except Comment.DoesNotExist:
        draft.parent = ""
        draft.errors["form"] = gettext(
            "The comment you are replying to is not on this article. You can submit "
            "yours without it."
        )
        return _page(request, article, draft)
    try:
        form_token = validation.read_form_token(draft.token, article, request)
    except (
        validation.MissingToken,
        validation.ExpiredToken,
        validation.TokenMismatch,
    ) as error:
        draft.token = ""
        if message := TOKEN_ERRORS.get(type(error)):
            draft.errors["form"] = str(message)
        return _preview(request, article, draft, parent)
    if "look" in request.POST:
        return _preview(request, article, draft, parent)
    return _send(request, article, draft, parent, form_token)


def _preview(
    request: HttpRequest, article: Article, draft: Draft, parent: Comment | None
) -> HttpResponse:
    """The comment as it will be published, and the form; nothing is saved yet."""
    try:
        comment = posting.prepare(
            article,
            name=draft.name,
            email=draft.email,
            text=draft.text,
            parent=parent,
            by=signed_in_user(request),
        )
    except posting.SubmissionError as error:
        if "name" not in request.POST:
            # The form below an article does not ask for them; this page does.
            error.messages.pop("name", None)
            error.messages.pop("email", None)
        if not error.messages:
            return _page(request, article, draft, status=200)
        return _show_error(request, article, draft, error)
    status = 422 if draft.errors else 200
    return _page(request, article, draft, comment=comment, status=status)


def _send(
    request: HttpRequest,
    article: Article,
    draft: Draft,
    parent: Comment | None,
    form_token: validation.FormToken,
) -> HttpResponse:
    try:
        comment = posting.post(
            article,
            name=draft.name,
            email=draft.email,
            text=draft.text,
            parent=parent,
            by=signed_in_user(request),
            honeypot=draft.honeypot,
            form_id=form_token.form_id,
            form_age=form_token.age,
            ip_address=client_ip(request),
            follow=Frequency(draft.follow) if draft.follow in Frequency else None,
        )
    except validation.TooQuick as error:
        draft.errors |= error.messages
        return _preview(request, article, draft, parent)
    except posting.SubmissionError as error:
        return _show_error(request, article, draft, error)
    return redirect("comment_thanks", validation.link_to(comment))


def _show_error(
    request: HttpRequest, article: Article, draft: Draft, error: posting.SubmissionError
) -> HttpResponse:
    draft.errors |= error.messages
    if "used" in draft.errors:
        draft.token = ""
    if "parent" in draft.errors:
        draft.parent = ""
    return _page(request, article, draft, status=429 if error.busy else 422)


def _page(
    request: HttpRequest,
    article: Article,
    draft: Draft,
    *,
    comment: Comment | None = None,
    status: int = 422,
) -> HttpResponse:
    """The form with its values. Its token stays the same until it is used or expires."""
    try:
        parent = draft.parent_comment(article)
    except Comment.DoesNotExist:
        parent, draft.parent = None, ""
    if parent is not None and not parent.is_visible:
        parent, draft.parent = None, ""
        draft.errors.setdefault(
            "parent",
            gettext(
                "The comment you are replying to is no longer published. You can "
                "submit yours without it."
            ),
        )
    draft.token = draft.token or validation.create_token(article, request)
    settings = settings_of(article, publication_of(request))
    commenter = signed_in_user(request)
    context = {
        "article": article,
        "draft": draft,
        "answered": parent,
        "comment": comment,
        "writer": commenter,
        "moderation": _moderation(article, commenter, settings),
        "open": settings.is_open,
    }
    return render(request, "articles/comments/new.html", context, status=status)


@require_safe
def token(request: HttpRequest) -> HttpResponse:
    """For the script: a token, and the line above the form for signed-in users."""
    article = _article(request)
    settings = settings_of(article, publication_of(request)) if article else None
    if article is None or settings is None or not settings.is_open:
        raise Http404("There is nothing to comment on here.")
    with use_language(article.language):
        lead = _lead(article, signed_in_user(request), settings)
    return JsonResponse({"token": validation.create_token(article, request), "says": lead})


def _lead(article: Article, commenter: User | None, settings: CommentSettings) -> str:
    """The name of the commenter and the moderation notice; empty for guests."""
    if commenter is None:
        return ""
    lead = gettext("You are commenting as %(name)s.") % {"name": commenter.public_name}
    return f"{lead} {_moderation(article, commenter, settings)}".rstrip()


def _moderation(article: Article, commenter: User | None, settings: CommentSettings) -> str:
    """The notice about moderation; empty for trusted commenters."""
    if why_trusted(commenter, article.pk):
        return ""
    return settings.notice


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
    if settings_of(comment.article, publication_of(request)).is_off:
        raise Http404
    return redirect(thread_queries.permalink(comment))


def _article(request: HttpRequest) -> Article | None:
    pk = parse_id(request.GET.get("article"))
    return Article.objects.published().filter(pk=pk).first() if pk else None
