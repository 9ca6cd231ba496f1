from django.urls import path

from articles.popular import views

urlpatterns = [path("seen/", views.seen, name="seen")]
