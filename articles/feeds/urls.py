"""URLs of the feeds, matched before those of pages; `feed` is a reserved slug."""

from django.urls import URLPattern, path, register_converter
from django.urls.converters import StringConverter
from django.views.generic import RedirectView

from articles.feeds import sitemaps, views
from iria.core.http import urls as urls  # registers path converters


class Form(StringConverter):
    """The feed formats besides RSS."""

    regex = "atom|json"


class PartOfSitemap(StringConverter):
    """The section of a sitemap file."""

    regex = "|".join(sitemaps.KINDS)


register_converter(Form, "feed_form")
register_converter(PartOfSitemap, "part_of_sitemap")


def _forms(prefix: str, view: views.FeedView, name: str) -> list[URLPattern]:
    """URL patterns of a feed in its three formats, with one name."""
    return [
        path(f"{prefix}feed/", view, name=name),
        path(f"{prefix}feed/<feed_form:form>/", view, name=name),
    ]


def _alias(route: str, name: str, **parts: str) -> URLPattern:
    """An address where programs look for a feed or a sitemap of ours."""
    view = RedirectView.as_view(pattern_name=name, permanent=True, query_string=True)
    return path(route, view, parts)


urlpatterns = [
    _alias("rss.xml", "feed"),
    _alias("feed.xml", "feed"),
    _alias("atom.xml", "feed", form="atom"),
    _alias("sitemap_index.xml", "sitemap"),
    *_forms("", views.site, "feed"),
    *_forms("search/", views.search, "search_feed"),
    *_forms("category/<letters_path:path>/", views.category, "category_feed"),
    *_forms("tag/<letters:slug>/", views.tag, "tag_feed"),
    *_forms("author/<letters:slug>/", views.author, "author_feed"),
    *_forms("language/<letters:code>/", views.language, "language_feed"),
    *_forms(
        "language/<letters:code>/category/<letters_path:path>/",
        views.category,
        "language_category_feed",
    ),
    *_forms("language/<letters:code>/tag/<letters:slug>/", views.tag, "language_tag_feed"),
    *_forms("language/<letters:code>/author/<letters:slug>/", views.author, "language_author_feed"),
    *_forms("<year:year>/<month:month>/<letters:slug>/", views.thread, "thread_feed"),
    path("sitemap.xml", sitemaps.whole, name="sitemap"),
    path("sitemap-news.xml", sitemaps.news, name="sitemap_news"),
    path("sitemap-<part_of_sitemap:kind>-<int:number>.xml", sitemaps.part, name="sitemap_part"),
    path("robots.txt", sitemaps.robots, name="robots"),
]
