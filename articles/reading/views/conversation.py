"""Pages of the thread below an article that do not fit on the article's own, and in other orders."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext

from articles.comments.drafts import number
from articles.comments.generation import thread_scope
from articles.comments.thread_rows import Order
from articles.comments.threads import Thread, answers_to, thread_of
from articles.editorial.models import Article
from articles.reading import meta
from articles.reading.showing import shown
from iria.kit.caching import public_page
from iria.kit.paging import NoSuchPage
from iria.kit.speaking import speaking
from iria.publication.context import publication_of
from iria.publication.speaking import in_its_language


@public_page(also=thread_scope)
@in_its_language
def thread(request: HttpRequest, year: int, month: int, slug: str, order: str = "") -> HttpResponse:
    """A page of the comments of the first level, each with the first answers."""
    article = _article(year, month, slug)
    page = _page_asked_for(request)
    with speaking(article.language):
        chosen = thread_of(article, publication_of(request), Order(order), page)
        return _shown(request, article, chosen)


@public_page(also=thread_scope)
@in_its_language
def answers(request: HttpRequest, year: int, month: int, slug: str, comment: int) -> HttpResponse:
    """A page of what stands below one comment."""
    article = _article(year, month, slug)
    page = _page_asked_for(request)
    with speaking(article.language):
        chosen = answers_to(article, publication_of(request), comment, page)
        if chosen is None:
            raise Http404
        return _shown(request, article, chosen)


def _article(year: int, month: int, slug: str) -> Article:
    articles = Article.objects.published().defer("body")
    return get_object_or_404(articles, year=year, month=month, slug=slug)


def _page_asked_for(request: HttpRequest) -> int:
    asked = request.GET.get("page")
    page = 1 if asked is None else number(asked)
    if not page or page > 1_000_000:
        raise NoSuchPage(gettext("There is no such page of this list."))
    return page


def _shown(request: HttpRequest, article: Article, thread: Thread) -> HttpResponse:
    if thread.off:
        raise Http404
    if thread.number > thread.pages:
        raise NoSuchPage(gettext("There is no such page of this list."))
    context = {
        "article": article,
        "thread": thread,
        "page_language": article.language,
        "meta": meta.of_thread(request, article, thread),
        "noindex": article.noindex or bool(thread.order),
    }
    return shown(request, "articles/reading/conversation.html", context)
