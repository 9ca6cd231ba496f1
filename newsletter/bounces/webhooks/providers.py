"""The providers whose news we understand: how each proves who it is, gives our mark back, and says that an address is dead.

Signatures and formats are django-anymail's business; here is what it does not level. Plain Python, read by the
settings too.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

KEY: Final = "iria"
"""The name under which a provider keeps our mark of a delivery for us."""
MARK: Final = "delivery-mark-stands-here"
"""Where the mark is filled in, in a mail made once for many."""
NAME_AND_PASSWORD: Final = re.compile(r"[^:\s]{1,100}:[^:\s]{20,200}")
MADE_UP: Final = (
    "a name and a password that you make up, like desk:… with at least 20 letters and digits"
)

Raw = dict[str, Any]
"""News as the provider wrote it."""


def _never(raw: Raw) -> bool:
    return False


def _nothing(raw: Raw) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class SignedApart:
    """A proof that covers a time and a random token, and not the body beside them."""

    timestamp: str
    token: str


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider.

    Args:
        view: anymail's view for its news.
        proof_is: what proves that the provider is calling, in words for whoever sets it.
        proof: under which name anymail takes that.
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
    proof_is: str
    proof: str
    header: str
    written: Callable[[str], str]
    dead: Callable[[Raw], bool] = _never
    said: Callable[[Raw], str] = _nothing
    kept_back: Callable[[Raw], str] = _nothing
    with_it: tuple[tuple[str, str], ...] = ()
    signed_apart: Callable[[bytes], SignedApart] | None = None

    def headers(self, mark: str) -> dict[str, str]:
        """What a mail says to the provider alone."""
        return {self.header: self.written(mark), **dict(self.with_it)}

    def takes(self, secret: str) -> bool:
        """Whether this can be what proves its calls."""
        if self.proof == "webhook_secret":
            return bool(NAME_AND_PASSWORD.fullmatch(secret))
        return bool(secret.strip())


def _plain(mark: str) -> str:
    return mark


def _json(mark: str) -> str:
    return json.dumps({KEY: mark})


def _mailgun_signed(body: bytes) -> SignedApart:
    signature = json.loads(body)["signature"]
    return SignedApart(str(signature["timestamp"]), str(signature["token"]))


def _mailgun_said(raw: Raw) -> str:
    status = raw["event-data"].get("delivery-status") or {}
    told = (status.get("code"), status.get("message") or status.get("description"))
    return " ".join(str(each) for each in told if each)


def _mailgun_kept_back(raw: Raw) -> str:
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
        proof_is=MADE_UP,
        proof="webhook_secret",
        header="X-Mailin-custom",
        written=_json,
        dead=lambda raw: raw["event"] in {"hard_bounce", "invalid_email"},
    ),
    "mailgun": Provider(
        name="Mailgun",
        view="anymail.webhooks.mailgun.MailgunTrackingWebhookView",
        proof_is="its HTTP webhook signing key",
        proof="webhook_signing_key",
        header="X-Mailgun-Variables",
        written=_json,
        said=_mailgun_said,
        signed_apart=_mailgun_signed,
        kept_back=_mailgun_kept_back,
    ),
    "mailjet": Provider(
        name="Mailjet",
        view="anymail.webhooks.mailjet.MailjetTrackingWebhookView",
        proof_is=MADE_UP,
        proof="webhook_secret",
        header="X-MJ-EventPayload",
        written=_json,
        dead=lambda raw: raw.get("hard_bounce") is True,
    ),
    "mailtrap": Provider(
        name="Mailtrap",
        view="anymail.webhooks.mailtrap.MailtrapTrackingWebhookView",
        proof_is="the signature secret of its webhook",
        proof="tracking_secret",
        header="X-MT-Custom-Variables",
        written=_json,
        dead=lambda raw: raw["event"] == "bounce",
    ),
    "postmark": Provider(
        name="Postmark",
        view="anymail.webhooks.postmark.PostmarkTrackingWebhookView",
        proof_is=MADE_UP,
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
        proof_is="the signing secret of its webhook, whsec_…",
        proof="signing_secret",
        header="X-Metadata",
        written=_json,
        dead=lambda raw: raw["data"].get("bounce", {}).get("type") == "Permanent",
        said=_resend_said,
    ),
    "sendgrid": Provider(
        name="SendGrid",
        view="anymail.webhooks.sendgrid.SendGridTrackingWebhookView",
        proof_is="the verification key of its signed event webhook",
        proof="tracking_webhook_verification_key",
        header="X-SMTPAPI",
        written=lambda mark: json.dumps({"unique_args": {KEY: mark}}),
        dead=lambda raw: raw["event"] == "bounce" and raw.get("type") != "blocked",
    ),
    "sparkpost": Provider(
        name="SparkPost",
        view="anymail.webhooks.sparkpost.SparkPostTrackingWebhookView",
        proof_is=MADE_UP,
        proof="webhook_secret",
        header="X-MSYS-API",
        written=lambda mark: json.dumps({"metadata": {KEY: mark}}),
        dead=_sparkpost_dead,
    ),
}
"""By the word that `MAIL_PROVIDER` says.

Not Amazon: anymail asks for boto3, which wants a python-dateutil below 3, and procrastinate wants 4. Its bounces
come as mails.
"""
HEADERS: Final = frozenset(each.header for each in PROVIDERS.values())
