"""Return paths (VERP) and unsubscribe addresses.

`bounce+<delivery>-<signature>@BOUNCE_DOMAIN` identifies the delivery that bounced. The signature prevents forged
bounces. `leave+<token>@…` unsubscribes by e-mail; the token is the subscriber's own.

Only lower-case letters and digits are used, because some servers change the case of the local part.
"""

import base64
import re
from collections.abc import Iterable
from typing import Final

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from newsletter.models import Subscriber

PURPOSE: Final = "iria.newsletter.return-path"
BOUNCE: Final = re.compile(r"(?i)^bounce[+=-](\d{1,18}-[a-z2-7]{13})$")
REF: Final = re.compile(r"(?i)^(\d{1,18})-([a-z2-7]{13})$")
UNSUBSCRIBE: Final = re.compile(r"(?i)^leave[+=-]([\w-]{20,64})$")
UNSUBSCRIBE_SUBJECT: Final = re.compile(r"(?i)\bleave ([\w-]{20,64})(?:\s|$)")


def delivery_ref(delivery_id: int) -> str:
    """Returns a signed reference to a delivery, for its return path and for the provider."""
    return f"{delivery_id}-{_signature(delivery_id, settings.SECRET_KEY)}"


def return_path(delivery_id: int) -> str:
    """Returns the envelope sender of a delivery, or an empty string without a bounce domain."""
    if not settings.BOUNCE_DOMAIN:
        return ""
    return f"bounce+{delivery_ref(delivery_id)}@{settings.BOUNCE_DOMAIN}"


def delivery_of(address: str) -> int | None:
    """Returns the delivery ID of a return path, or None if it is not one or its signature is wrong."""
    match = BOUNCE.match(_local_part(address))
    return delivery_from_ref(match[1]) if match else None


def delivery_from_ref(ref: str) -> int | None:
    """Returns the delivery ID of a reference, or None if it is invalid."""
    match = REF.match(ref.strip())
    if match is None:
        return None
    delivery_id, signature = int(match[1]), match[2].lower()
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if any(constant_time_compare(_signature(delivery_id, key), signature) for key in keys):
        return delivery_id
    return None


def unsubscribe_email(token: str) -> str:
    """Returns the address to unsubscribe by e-mail, or an empty string without a bounce domain."""
    return f"leave+{token}@{settings.BOUNCE_DOMAIN}" if settings.BOUNCE_DOMAIN else ""


def unsubscribing_subscriber(addresses: Iterable[str], subject: str) -> Subscriber | None:
    """Returns the subscriber who unsubscribes by an e-mail with these recipients and subject."""
    tokens = [
        match[1] for address in addresses if (match := UNSUBSCRIBE.match(_local_part(address)))
    ]
    if match_in_subject := UNSUBSCRIBE_SUBJECT.search(subject):
        tokens.append(match_in_subject[1])
    for token in tokens:
        exact = Subscriber.objects.with_token(token).first()
        subscriber = exact or Subscriber.objects.filter(token__iexact=token).first()
        if subscriber is not None:
            return subscriber
    return None


def _local_part(address: str) -> str:
    """Returns the part before the @ if the domain is the bounce domain."""
    local, _, domain = address.strip().rpartition("@")
    bounce_domain = settings.BOUNCE_DOMAIN.lower()
    return local if bounce_domain and domain.lower() == bounce_domain else ""


def _signature(delivery_id: int, key: str) -> str:
    digest = salted_hmac(PURPOSE, str(delivery_id), secret=key, algorithm="sha256").digest()
    return base64.b32encode(digest[:8]).decode().rstrip("=").lower()
