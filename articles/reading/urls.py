"""The public addresses."""

from django.urls import path

from articles.reading import views
from iria.kit import addresses as addresses  # makes the parts of an address known

urlpatterns = [
    path("", views.home, name="home"),
    path("category/<letters_path:path>/", views.category, name="category"),
    path("author/<letters:slug>/", views.author, name="author"),
    path("<year:year>/<month:month>/<letters:slug>/", views.article, name="article"),
]
