"""Supported providers: how each is verified, returns the delivery reference, and reports a hard bounce.

django-anymail handles signatures and formats; this module adds what it does not unify. Plain Python, because the
settings import it.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

REF_KEY: Final = "iria"
"""The name of the delivery reference in the provider's metadata."""
REF_PLACEHOLDER: Final = "delivery-mark-stands-here"
"""The placeholder for the reference in an e-mail template."""
NAME_AND_PASSWORD: Final = re.compile(r"[^:\s]{1,100}:[^:\s]{20,200}")
CHOSEN_CREDENTIALS: Final = (
    "a name and a password that you choose, such as webhook:… with at least 20 letters and digits"
)

RawEvent = dict[str, Any]
"""An event in the provider's format."""


def _never(raw: RawEvent) -> bool:
    return False


def _no_text(raw: RawEvent) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that covers a timestamp and a random token, but not the body."""

    timestamp: str
    token: str


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider.

    Args:
        view: anymail's webhook view.
        credential_label: what the secret is, in error messages.
        credential_option: the argument of anymail's view for the secret.
        header: the header for metadata that the provider returns with its events.
        format_ref: formats the delivery reference for that header.
        is_dead_address: whether an event says that the address does not exist, if the SMTP response does
            not.
        smtp_response: extracts the SMTP response if anymail does not return it in full.
        suppressed: extracts why nothing was sent if anymail does not say so (`RejectReason`).
        extra_headers: additional headers of every e-mail.
        signature_of: what the signature covers if it is not the body.
    """

    name: str
    view: str
    credential_label: str
    credential_option: str
    header: str
    format_ref: Callable[[str], str]
    is_dead_address: Callable[[RawEvent], bool] = _never
    smtp_response: Callable[[RawEvent], str] = _no_text
    suppressed: Callable[[RawEvent], str] = _no_text
    extra_headers: tuple[tuple[str, str], ...] = ()
    signature_of: Callable[[bytes], Signature] | None = None

    def headers(self, ref: str) -> dict[str, str]:
        """Returns the headers that are only for the provider."""
        return {self.header: self.format_ref(ref), **dict(self.extra_headers)}

    def accepts(self, secret: str) -> bool:
        """Whether this can be the secret of a webhook."""
        if self.credential_option == "webhook_secret":
            return bool(NAME_AND_PASSWORD.fullmatch(secret))
        return bool(secret.strip())


def _plain(ref: str) -> str:
    return ref


def _json(ref: str) -> str:
    return json.dumps({REF_KEY: ref})


def _mailgun_signature(body: bytes) -> Signature:
    signature = json.loads(body)["signature"]
    return Signature(str(signature["timestamp"]), str(signature["token"]))


def _mailgun_response(raw: RawEvent) -> str:
    status = raw["event-data"].get("delivery-status") or {}
    parts = (status.get("code"), status.get("message") or status.get("description"))
    return " ".join(str(part) for part in parts if part)


def _mailgun_suppressed(raw: RawEvent) -> str:
    """Returns why Mailgun did not send: the address is on its suppression list."""
    reasons = {
        "suppress-bounce": "bounced",
        "suppress-complaint": "spam",
        "suppress-unsubscribe": "unsubscribed",
    }
    return reasons.get(str(raw["event-data"].get("reason")), "")


def _sparkpost_is_dead(raw: RawEvent) -> bool:
    return any(str(event.get("bounce_class")) in {"10", "30"} for event in raw["msys"].values())


def _resend_response(raw: RawEvent) -> str:
    return str(raw["data"].get("bounce", {}).get("message", ""))


PROVIDERS: Final[dict[str, Provider]] = {
    "brevo": Provider(
        name="Brevo",
        view="anymail.webhooks.brevo.BrevoTrackingWebhookView",
        credential_label=CHOSEN_CREDENTIALS,
        credential_option="webhook_secret",
        header="X-Mailin-custom",
        format_ref=_json,
        is_dead_address=lambda raw: raw["event"] in {"hard_bounce", "invalid_email"},
    ),
    "mailgun": Provider(
        name="Mailgun",
        view="anymail.webhooks.mailgun.MailgunTrackingWebhookView",
        credential_label="its HTTP webhook signing key",
        credential_option="webhook_signing_key",
        header="X-Mailgun-Variables",
        format_ref=_json,
        smtp_response=_mailgun_response,
        signature_of=_mailgun_signature,
        suppressed=_mailgun_suppressed,
    ),
    "mailjet": Provider(
        name="Mailjet",
        view="anymail.webhooks.mailjet.MailjetTrackingWebhookView",
        credential_label=CHOSEN_CREDENTIALS,
        credential_option="webhook_secret",
        header="X-MJ-EventPayload",
        format_ref=_json,
        is_dead_address=lambda raw: raw.get("hard_bounce") is True,
    ),
    "mailtrap": Provider(
        name="Mailtrap",
        view="anymail.webhooks.mailtrap.MailtrapTrackingWebhookView",
        credential_label="the signature secret of its webhook",
        credential_option="tracking_secret",
        header="X-MT-Custom-Variables",
        format_ref=_json,
        is_dead_address=lambda raw: raw["event"] == "bounce",
    ),
    "postmark": Provider(
        name="Postmark",
        view="anymail.webhooks.postmark.PostmarkTrackingWebhookView",
        credential_label=CHOSEN_CREDENTIALS,
        credential_option="webhook_secret",
        header=f"X-PM-Metadata-{REF_KEY}",
        format_ref=_plain,
        is_dead_address=lambda raw: (
            (raw.get("Type") or raw.get("SuppressionReason")) in {"HardBounce", "BadEmailAddress"}
        ),
        # Otherwise the provider generates its own Message-ID.
        extra_headers=(("X-PM-KeepID", "true"),),
    ),
    "resend": Provider(
        name="Resend",
        view="anymail.webhooks.resend.ResendTrackingWebhookView",
        credential_label="the signing secret of its webhook, whsec_…",
        credential_option="signing_secret",
        header="X-Metadata",
        format_ref=_json,
        is_dead_address=lambda raw: raw["data"].get("bounce", {}).get("type") == "Permanent",
        smtp_response=_resend_response,
    ),
    "sendgrid": Provider(
        name="SendGrid",
        view="anymail.webhooks.sendgrid.SendGridTrackingWebhookView",
        credential_label="the verification key of its signed event webhook",
        credential_option="tracking_webhook_verification_key",
        header="X-SMTPAPI",
        format_ref=lambda ref: json.dumps({"unique_args": {REF_KEY: ref}}),
        is_dead_address=lambda raw: raw["event"] == "bounce" and raw.get("type") != "blocked",
    ),
    "sparkpost": Provider(
        name="SparkPost",
        view="anymail.webhooks.sparkpost.SparkPostTrackingWebhookView",
        credential_label=CHOSEN_CREDENTIALS,
        credential_option="webhook_secret",
        header="X-MSYS-API",
        format_ref=lambda ref: json.dumps({"metadata": {REF_KEY: ref}}),
        is_dead_address=_sparkpost_is_dead,
    ),
}
"""Providers by the value of `MAIL_PROVIDER`. Not Amazon: anymail needs boto3, which requires
python-dateutil below 3, and procrastinate requires 4. Its bounces arrive by e-mail.
"""
HEADERS: Final = frozenset(provider.header for provider in PROVIDERS.values())
