"""URLs under /comments/, all of them private and uncached."""

from django.urls import path

from articles.comments.flags import views as flagging
from articles.comments.moderation import views as deciding
from articles.comments.notifications import views as following
from articles.comments.recommendations import views as recommendations
from articles.comments.submission import commenter_views, views

urlpatterns = [
    path("comments/follow/", following.follow, name="comment_follow"),
    path("comments/follow/asked/", following.asked, name="comment_follow_check_inbox"),
    path("comments/follow/<str:token>/", following.confirm, name="comment_follow_confirm"),
    path("comments/leave/<str:token>/", following.leave, name="comment_unfollow"),
    path("comments/mail/", following.of_account, name="comment_notifications"),
    path("comments/new/", views.new, name="comment_new"),
    path("comments/token/", views.token, name="comment_token"),
    path("comments/thanks/<str:link>/", views.thanks, name="comment_thanks"),
    path("comments/yours/<str:link>/", views.yours, name="comment_status"),
    path("comments/yours/<str:link>/change/", commenter_views.change, name="comment_edit"),
    path("comments/yours/<str:link>/again/", deciding.appeal, name="comment_appeal"),
    path("comments/yours/<str:link>/mail/", commenter_views.send_again, name="comment_send_again"),
    path("comments/mine/", commenter_views.mine, name="my_comments"),
    path("comments/confirm/<str:link>/", commenter_views.confirm, name="comment_confirm"),
    path("comments/<int:pk>/yours/", commenter_views.own, name="comment_own"),
    path("comments/reported/", flagging.reported, name="comment_reported"),
    path("comments/<int:pk>/report/", flagging.report, name="comment_report"),
    path("comments/recommended/", recommendations.recommended, name="comment_recommended"),
    path("comments/<int:pk>/recommend/", recommendations.recommend, name="comment_recommend"),
    path("comments/<int:pk>/", views.permalink, name="comment"),
]
