"""The URLs of this app, in the order in which they are tried.

Those of the API, the feeds and the public pages are in their packages.
"""

from django.urls import URLPattern, URLResolver, path, re_path

from articles.api.urls import urlpatterns as api
from articles.comments import views as comments
from articles.comments.notifications import views as notifications
from articles.comments.submission import views as submission
from articles.embeds import views as embeds
from articles.feeds.urls import urlpatterns as feeds
from articles.files import views as files
from articles.images import views as images
from articles.pages import views as pages
from articles.popular import views as popular
from articles.public.urls import urlpatterns as public
from articles.search import views as search
from iria.publication.context_processors import speak

COMMENTS: list[URLPattern] = [
    path("comments/follow/", notifications.follow, name="comment_follow"),
    path("comments/follow/asked/", notifications.check_inbox, name="comment_follow_check_inbox"),
    path("comments/follow/<str:token>/", notifications.confirm, name="comment_follow_confirm"),
    path("comments/leave/<str:token>/", notifications.unfollow, name="comment_unfollow"),
    path("comments/mail/", notifications.my_preferences, name="comment_notifications"),
    path("comments/new/", submission.new, name="comment_new"),
    path("comments/token/", submission.token, name="comment_token"),
    path("comments/thanks/<str:link>/", submission.thanks, name="comment_thanks"),
    path("comments/yours/<str:link>/", submission.comment_status, name="comment_status"),
    path("comments/yours/<str:link>/change/", submission.edit, name="comment_edit"),
    path("comments/yours/<str:link>/again/", submission.appeal, name="comment_appeal"),
    path("comments/yours/<str:link>/mail/", submission.send_again, name="comment_send_again"),
    path("comments/mine/", submission.my_comments, name="my_comments"),
    path("comments/confirm/<str:link>/", submission.confirm, name="comment_confirm"),
    path("comments/<int:pk>/yours/", submission.redirect_to_status, name="comment_own"),
    path("comments/reported/", comments.reported, name="comment_reported"),
    path("comments/<int:pk>/report/", comments.report, name="comment_report"),
    path("comments/recommended/", comments.recommended, name="comment_recommended"),
    path("comments/<int:pk>/recommend/", comments.recommend, name="comment_recommend"),
    path("comments/<int:pk>/", submission.permalink, name="comment"),
]
"""All of them private and uncached."""

urlpatterns: list[URLPattern | URLResolver] = [
    re_path(rf"^pictures/(?P<name>{images.NAME})$", images.rendition, name="rendition"),
    re_path(
        r"^pictures/embed/(?P<name>[0-9a-f]{20})\.jpeg$",
        embeds.thumbnail,
        name="embed_thumbnail",
    ),
    re_path(rf"^files/(?P<name>{files.FILE_NAME})$", files.file, name="file"),
    *feeds,
    *api,
    *speak(COMMENTS),
    path("search/", search.search, name="search"),
    path("search/suggest/", search.suggest, name="search_suggest"),
    path("search/opened/", search.record_click, name="search_opened"),
    path("seen/", popular.seen, name="seen"),
    *public,
    path("<letters_path:path>/", pages.page, name="page"),
]
