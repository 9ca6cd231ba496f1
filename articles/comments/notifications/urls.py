"""URLs under /comments/ for following by e-mail."""

from django.urls import path

from articles.comments.notifications import views

urlpatterns = [
    path("comments/follow/", views.follow, name="comment_follow"),
    path("comments/follow/asked/", views.asked, name="comment_follow_check_inbox"),
    path("comments/follow/<str:token>/", views.confirm, name="comment_follow_confirm"),
    path("comments/leave/<str:token>/", views.leave, name="comment_unfollow"),
    path("comments/mail/", views.of_account, name="comment_notifications"),
]
