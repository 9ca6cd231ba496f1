"""What there is to read about, who writes, and what was put right."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from articles.editorial.models import Article, Correction
from articles.reading import meta
from articles.reading.indexes import AUTHORS, TAGS, authors_in_print, by_letter, tags_in_use
from articles.reading.showing import shown
from iria.kit.caching import public_page
from iria.kit.paging import page_of
from iria.publication.speaking import in_its_language


@public_page
@in_its_language
def tags(request: HttpRequest) -> HttpResponse:
    page = page_of(tags_in_use(), request.GET.get("page"), size=TAGS)
    words = gettext("Everything our articles are about.")
    about = meta.of_list(request, gettext("Topics"), page, description=words)
    context = {"letters": list(by_letter(page.object_list)), "page": page, "meta": about}
    return shown(request, "articles/reading/tags.html", context)


@public_page
@in_its_language
def authors(request: HttpRequest) -> HttpResponse:
    page = page_of(authors_in_print(), request.GET.get("page"), size=AUTHORS)
    words = gettext("Everybody who writes here.")
    about = meta.of_list(request, gettext("Authors"), page, description=words)
    return shown(request, "articles/reading/authors.html", {"page": page, "meta": about})


@public_page
@in_its_language
def corrections(request: HttpRequest) -> HttpResponse:
    found = (
        Correction.objects.filter(article__in=Article.objects.published())
        .select_related("article")
        .defer("article__body", "article__search_description")
    )
    page = page_of(found, request.GET.get("page"))
    about = meta.of_list(
        request,
        gettext("Corrections"),
        page,
        description=gettext("What we got wrong and put right, newest first."),
    )
    return shown(request, "articles/reading/corrections.html", {"page": page, "meta": about})
