"""Addresses under /newsletter/."""

from django.urls import path, re_path

from iria.kit import addresses as addresses  # makes the parts of an address known
from iria.publication.speaking import speak
from newsletter import issue_views, views
from newsletter.bounces.told.views import told

pages = speak(
    [
        path("", views.sign_up, name="newsletter"),
        path("look-in-your-mail/", views.asked, name="newsletter_asked"),
        path("confirm/<str:token>/", views.confirm, name="newsletter_confirm"),
        path("preferences/<str:token>/", views.preferences, name="newsletter_preferences"),
        path("data/<str:token>/", views.data, name="newsletter_data"),
        path("unsubscribe/<str:token>/", views.unsubscribe, name="newsletter_unsubscribe"),
        re_path(
            r"^letter-(?P<light>[0-9a-f]{6})-(?P<dark>[0-9a-f]{6})\.css$",
            issue_views.letter_rules,
            name="newsletter_letter_rules",
        ),
        re_path(
            r"^letter-(?P<light>[0-9a-f]{6})-(?P<dark>[0-9a-f]{6})-(?P<hours>day|night)\.css$",
            issue_views.letter_rules,
            name="newsletter_letter_rules",
        ),
        path("link/<int:issue_id>/<int:number>/", issue_views.link, name="newsletter_link"),
        path("issues/", issue_views.issues, name="newsletter_issues"),
        path("issues/<letters:slug>/", issue_views.issue, name="newsletter_issue"),
    ]
)
# A provider that calls is answered without a look at the publication.
urlpatterns = [path("told/", told, name="newsletter_told"), *pages]
