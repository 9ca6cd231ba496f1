"""URLs under /newsletter/."""

from django.urls import path, re_path, reverse_lazy
from django.views.generic import RedirectView

from iria.core.http import urls as urls  # registers the URL converters
from iria.publication.context_processors import speak
from newsletter import views
from newsletter.bounces.webhooks import webhook

pages = speak(
    [
        path("", views.sign_up, name="newsletter"),
        path("check-your-inbox/", views.check_inbox, name="newsletter_check_inbox"),
        path("confirm/<str:token>/", views.confirm, name="newsletter_confirm"),
        path("preferences/<str:token>/", views.preferences, name="newsletter_preferences"),
        path("follow/", views.follow, name="newsletter_follow"),
        path("unfollow/<str:token>/", views.unfollow, name="newsletter_unfollow"),
        path("data/<str:token>/", views.data, name="newsletter_data"),
        path("unsubscribe/<str:token>/", views.unsubscribe, name="newsletter_unsubscribe"),
        re_path(
            r"^email-(?P<light>[0-9a-f]{6})-(?P<dark>[0-9a-f]{6})\.css$",
            views.email_css,
            name="newsletter_email_css",
        ),
        re_path(
            r"^email-(?P<light>[0-9a-f]{6})-(?P<dark>[0-9a-f]{6})-(?P<hours>day|night)\.css$",
            views.email_css,
            name="newsletter_email_css",
        ),
        path("link/<int:issue_id>/<int:number>/", views.link, name="newsletter_link"),
        path("issues/", views.issues, name="newsletter_issues"),
        path("issues/<letters:slug>/", views.issue, name="newsletter_issue"),
    ]
)
check_inbox = reverse_lazy("newsletter_check_inbox")
urlpatterns = [
    # The webhook does not read the publication. `told/` is the former name, before 0.2.
    path("webhook/", webhook, name="newsletter_webhook"),
    path("told/", webhook),
    path("look-in-your-mail/", RedirectView.as_view(url=check_inbox, permanent=True)),
    *pages,
]
