"""The exports of known e-mail services, recognised by their columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Service:
    name: str
    headers: frozenset[str]
    """Those that its exports have and others do not have together, as `column_mapping.plain` returns them."""
    states: Mapping[str, str] = field(default_factory=dict)
    """Type of a column → its header, for what the header alone would not say."""
    note: str = ""
    """What its exports do not say."""

    def has_exported(self, header: frozenset[str]) -> bool:
        return self.headers <= header


SERVICES: Final = (
    Service(
        "Mailchimp",
        frozenset({"emailaddress", "memberrating", "leid", "euid"}),
        note="Each of its files holds people of one status; those who never subscribed are in “nonsubscribed…”.",
    ),
    Service(
        "listmonk",
        frozenset({"uuid", "email", "name", "attributes", "status"}),
        note=(
            "Its status is that of the address. Who has unsubscribed from a list, or never confirmed, is not in the "
            "file: export only confirmed subscriptions of the list."
        ),
    ),
    Service(
        "Buttondown", frozenset({"emailaddress", "type", "creationdate"}), states={"state": "type"}
    ),
    Service(
        "Buttondown",
        frozenset({"email", "subscribertype", "creationdate"}),
        states={"state": "subscribertype"},
    ),
    Service("Ghost", frozenset({"email", "subscribedtoemails", "complimentaryplan"})),
    Service("Substack", frozenset({"email", "activesubscription", "emaildisabled"})),
)
NEVER_SUBSCRIBED: Final = ("nonsubscribed",)
"""Beginnings of the names of files with people who never subscribed; no column says so."""


def service_of(header: frozenset[str]) -> Service | None:
    return next((each for each in SERVICES if each.has_exported(header)), None)
