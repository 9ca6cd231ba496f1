"""What accounts store about people, the tables of allauth included."""

from django.utils.translation import gettext_lazy

from iria.core.model_policy import MAIL, StoredData

ACCOUNT = StoredData(
    title=gettext_lazy("Accounts"),
    what=gettext_lazy(
        "Your e-mail address, name, profile picture and biography, a hash of your password, and your "
        "other sign-in methods."
    ),
    purpose=gettext_lazy("To let you, and nobody else, sign in and write under your name."),
    retention=gettext_lazy("Until you delete the account."),
    recipients=(MAIL,),
    order=30,
)

SESSIONS = StoredData(
    title=gettext_lazy("Sessions"),
    what=gettext_lazy("A cookie, the time you signed in, and the type of browser."),
    purpose=gettext_lazy("To keep you signed in, and to show you where you are signed in."),
    retention=gettext_lazy("Until you sign out or the session expires."),
    order=32,
)

DEVICES = StoredData(
    title=gettext_lazy("Known browsers"),
    what=gettext_lazy(
        "A cookie that is sent to the sign-in page only, stored here as a hash, and the type of browser."
    ),
    purpose=gettext_lazy(
        "To tell you about sign-ins from a new browser, and to keep you from being locked out by people "
        "who guess your password."
    ),
    retention=gettext_lazy("400 days after the last sign-in with that browser."),
    order=34,
)

AUTHORS = StoredData(
    title=gettext_lazy("Author profiles"),
    what=gettext_lazy("Your name, role, biography and links, all of them public."),
    purpose=gettext_lazy("To show readers who wrote an article."),
    retention=gettext_lazy("As long as your articles are published."),
    order=80,
)
