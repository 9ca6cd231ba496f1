"""What accounts keep of people, the tables of sign-in included."""

from django.utils.translation import gettext_lazy

from iria.core.data_inventory import POST, StoredData, declare

ACCOUNT = StoredData(
    title=gettext_lazy("If you have an account"),
    tables=(
        "accounts.user",
        "accounts.user_groups",
        "accounts.user_user_permissions",
        "accounts.face",
        "account.emailaddress",
        "account.emailconfirmation",
        "mfa.authenticator",
    ),
    what=gettext_lazy(
        "Your e-mail address, the name, picture and words about you that you chose, a hash of your "
        "password, and your further ways to sign in."
    ),
    why=gettext_lazy("So that you, and nobody else, can sign in and write under your name."),
    how_long=gettext_lazy("Until you delete the account."),
    given_to=(POST,),
    order=30,
)

SESSIONS = StoredData(
    title=gettext_lazy("While you are signed in"),
    tables=("sessions.session", "accounts.session"),
    what=gettext_lazy("A cookie, and for it when you signed in and with which browser."),
    why=gettext_lazy("So that you stay signed in, and see where you are."),
    how_long=gettext_lazy("Until you sign out, or the session runs out."),
    order=32,
)

DEVICES = StoredData(
    title=gettext_lazy("After you have signed in"),
    tables=("accounts.device",),
    what=gettext_lazy(
        "A cookie that only the sign-in page receives, kept here as a hash, and the kind of browser."
    ),
    why=gettext_lazy(
        "So that you hear of a new device, and nobody who guesses at your password shuts you out."
    ),
    how_long=gettext_lazy("400 days after you last signed in with that browser."),
    order=34,
)

AUTHORS = StoredData(
    title=gettext_lazy("If you sign articles"),
    tables=("accounts.authorprofile",),
    what=gettext_lazy("Your name, role, biography and links, as everybody can read them."),
    why=gettext_lazy("So that readers know who wrote."),
    how_long=gettext_lazy("As long as your articles stand."),
    order=80,
)


def register() -> None:
    declare("accounts", holds=[ACCOUNT, SESSIONS, DEVICES, AUTHORS])
