"""DKIM signatures, if the relay does not sign (docs/running-mail.md).

They cover `List-Unsubscribe` and `List-Unsubscribe-Post`, which RFC 8058 requires for one-click unsubscribing.
"""

import re
from functools import lru_cache
from typing import Final

from django.conf import settings

SIGNED: Final = (
    *("from", "to", "subject", "date", "message-id", "reply-to", "mime-version", "content-type"),
    *(
        "content-transfer-encoding",
        "content-language",
        "list-id",
        "list-unsubscribe",
        "list-unsubscribe-post",
    ),
    *("list-archive", "feedback-id", "auto-submitted"),
)
OVERSIGNED: Final = ("from", "to", "subject", "date")
"""Headers that are signed once more than they occur, so that none can be added in transit (oversigning)."""
DOUBLED_DOT: Final = re.compile(rb"(?m)^\.\.")


def signs() -> bool:
    """Whether this site signs its e-mails."""
    return bool(settings.DKIM_DOMAIN and settings.DKIM_SELECTOR and settings.DKIM_KEY)


def signed(wire: bytes) -> bytes:
    """Returns the SMTP data of an e-mail with a DKIM signature, if this site signs."""
    return _signature(wire) + wire if signs() else wire


def _signature(wire: bytes) -> bytes:
    import dkim  # docs/decisions/memory.md

    # The signature covers the e-mail without the dots that SMTP adds.
    message = DOUBLED_DOT.sub(b".", wire.removesuffix(b".\r\n"))
    headers = message.partition(b"\r\n\r\n")[0].lower()
    names = [name.encode() for name in SIGNED if _has_header(name, headers)]
    names += [name.encode() for name in OVERSIGNED if _has_header(name, headers)]
    line: bytes = dkim.sign(
        message,
        settings.DKIM_SELECTOR.encode("ascii"),
        settings.DKIM_DOMAIN.encode("ascii"),
        _key(settings.DKIM_KEY),
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=names,
    )
    return line


def _has_header(name: str, headers: bytes) -> bool:
    return headers.startswith(f"{name}:".encode()) or f"\r\n{name}:".encode() in headers


@lru_cache(maxsize=1)
def _key(pem: str) -> bytes:
    return pem.encode("ascii")
