"""URLs of the public pages."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from articles.public.views import archives, article, comments, listings
from iria.core.http import urls as urls  # registers path converters


class ThreadOrder(StringConverter):
    """The orders of a thread besides the chronological one."""

    regex = "newest|discussed"


register_converter(ThreadOrder, "thread_order")

ARTICLE = "<year:year>/<month:month>/<letters:slug>/"
LANGUAGE = "language/<slug:code>/"

urlpatterns = [
    path("", listings.home, name="home"),
    path(LANGUAGE, listings.language, name="language"),
    path(f"{LANGUAGE}articles/", listings.articles, name="language_articles"),
    path(f"{LANGUAGE}archive/", archives.archive, name="language_archive"),
    path(f"{LANGUAGE}tag/", archives.tags, name="language_tags"),
    path(f"{LANGUAGE}author/", archives.authors, name="language_authors"),
    path(f"{LANGUAGE}<year:year>/", archives.year, name="language_year"),
    path(f"{LANGUAGE}<year:year>/<month:month>/", archives.month, name="language_month"),
    path(f"{LANGUAGE}category/<letters_path:path>/", listings.category, name="language_category"),
    path(f"{LANGUAGE}tag/<letters:slug>/", listings.tag, name="language_tag"),
    path(f"{LANGUAGE}author/<letters:slug>/", listings.author, name="language_author"),
    path("reader/<int:pk>/", comments.commenter, name="reader"),
    path("category/<letters_path:path>/", listings.category, name="category"),
    path("archive/", archives.archive, name="archive"),
    path("tag/", archives.tags, name="tags"),
    path("author/", archives.authors, name="authors"),
    path("tag/<letters:slug>/", listings.tag, name="tag"),
    path("author/<letters:slug>/", listings.author, name="author"),
    path("corrections/", archives.corrections, name="corrections"),
    path("preview/<str:token>/", article.preview, name="preview"),
    path("<year:year>/", archives.year, name="year"),
    path("<year:year>/<month:month>/", archives.month, name="month"),
    path(ARTICLE, article.article, name="article"),
    path(f"{ARTICLE}comments/", comments.thread, name="thread"),
    path(f"{ARTICLE}comments/<thread_order:order>/", comments.thread, name="thread_in_order"),
    path(f"{ARTICLE}comments/<int:comment>/", comments.comment_replies, name="comment_replies"),
    path(f"{ARTICLE}picture/<int:image_id>/", article.image_view, name="picture"),
]
