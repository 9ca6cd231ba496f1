from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.editorial.models import Article
from articles.feeds.channels import channel_of
from articles.feeds.entries import entries
from articles.feeds.views import feed_response
from iria.core.http.page_cache import public_page
from iria.publication.context_processors import in_its_language, publication_of
from tests.example.harbour.models import DataSource


@public_page
@in_its_language
def sources(request: HttpRequest) -> HttpResponse:
    """All data sources of published articles."""
    found = DataSource.objects.filter(article__in=Article.objects.published())
    context = {"sources": found.select_related("article").order_by("name")}
    return render(request, "harbour/sources.html", context)


@public_page
def feed(request: HttpRequest, feed_format: str = "") -> HttpResponse:
    """The newest articles that name a data source."""
    publication = publication_of(request)
    named = DataSource.objects.values("article")
    newest = Article.objects.published().filter(pk__in=named)
    channel = channel_of(
        publication,
        entries(newest, publication),
        path="/sources/",
        name="Data sources",
    )
    return feed_response(feed_format, channel)
