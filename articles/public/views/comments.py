"""The public profile page of a commenter, and the pages of comment threads.

Threads have pages for comments that do not fit on the article page, and for other orders.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from accounts.models import User
from articles.body.comment_markup import render_comment
from articles.comments.models import Comment
from articles.comments.thread_queries import Order, thread_scope
from articles.comments.threads import Thread, replies_to, thread_of
from articles.editorial.models import Article
from articles.public import page_meta
from articles.public.responses import render_public_page
from iria.core.http.cache_versions import COMMENTS
from iria.core.http.page_cache import public_page
from iria.core.http.urls import parse_id
from iria.core.pagination import NoSuchPage, page_of
from iria.core.text.language import use_language
from iria.publication.context_processors import in_its_language, publication_of


def comment_scope(request: HttpRequest, pk: int) -> tuple[str, ...]:
    return (COMMENTS,)


@public_page(parameters=("page",), also=comment_scope)
@in_its_language
def commenter(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows only visible comments, and only while the user has a public profile."""
    public_profiles = User.objects.filter(is_active=True, has_public_profile=True).select_related(
        "avatar"
    )
    person = get_object_or_404(public_profiles, pk=pk)
    comments = Comment.objects.published().filter(user=person).select_related("article")
    page = page_of(comments.order_by("-created_at", "-pk"), request.GET.get("page"))
    context = {
        "person": person,
        "avatar": getattr(person, "avatar", None),
        "page": page,
        "comments": [(each, SafeString(render_comment(each.text))) for each in page],
    }
    return render_public_page(request, "articles/public/commenter.html", context)


@public_page(parameters=("page",), also=thread_scope)
@in_its_language
def thread(request: HttpRequest, year: int, month: int, slug: str, order: str = "") -> HttpResponse:
    """A page of top-level comments, each with its first replies."""
    article = _article(year, month, slug)
    page = _requested_page(request)
    with use_language(article.language):
        requested = thread_of(article, publication_of(request), Order(order), page)
        return _thread_page(request, article, requested)


@public_page(parameters=("page",), also=thread_scope)
@in_its_language
def comment_replies(
    request: HttpRequest, year: int, month: int, slug: str, comment: int
) -> HttpResponse:
    """A page of replies to one comment."""
    article = _article(year, month, slug)
    page = _requested_page(request)
    with use_language(article.language):
        requested = replies_to(article, publication_of(request), comment, page)
        if requested is None:
            raise Http404
        return _thread_page(request, article, requested)


def _article(year: int, month: int, slug: str) -> Article:
    articles = Article.objects.published().defer("body")
    return get_object_or_404(articles, year=year, month=month, slug=slug)


def _requested_page(request: HttpRequest) -> int:
    page_parameter = request.GET.get("page")
    page = 1 if page_parameter is None else parse_id(page_parameter)
    if not page or page > 1_000_000:
        raise NoSuchPage(gettext("This page does not exist."))
    return page


def _thread_page(request: HttpRequest, article: Article, thread: Thread) -> HttpResponse:
    if thread.off:
        raise Http404
    if thread.number > thread.pages:
        raise NoSuchPage(gettext("This page does not exist."))
    context = {
        "article": article,
        "thread": thread,
        "page_language": article.language,
        "meta": page_meta.thread_meta(request, article, thread),
        "noindex": article.noindex or bool(thread.order),
    }
    return render_public_page(request, "articles/public/comments.html", context)
