"""Opens what a provider sent: is it the provider, and which news is it?

django-anymail knows each provider's signature and format. Its views are used for just that; they are not routed to, and
they send no mail. It is there only where requirements-webhooks.txt is installed, so it is imported by name.
"""

import json
import logging
import warnings
from functools import lru_cache
from typing import Any, Final

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.utils.module_loading import import_string

from newsletter.bounces.told import replays
from newsletter.bounces.told.providers import Provider

log = logging.getLogger(__name__)

MOST_BYTES: Final = 4 * 1024 * 1024
"""A batch of the most talkative provider, several times over."""


class Refused(Exception):
    """It does not prove that the provider sent it."""


class Unreadable(Exception):
    """The provider sent it, and it is not what the provider sends."""


def heard(provider: Provider, secret: str, request: HttpRequest) -> list[Any]:
    """The news of a call (`AnymailTrackingEvent`); a piece that cannot be read is left out.

    Raises:
        Refused, Unreadable
    """
    if not provider.takes(secret):
        raise Refused
    try:
        body = request.body
        view = listener(provider, secret)
        view.run_validators(request)
        proof = provider.signed_apart(body) if provider.signed_apart else None
    except json.JSONDecodeError as mistake:
        # Some look at the signature first and then at the words.
        raise Unreadable from mistake
    except Exception as mistake:
        if not isinstance(mistake, SuspiciousOperation):
            log.info("%s was not believed: %s", provider.name, type(mistake).__name__)
        raise Refused from mistake
    if proof and replays.is_replay(provider.name, proof, body):
        log.info("a call of %s is too old, or its proof was used before", provider.name)
        raise Refused
    try:
        pieces = list(view.parse_events(request))
    except Exception as mistake:
        raise Unreadable from mistake
    read = [each for each in pieces if each is not None]
    if pieces and not read:
        raise Unreadable
    return read


@lru_cache(maxsize=4)
def listener(provider: Provider, secret: str) -> Any:
    """Anymail's view for the provider, reading piece by piece; it keeps nothing of a call, so one is enough.

    Raises:
        Exception: of any kind, where the secret is not what the provider gives.
    """
    view = type(f"{provider.name}PieceByPiece", (PieceByPiece, import_string(provider.view)), {})
    with warnings.catch_warnings():
        # Of SendGrid; docs/decisions/told-by-providers.md says it to whoever chooses.
        warnings.filterwarnings("ignore", message="django-anymail has dropped official support")
        return view(**{provider.proof: secret})


class PieceByPiece:
    """Of several pieces of news one that is broken does not cost the others."""

    esp_name: str

    def esp_to_anymail_event(self, *pieces: Any) -> Any:
        try:
            return super().esp_to_anymail_event(*pieces)  # type: ignore[misc]
        except Exception as mistake:
            self._note(mistake)
            return None

    def unwrap_event(self, raw: Any) -> tuple[Any, Any, Any]:
        """SparkPost's; what it cannot unwrap is not read either."""
        try:
            unwrapped: tuple[Any, Any, Any] = super().unwrap_event(raw)  # type: ignore[misc]
        except Exception:
            return "", {}, raw
        return unwrapped

    def _note(self, mistake: Exception) -> None:
        # What it says may name a reader, so only its kind is written.
        log.warning("a piece of news of %s: %s", self.esp_name, type(mistake).__name__)
