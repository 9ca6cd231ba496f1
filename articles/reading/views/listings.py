"""Pages that lead to articles: the front page, sections, tags, authors."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial.models import Article, Portrait
from articles.editorial.models.article import LANGUAGES
from articles.editorial.querysets import ArticleQuerySet
from articles.reading import front, meta
from articles.reading.family import family_of
from articles.reading.navigation import own_name
from articles.reading.showing import shown
from iria.kit.caching import public_page
from iria.kit.paging import page_of
from iria.publication.context import publication_of


@public_page
def home(request: HttpRequest) -> HttpResponse:
    """The front page of the publication's first language, and of whatever it does not list."""
    codes = publication_of(request).language_codes
    articles = Article.objects.published().exclude(language__in=codes[1:])
    return _front(request, articles, codes[0])


@public_page
def language(request: HttpRequest, code: str) -> HttpResponse:
    codes = publication_of(request).language_codes
    if code == codes[0]:
        return redirect("home")
    if code not in codes and code not in dict(LANGUAGES):
        raise Http404
    articles = Article.objects.published().filter(language=code)
    if code not in codes and not articles.exists():
        raise Http404
    return _front(request, articles, code)


def _front(request: HttpRequest, articles: ArticleQuerySet, code: str) -> HttpResponse:
    composed = front.compose(articles)
    about = meta.of_front(request, code, own_name(code), composed.lead)
    context = {"front": composed, "page_language": code, "meta": about}
    return shown(request, "articles/reading/home.html", context)


@public_page
def category(request: HttpRequest, path: str) -> HttpResponse:
    family = family_of(path)
    if family.chosen is None:
        raise Http404
    cards = Article.objects.published().in_category(family.chosen).newest().for_cards()
    page = page_of(cards, request.GET.get("page"))
    about = meta.of_list(
        request,
        family.chosen.name,
        page,
        description=family.chosen.introduction,
        above=[(each.name, each.get_absolute_url()) for each in family.above],
        feed=True,
    )
    context = {"family": family, "category": family.chosen, "page": page, "meta": about}
    return shown(request, "articles/reading/category.html", context)


@public_page
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    chosen = get_object_or_404(Tag, slug=slug)
    cards = Article.objects.published().filter(article_tags__tag=chosen).newest().for_cards()
    page = page_of(cards, request.GET.get("page"))
    words = f"Articles about {chosen.name}."
    about = meta.of_list(request, chosen.name, page, description=words, feed=True)
    context = {"tag": chosen, "page": page, "meta": about}
    return shown(request, "articles/reading/tag.html", context)


@public_page
def author(request: HttpRequest, slug: str) -> HttpResponse:
    chosen = get_object_or_404(AuthorProfile, slug=slug)
    portrait = Portrait.objects.filter(author=chosen).select_related("image").first()
    cards = Article.objects.published().filter(bylines__author=chosen).newest().for_cards()
    page = page_of(cards, request.GET.get("page"))
    about = meta.of_author(request, chosen, page, portrait)
    context = {"author": chosen, "portrait": portrait, "page": page, "meta": about}
    return shown(request, "articles/reading/author.html", context)
