"""The public addresses."""

from django.urls import path

from articles.reading.views import archives, article, listings, preview
from iria.kit import addresses as addresses  # makes the parts of an address known

urlpatterns = [
    path("", listings.home, name="home"),
    path("language/<slug:code>/", listings.language, name="language"),
    path("category/<letters_path:path>/", listings.category, name="category"),
    path("archive/", archives.archive, name="archive"),
    path("tag/", archives.tags, name="tags"),
    path("author/", archives.authors, name="authors"),
    path("tag/<letters:slug>/", listings.tag, name="tag"),
    path("author/<letters:slug>/", listings.author, name="author"),
    path("corrections/", archives.corrections, name="corrections"),
    path("preview/<str:token>/", preview.preview, name="preview"),
    path("<year:year>/", archives.year, name="year"),
    path("<year:year>/<month:month>/", archives.month, name="month"),
    path("<year:year>/<month:month>/<letters:slug>/", article.article, name="article"),
]
