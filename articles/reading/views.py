"""The public pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.models import AuthorProfile
from articles.editorial.models import Article, Category
from iria.kit.paging import page_of


def home(request: HttpRequest) -> HttpResponse:
    cards = Article.objects.published().newest().for_cards()[:24]
    return render(request, "articles/reading/home.html", {"articles": cards})


def category(request: HttpRequest, path: str) -> HttpResponse:
    chosen = get_object_or_404(Category, path=path)
    cards = Article.objects.published().in_category(chosen).newest().for_cards()
    page = page_of(cards, request.GET.get("page"))
    return render(request, "articles/reading/category.html", {"category": chosen, "page": page})


def author(request: HttpRequest, slug: str) -> HttpResponse:
    chosen = get_object_or_404(AuthorProfile, slug=slug)
    cards = Article.objects.published().filter(bylines__author=chosen).newest().for_cards()
    page = page_of(cards, request.GET.get("page"))
    return render(request, "articles/reading/author.html", {"author": chosen, "page": page})


def article(request: HttpRequest, year: int, month: int, slug: str) -> HttpResponse:
    chosen = get_object_or_404(
        Article.objects.published().for_page(), year=year, month=month, slug=slug
    )
    return render(request, "articles/reading/article.html", {"article": chosen})
