"""What the project's own tables keep of people, those of the worker and of Django included."""

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from iria.core.data_inventory import POST, Recipient, StoredData, declare, recipients

COUNTS = StoredData(
    title=gettext_lazy("How often something is asked for"),
    tables=("iria.ratecount", "iria.dailykey"),
    what=gettext_lazy(
        "A count for each network address that asks for much, as a hash under a key that is made "
        "anew every day. The address itself is not kept."
    ),
    why=gettext_lazy("So that nobody can flood the site or guess passwords."),
    how_long=gettext_lazy(
        "Some minutes to a day. The key is destroyed at the end of the day (UTC); after that the "
        "hashes tell nothing, to us neither."
    ),
    order=90,
)

DESK = StoredData(
    title=gettext_lazy("If you work here"),
    tables=("admin.logentry", "auth.group", "auth.group_permissions"),
    what=gettext_lazy("Your groups, and which entries you changed at the desk."),
    why=gettext_lazy("So that it can be seen who changed what."),
    how_long=gettext_lazy("As long as your account."),
    order=95,
)

NOTHING = (
    "auth.permission",
    "contenttypes.contenttype",
    "iria.change",
    "iria.emblem",
    "iria.mark",
    # Name and contact of the publication itself, which it shows on every page.
    "iria.publication",
    # Jobs hold numbers of rows; what those are stands in the rows.
    "procrastinate.procrastinateevent",
    "procrastinate.procrastinatejob",
    "procrastinate.procrastinateperiodicdefer",
    "procrastinate.procrastinateworker",
)


def register() -> None:
    declare("iria", holds=[COUNTS, DESK], nothing=NOTHING)
    recipients.register(POST, Recipient(relay))


def relay() -> str | Promise:
    """The mail servers that mails are handed to, by name; empty where mail goes into a folder."""
    options = [mailer.get("OPTIONS", {}) for mailer in settings.MAILERS.values()]
    hosts = sorted({str(each["host"]) for each in options if each.get("host")})
    if not hosts:
        return ""
    return gettext("the mail server that carries our mails (%(hosts)s)") % {
        "hosts": ", ".join(hosts)
    }
