"""Commenting with and without JavaScript: both call the same function.

These URLs are private and uncached. They use no CSRF cookie; docs/decisions/public-forms.md
explains what protects them instead.
"""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.notifications import follows
from articles.comments.notifications.models import Follow
from articles.comments.submission import form_tokens, posting
from articles.comments.submission.comment_policy import CommentSettings, settings_of
from articles.comments.submission.commenter_views import own_comment, render_status
from articles.comments.submission.form_tokens import signed_in_user
from articles.comments.submission.trusted_commenters import why_trusted
from articles.comments.submission.validation import Draft, parse_id
from articles.comments.threads import permalinks
from articles.editorial.models import Article
from iria.core.http.headers import client_ip
from iria.core.text.language import use_language
from iria.publication.context_processors import publication_of

Frequency = Follow.Frequency

TOKEN_ERRORS = {
    form_tokens.ExpiredToken: gettext_lazy(
        "This form was opened more than two days ago. Check your comment and submit it again."
    ),
    form_tokens.TokenMismatch: gettext_lazy(
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
        form_token = form_tokens.read(draft.token, article, request)
    except (
        form_tokens.MissingToken,
        form_tokens.ExpiredToken,
        form_tokens.TokenMismatch,
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
    return _page(request, article, draft, comment=comment, status=200)


def _send(
    request: HttpRequest,
    article: Article,
    draft: Draft,
    parent: Comment | None,
    form_token: form_tokens.FormToken,
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
        )
    except posting.SubmissionError as error:
        return _show_error(request, article, draft, error)
    if draft.follow in Frequency:
        follows.follow_replies(comment, Frequency(draft.follow))
    return redirect("comment_thanks", form_tokens.link_to(comment))


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
    draft.token = draft.token or form_tokens.create_token(article, request)
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
        message = "There is nothing to comment on here."
        raise Http404(message)
    with use_language(article.language):
        lead = _lead(article, signed_in_user(request), settings)
    return JsonResponse({"token": form_tokens.create_token(article, request), "says": lead})


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
def yours(request: HttpRequest, comment: Comment, link: str) -> HttpResponse:
    """The status of one's own comment; POST deletes it."""
    if request.method == "POST":
        posting.delete_own(comment, by=comment.user)
        return redirect("comment_status", link)
    return render_status(request, comment, link)


@require_safe
def permalink(request: HttpRequest, pk: int) -> HttpResponse:
    """Redirects to the page of the thread that shows the comment now."""
    published = Comment.objects.published().select_related("article").defer("article__body")
    comment = get_object_or_404(published, pk=pk)
    if settings_of(comment.article, publication_of(request)).is_off:
        raise Http404
    return redirect(permalinks.permalink(comment))


def _article(request: HttpRequest) -> Article | None:
    pk = parse_id(request.GET.get("article"))
    return Article.objects.published().filter(pk=pk).first() if pk else None
