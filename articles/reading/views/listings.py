"""Pages that lead to articles: the front page, sections, tags, authors."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial.models import Article, Portrait
from articles.editorial.models.article import LANGUAGES
from articles.popular.choosing import shown_as_most_read
from articles.reading import front, meta
from articles.reading.family import family_of
from articles.reading.navigation import own_name
from articles.reading.section import section_page
from articles.reading.showing import shown
from iria.kit.caching import public_page
from iria.kit.held import Held
from iria.kit.paging import page_of
from iria.kit.speaking import speaking
from iria.publication.context import publication_of
from iria.publication.speaking import in_its_language

_layouts: Held[front.Layout] = Held()
"""What stands where on each front page changes with the rows alone, as little else on a site."""


@public_page
@in_its_language
def home(request: HttpRequest) -> HttpResponse:
    """The front page of the publication's first language, and of whatever it does not list."""
    return _front(request, publication_of(request).language_codes[0])


@public_page
@in_its_language
def language(request: HttpRequest, code: str) -> HttpResponse:
    codes = publication_of(request).language_codes
    if code == codes[0]:
        return redirect("home")
    if code not in codes and code not in dict(LANGUAGES):
        raise Http404
    if code not in codes and not Article.objects.published().filter(language=code).exists():
        raise Http404
    return _front(request, code)


def _front(request: HttpRequest, code: str) -> HttpResponse:
    codes = publication_of(request).language_codes
    articles = Article.objects.published().of_front(code, codes)
    layout = _layouts.of(request, code, lambda: front.lay_out(articles, code))
    composed = front.compose(articles, layout)
    with speaking(code):
        about = meta.of_front(request, code, own_name(code), composed.lead)
        popular = publication_of(request).shows_most_read
        context = {
            "front": composed,
            "most_read": shown_as_most_read(code) if popular else [],
            "page_language": code,
            "meta": about,
        }
        return shown(request, "articles/reading/home.html", context)


@public_page
@in_its_language
def category(request: HttpRequest, path: str) -> HttpResponse:
    family = family_of(path)
    if family.chosen is None:
        raise Http404
    sheet = section_page(family.chosen, family.lead_id, request.GET.get("page"))
    about = meta.of_list(
        request,
        family.chosen.name,
        sheet.page,
        description=family.chosen.introduction,
        above=[(each.name, each.get_absolute_url()) for each in family.above],
        feed=True,
    )
    context = {
        "family": family,
        "category": family.chosen,
        "lead": sheet.lead,
        "cards": sheet.cards,
        "page": sheet.page,
        "meta": about,
    }
    return shown(request, "articles/reading/category.html", context)


@public_page
@in_its_language
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    chosen = get_object_or_404(Tag, slug=slug)
    cards = Article.objects.published().filter(article_tags__tag=chosen).newest().for_cards()
    page = page_of(cards, request.GET.get("page"))
    words = gettext("Articles about %(topic)s.") % {"topic": chosen.name}
    about = meta.of_list(request, chosen.name, page, description=words, feed=True)
    context = {"tag": chosen, "page": page, "meta": about}
    return shown(request, "articles/reading/tag.html", context)


@public_page
@in_its_language
def author(request: HttpRequest, slug: str) -> HttpResponse:
    chosen = get_object_or_404(AuthorProfile, slug=slug)
    portrait = Portrait.objects.filter(author=chosen).select_related("image").first()
    cards = Article.objects.published().filter(bylines__author=chosen).newest().for_cards()
    page = page_of(cards, request.GET.get("page"))
    about = meta.of_author(request, chosen, page, portrait)
    context = {"author": chosen, "portrait": portrait, "page": page, "meta": about}
    return shown(request, "articles/reading/author.html", context)
