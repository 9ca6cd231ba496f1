"""Our URLs before those of IRIA, whose last one matches every page."""

from django.urls import include, path

from iria import urls

urlpatterns = [path("", include("tests.example.harbour.urls")), *urls.urlpatterns]

handler400, handler404, handler500 = urls.handler400, urls.handler404, urls.handler500
