"""Supported providers: how each is verified, returns the delivery reference, and reports a hard bounce.

django-anymail handles signatures and formats; this module adds what it does not unify. Plain Python, because the
settings import it.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

KEY: Final = "iria"
"""The name under which a provider keeps our mark of a delivery for us."""
REF_PLACEHOLDER: Final = "delivery-mark-stands-here"
"""Where the mark is filled in, in a mail made once for many."""
NAME_AND_PASSWORD: Final = re.compile(r"[^:\s]{1,100}:[^:\s]{20,200}")
MADE_UP: Final = (
    "a name and a password that you choose, such as webhook:… with at least 20 letters and digits"
)

Raw = dict[str, Any]
"""News as the provider wrote it."""


def _never(raw: Raw) -> bool:
    return False


def _nothing(raw: Raw) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Signature:
    """A proof that covers a time and a random token, and not the body beside them."""

    timestamp: str
    token: str


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider.

    Args:
        view: anymail's view for its news.
        proof_label: what the secret is, for error messages.
        proof: the name of the secret for anymail.
        header: by which a mail tells the provider what to give back with its news.
        written: how our mark stands in that header.
        dead: whether it says that there is no such address, where the mail server's words do not.
        said: what the mail server said, where anymail does not pass it on whole.
        kept_back: why it did not even try, where anymail does not say so (`RejectReason`).
        with_it: more headers of every mail.
        signed_apart: what its signature covers, where that is not the body.
    """

    name: str
    view: str
    proof_label: str
    proof: str
    header: str
    written: Callable[[str], str]
    dead: Callable[[Raw], bool] = _never
    said: Callable[[Raw], str] = _nothing
    suppressed: Callable[[Raw], str] = _nothing
    with_it: tuple[tuple[str, str], ...] = ()
    signature_of: Callable[[bytes], Signature] | None = None

    def headers(self, ref: str) -> dict[str, str]:
        """What a mail says to the provider alone."""
        return {self.header: self.written(ref), **dict(self.with_it)}

    def accepts(self, secret: str) -> bool:
        """Whether this can be what proves its calls."""
        if self.proof == "webhook_secret":
            return bool(NAME_AND_PASSWORD.fullmatch(secret))
        return bool(secret.strip())


def _plain(ref: str) -> str:
    return ref


def _json(ref: str) -> str:
    return json.dumps({KEY: ref})


def _mailgun_signed(body: bytes) -> Signature:
    signature = json.loads(body)["signature"]
    return Signature(str(signature["timestamp"]), str(signature["token"]))


def _mailgun_said(raw: Raw) -> str:
    status = raw["event-data"].get("delivery-status") or {}
    told = (status.get("code"), status.get("message") or status.get("description"))
    return " ".join(str(each) for each in told if each)


def _mailgun_suppressed(raw: Raw) -> str:
    """Of a mail to an address on Mailgun's own list of those that are not written to."""
    reasons = {
        "suppress-bounce": "bounced",
        "suppress-complaint": "spam",
        "suppress-unsubscribe": "unsubscribed",
    }
    return reasons.get(str(raw["event-data"].get("reason")), "")


def _sparkpost_dead(raw: Raw) -> bool:
    return any(str(news.get("bounce_class")) in {"10", "30"} for news in raw["msys"].values())


def _resend_said(raw: Raw) -> str:
    return str(raw["data"].get("bounce", {}).get("message", ""))


PROVIDERS: Final[dict[str, Provider]] = {
    "brevo": Provider(
        name="Brevo",
        view="anymail.webhooks.brevo.BrevoTrackingWebhookView",
        proof_label=MADE_UP,
        proof="webhook_secret",
        header="X-Mailin-custom",
        written=_json,
        dead=lambda raw: raw["event"] in {"hard_bounce", "invalid_email"},
    ),
    "mailgun": Provider(
        name="Mailgun",
        view="anymail.webhooks.mailgun.MailgunTrackingWebhookView",
        proof_label="its HTTP webhook signing key",
        proof="webhook_signing_key",
        header="X-Mailgun-Variables",
        written=_json,
        said=_mailgun_said,
        signature_of=_mailgun_signed,
        suppressed=_mailgun_suppressed,
    ),
    "mailjet": Provider(
        name="Mailjet",
        view="anymail.webhooks.mailjet.MailjetTrackingWebhookView",
        proof_label=MADE_UP,
        proof="webhook_secret",
        header="X-MJ-EventPayload",
        written=_json,
        dead=lambda raw: raw.get("hard_bounce") is True,
    ),
    "mailtrap": Provider(
        name="Mailtrap",
        view="anymail.webhooks.mailtrap.MailtrapTrackingWebhookView",
        proof_label="the signature secret of its webhook",
        proof="tracking_secret",
        header="X-MT-Custom-Variables",
        written=_json,
        dead=lambda raw: raw["event"] == "bounce",
    ),
    "postmark": Provider(
        name="Postmark",
        view="anymail.webhooks.postmark.PostmarkTrackingWebhookView",
        proof_label=MADE_UP,
        proof="webhook_secret",
        header=f"X-PM-Metadata-{KEY}",
        written=_plain,
        dead=lambda raw: (
            (raw.get("Type") or raw.get("SuppressionReason")) in {"HardBounce", "BadEmailAddress"}
        ),
        # Otherwise it writes a Message-ID of its own.
        with_it=(("X-PM-KeepID", "true"),),
    ),
    "resend": Provider(
        name="Resend",
        view="anymail.webhooks.resend.ResendTrackingWebhookView",
        proof_label="the signing secret of its webhook, whsec_…",
        proof="signing_secret",
        header="X-Metadata",
        written=_json,
        dead=lambda raw: raw["data"].get("bounce", {}).get("type") == "Permanent",
        said=_resend_said,
    ),
    "sendgrid": Provider(
        name="SendGrid",
        view="anymail.webhooks.sendgrid.SendGridTrackingWebhookView",
        proof_label="the verification key of its signed event webhook",
        proof="tracking_webhook_verification_key",
        header="X-SMTPAPI",
        written=lambda ref: json.dumps({"unique_args": {KEY: ref}}),
        dead=lambda raw: raw["event"] == "bounce" and raw.get("type") != "blocked",
    ),
    "sparkpost": Provider(
        name="SparkPost",
        view="anymail.webhooks.sparkpost.SparkPostTrackingWebhookView",
        proof_label=MADE_UP,
        proof="webhook_secret",
        header="X-MSYS-API",
        written=lambda ref: json.dumps({"metadata": {KEY: ref}}),
        dead=_sparkpost_dead,
    ),
}
"""By the word that `MAIL_PROVIDER` says.

Not Amazon: anymail asks for boto3, which wants a python-dateutil below 3, and procrastinate wants 4. Its bounces
come as mails.
"""
HEADERS: Final = frozenset(each.header for each in PROVIDERS.values())
