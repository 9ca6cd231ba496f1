"""Addresses under /newsletter/."""

from django.urls import path, re_path

from iria.core.http import urls as urls  # makes the parts of an address known
from iria.publication.language import speak
from newsletter.bounces.webhooks.views import told
from newsletter.views import issues, subscription

pages = speak(
    [
        path("", subscription.sign_up, name="newsletter"),
        path("look-in-your-mail/", subscription.asked, name="newsletter_asked"),
        path("confirm/<str:token>/", subscription.confirm, name="newsletter_confirm"),
        path("preferences/<str:token>/", subscription.preferences, name="newsletter_preferences"),
        path("data/<str:token>/", subscription.data, name="newsletter_data"),
        path("unsubscribe/<str:token>/", subscription.unsubscribe, name="newsletter_unsubscribe"),
        re_path(
            r"^letter-(?P<light>[0-9a-f]{6})-(?P<dark>[0-9a-f]{6})\.css$",
            issues.letter_rules,
            name="newsletter_letter_rules",
        ),
        re_path(
            r"^letter-(?P<light>[0-9a-f]{6})-(?P<dark>[0-9a-f]{6})-(?P<hours>day|night)\.css$",
            issues.letter_rules,
            name="newsletter_letter_rules",
        ),
        path("link/<int:issue_id>/<int:number>/", issues.link, name="newsletter_link"),
        path("issues/", issues.issues, name="newsletter_issues"),
        path("issues/<letters:slug>/", issues.issue, name="newsletter_issue"),
    ]
)
# A provider that calls is answered without a look at the publication.
urlpatterns = [path("told/", told, name="newsletter_told"), *pages]
