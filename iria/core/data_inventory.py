"""The recipients of personal data, for the page about it. The model policies declare what is stored."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.translation import gettext

from iria.core.hooks import Hook
from iria.core.model_policy import Text


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
