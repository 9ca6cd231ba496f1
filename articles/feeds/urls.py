"""URLs of the feeds, matched before those of pages; `feed` is a reserved slug."""

from django.urls import URLPattern, path, register_converter
from django.urls.converters import StringConverter
from django.views.generic import RedirectView

from articles.feeds import sitemaps, views
from iria.core.http import urls as urls  # registers path converters


class FeedFormat(StringConverter):
    """The feed formats besides RSS."""

    regex = "atom|json"


class SectionName(StringConverter):
    """The section of a sitemap file."""

    regex = "|".join(sitemaps.SECTIONS)


register_converter(FeedFormat, "feed_format")
register_converter(FeedFormat, "feed_form")  # the former name, in URLs of other apps
register_converter(SectionName, "sitemap_section")


def _feed_urls(prefix: str, view: views.FeedView, name: str) -> list[URLPattern]:
    """URL patterns of a feed in its three formats, with one name."""
    return [
        path(f"{prefix}feed/", view, name=name),
        path(f"{prefix}feed/<feed_format:feed_format>/", view, name=name),
    ]


def _alias(route: str, name: str, **parts: str) -> URLPattern:
    """A redirect from a path where programs look for a feed or a sitemap."""
    view = RedirectView.as_view(pattern_name=name, permanent=True, query_string=True)
    return path(route, view, parts)


urlpatterns = [
    _alias("rss.xml", "feed"),
    _alias("feed.xml", "feed"),
    _alias("atom.xml", "feed", feed_format="atom"),
    _alias("sitemap_index.xml", "sitemap"),
    *_feed_urls("", views.site, "feed"),
    *_feed_urls("search/", views.search, "search_feed"),
    *_feed_urls("category/<letters_path:path>/", views.category, "category_feed"),
    *_feed_urls("tag/<letters:slug>/", views.tag, "tag_feed"),
    *_feed_urls("author/<letters:slug>/", views.author, "author_feed"),
    *_feed_urls("language/<letters:code>/", views.language, "language_feed"),
    *_feed_urls(
        "language/<letters:code>/category/<letters_path:path>/",
        views.category,
        "language_category_feed",
    ),
    *_feed_urls("language/<letters:code>/tag/<letters:slug>/", views.tag, "language_tag_feed"),
    *_feed_urls(
        "language/<letters:code>/author/<letters:slug>/", views.author, "language_author_feed"
    ),
    *_feed_urls("<year:year>/<month:month>/<letters:slug>/", views.thread, "thread_feed"),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("sitemap-news.xml", sitemaps.news_sitemap, name="sitemap_news"),
    path(
        "sitemap-<sitemap_section:section_name>-<int:number>.xml",
        sitemaps.sitemap_file,
        name="sitemap_part",
    ),
    path("robots.txt", sitemaps.robots_txt, name="robots"),
]
