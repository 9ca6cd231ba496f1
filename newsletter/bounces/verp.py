"""Return paths (VERP) and unsubscribe addresses.

`bounce+<delivery>-<signature>@BOUNCE_DOMAIN` identifies the delivery that bounced. The signature prevents forged
bounces. `leave+<token>@…` unsubscribes by e-mail; the token is the subscriber's own.

Only lower-case letters and digits are used, because some servers change the case of the local part.
"""

import base64
import re
from typing import Final

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from newsletter.models import Subscriber

PURPOSE: Final = "iria.newsletter.return-path"
BOUNCE: Final = re.compile(r"(?i)^bounce[+=-](\d{1,18}-[a-z2-7]{13})$")
REF: Final = re.compile(r"(?i)^(\d{1,18})-([a-z2-7]{13})$")
LEAVE: Final = re.compile(r"(?i)^leave[+=-]([\w-]{20,64})$")
LEAVE_SUBJECT: Final = re.compile(r"(?i)\bleave ([\w-]{20,64})(?:\s|$)")


def delivery_ref(delivery_id: int) -> str:
    """What names one delivery and cannot be made up; it stands in its return path, and in what we give a provider."""
    return f"{delivery_id}-{_signature(delivery_id, settings.SECRET_KEY)}"


def return_path(delivery_id: int) -> str:
    """The address of the envelope of one delivery; nothing where no domain takes bounces."""
    if not settings.BOUNCE_DOMAIN:
        return ""
    return f"bounce+{delivery_ref(delivery_id)}@{settings.BOUNCE_DOMAIN}"


def delivery_of(address: str) -> int | None:
    """The delivery whose return path this is; nothing where it is another address or made up."""
    found = BOUNCE.match(_local_part(address))
    return delivery_from_ref(found[1]) if found else None


def delivery_from_ref(ref: str) -> int | None:
    """The delivery that a mark names; nothing where it is none, or made up."""
    found = REF.match(ref.strip())
    if found is None:
        return None
    delivery_id, given = int(found[1]), found[2].lower()
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if any(constant_time_compare(_signature(delivery_id, key), given) for key in keys):
        return delivery_id
    return None


def unsubscribe_email(token: str) -> str:
    """Where a mail may be sent to leave; nothing where no domain takes it."""
    return f"leave+{token}@{settings.BOUNCE_DOMAIN}" if settings.BOUNCE_DOMAIN else ""


def unsubscribing_subscriber(
    addresses: "list[str] | tuple[str, ...]", subject: str
) -> Subscriber | None:
    """Who wishes to leave by a mail to these addresses, under this subject."""
    tokens = [found[1] for each in addresses if (found := LEAVE.match(_local_part(each)))]
    if named := LEAVE_SUBJECT.search(subject):
        tokens.append(named[1])
    for token in tokens:
        exact = Subscriber.objects.with_token(token).first()
        known = exact or Subscriber.objects.filter(token__iexact=token).first()
        if known is not None:
            return known
    return None


def _local_part(address: str) -> str:
    """What is before the @, where the domain is ours."""
    local, _, domain = address.strip().rpartition("@")
    ours = settings.BOUNCE_DOMAIN.lower()
    return local if ours and domain.lower() == ours else ""


def _signature(delivery_id: int, key: str) -> str:
    digest = salted_hmac(PURPOSE, str(delivery_id), secret=key, algorithm="sha256").digest()
    return base64.b32encode(digest[:8]).decode().rstrip("=").lower()
