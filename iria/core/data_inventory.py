"""What the core stores about people, and the recipients of personal data, for the page about it.

The model policies declare what each table stores.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.translation import gettext, gettext_lazy

from iria.core.hooks import Hook
from iria.core.model_policy import StoredData, Text


@dataclass(frozen=True, slots=True)
class Recipient:
    """An outside party that receives some of the data."""

    name: Callable[[], Text]
    """Empty while nothing is sent there."""


MAIL: Final = "mail"
AKISMET: Final = "akismet"


def mail_servers() -> Text:
    """The mail servers, as text; empty while e-mails are written to a folder."""
    options = [mailer.get("OPTIONS", {}) for mailer in settings.MAILERS.values()]
    hosts = sorted({str(each["host"]) for each in options if each.get("host")})
    if not hosts:
        return ""
    return gettext("our mail server (%(hosts)s)") % {"hosts": ", ".join(hosts)}


recipients: Hook[Recipient] = Hook()
"""Outside parties that receive personal data, by name."""

recipients.register(MAIL, Recipient(mail_servers))


def active_recipients(keys: Iterable[str]) -> Iterator[Text]:
    """The names of the recipients that are switched on."""
    known = dict(recipients.items())
    for key in keys:
        if key in known and (name := known[key].name()):
            yield name


RATE_LIMITS = StoredData(
    title=gettext_lazy("Rate limits"),
    what=gettext_lazy(
        "A request count per IP address, as a hash with a key that changes every day. The IP address itself "
        "is not stored."
    ),
    purpose=gettext_lazy("To protect the site against overload and password guessing."),
    retention=gettext_lazy(
        "Some minutes to a day. The key is destroyed at the end of the day (UTC); after that nobody can "
        "match the hashes, not even we."
    ),
    order=90,
)

ARCHIVES = StoredData(
    title=gettext_lazy("Imported archives"),
    what=gettext_lazy(
        "The file from another system, with names and e-mail addresses of its authors and commenters; the report "
        "of its import; and who imported it."
    ),
    purpose=gettext_lazy("To move a publication to this site, and to undo it."),
    retention=gettext_lazy(
        "The file until it is imported, at most 7 days; the report 90 days; who imported it as long as their account."
    ),
    order=96,
)
