"""Builds webhook calls of each provider, signed as its documentation says."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.utils import timezone

from newsletter.bounces.webhooks.providers import KEY
from newsletter.models import Delivery

OLA: Final = "ola@readers.example"
Through = Callable[[str], None]
"""Says which provider sends the mail (the fixture `through`)."""
PASSWORD: Final = "desk:a-long-password-of-meridian"
SIGNING_KEY: Final = "key-of-meridian-at-the-provider"
SVIX_KEY: Final = b"a key that only two sides know"
CURVE_KEY: Final = ec.generate_private_key(ec.SECP256R1())
PUBLIC_LINES: Final = (
    CURVE_KEY.public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
    .splitlines()
)

NO_SUCH: Final = "550 5.1.1 No such user"
FULL: Final = "552 5.2.2 Mailbox full"


@dataclass(frozen=True)
class Told:
    """What happened to an e-mail, independent of the provider."""

    what: str
    """hard, soft, late, complaint, leaves, arrived"""
    to: str = OLA
    mark: str = ""
    message_id: str = "<unknown@elsewhere.example>"
    said: str = ""
    at: datetime = field(default_factory=timezone.now)

    @property
    def words(self) -> str:
        return self.said or {"hard": NO_SUCH, "soft": FULL, "late": "451 Try later"}.get(
            self.what, ""
        )

    @property
    def given_back(self) -> dict[str, str]:
        return {KEY: self.mark} if self.mark else {}


def about(delivery: Delivery, what: str, mark: str, **fields: Any) -> Told:
    to = delivery.subscriber.email if delivery.subscriber else "nobody@readers.example"
    return Told(what, to=to, mark=mark, message_id=delivery.message_id, **fields)


def brevo(told: Told) -> Any:
    names = {
        "hard": "hard_bounce",
        "soft": "soft_bounce",
        "late": "deferred",
        "complaint": "spam",
        "leaves": "unsubscribe",
        "arrived": "delivered",
    }
    return {
        "event": names[told.what],
        "email": told.to,
        "message-id": told.message_id,
        "ts_epoch": int(told.at.timestamp() * 1000),
        "reason": told.words,
        "X-Mailin-custom": json.dumps(told.given_back),
    }


def mailgun(told: Told) -> Any:
    names = {"complaint": "complained", "leaves": "unsubscribed", "arrived": "delivered"}
    code, _, words = told.words.partition(" ")
    failed = {
        "severity": "temporary" if told.what == "late" else "permanent",
        "reason": "bounce",
        "delivery-status": {"code": int(code or 0), "message": words, "description": None},
    }
    news = {
        "event": names.get(told.what, "failed"),
        "id": "Ase7i2zsRYeDXztHGENqRA",
        "timestamp": told.at.timestamp(),
        "recipient": told.to,
        "message": {"headers": {"message-id": told.message_id.strip("<>")}},
        "user-variables": told.given_back,
        **({} if told.what in names else failed),
    }
    stamp = str(int(timezone.now().timestamp()))
    token = hashlib.sha256(repr(told).encode()).hexdigest()[:50]
    seal = hmac.new(SIGNING_KEY.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "signature": {"timestamp": stamp, "token": token, "signature": seal},
        "event-data": news,
    }


def mailjet(told: Told) -> Any:
    names = {"complaint": "spam", "leaves": "unsub", "arrived": "sent"}
    errors = {"hard": "user unknown", "soft": "quota exceeded", "late": "greylisted"}
    news = {
        "event": names.get(told.what, "bounce"),
        "time": int(told.at.timestamp()),
        "MessageID": 20547681647433000,
        "email": told.to,
        "Payload": json.dumps(told.given_back),
    }
    if told.what in errors:
        hard = told.what == "hard"
        news |= {"hard_bounce": hard, "error": errors[told.what], "smtp_reply": told.words}
    return [news]


def mailtrap(told: Told) -> Any:
    names = {
        "hard": "bounce",
        "soft": "bounce",
        "late": "soft bounce",
        "complaint": "spam",
        "leaves": "unsubscribe",
        "arrived": "delivery",
    }
    news = {
        "event": names[told.what],
        "email": told.to,
        "message_id": "1df37d17-0286-4d8b-8edf-bc4ec5be86e6",
        "event_id": "bede7236-2284-43d6-a953-1fdcafd0fdbc",
        "timestamp": int(told.at.timestamp()),
        "sending_stream": "bulk",
        "response": told.words,
        "custom_variables": told.given_back,
    }
    return {"events": [news]}


def postmark(told: Told) -> Any:
    moment = told.at.astimezone(UTC).isoformat()
    news = {"MessageID": "883953f4-6105-42a2-a16a-77a8eac79483", "Metadata": told.given_back}
    if told.what == "arrived":
        return news | {"RecordType": "Delivery", "Recipient": told.to, "DeliveredAt": moment}
    if told.what == "leaves":
        return news | {
            "RecordType": "SubscriptionChange",
            "Recipient": told.to,
            "ChangedAt": moment,
            "SuppressSending": True,
            "SuppressionReason": "ManualSuppression",
        }
    kinds = {
        "hard": "HardBounce",
        "soft": "SoftBounce",
        "late": "Transient",
        "complaint": "SpamComplaint",
    }
    return news | {
        "RecordType": "SpamComplaint" if told.what == "complaint" else "Bounce",
        "ID": 4323372036854775807,
        "Type": kinds[told.what],
        # Postmark's description mentions other types too.
        "Description": "The server was unable to deliver your message (unknown user, mailbox full).",
        "Details": told.words,
        "Email": told.to,
        "BouncedAt": moment,
    }


def resend(told: Told) -> Any:
    names = {
        "late": "delivery_delayed",
        "complaint": "complained",
        "arrived": "delivered",
    }
    words = {
        "hard": "The recipient's email provider sent a hard bounce message.",
        "soft": "The recipient's email provider sent a bounce message because the recipient's inbox was full.",
    }
    data: dict[str, Any] = {
        "email_id": "56761188-7520-42d8-8898-ff6fc54ce618",
        "to": [told.to],
        "headers": [{"name": "X-Metadata", "value": json.dumps(told.given_back)}],
    }
    if told.what in words:
        kind = "Permanent" if told.what == "hard" else "Transient"
        data["bounce"] = {"message": words[told.what], "type": kind, "subType": "General"}
    name = names.get(told.what, "bounced")
    return {"type": f"email.{name}", "created_at": told.at.isoformat(), "data": data}


def sendgrid(told: Told) -> Any:
    names = {
        "late": "deferred",
        "complaint": "spamreport",
        "leaves": "unsubscribe",
        "arrived": "delivered",
    }
    news = {
        "event": names.get(told.what, "bounce"),
        "email": told.to,
        "timestamp": int(told.at.timestamp()),
        "smtp-id": told.message_id,
        "sg_event_id": "ZGVsaXZlcmVkLTAtMTIz",
        "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001.0",
        **told.given_back,
    }
    if told.what in {"hard", "soft"}:
        news |= {"type": "bounce" if told.what == "hard" else "blocked", "reason": told.words}
    return [news]


def sparkpost(told: Told) -> Any:
    kinds = {
        "hard": ("message_event", "bounce"),
        "soft": ("message_event", "bounce"),
        "late": ("message_event", "delay"),
        "complaint": ("message_event", "spam_complaint"),
        "leaves": ("unsubscribe_event", "list_unsubscribe"),
        "arrived": ("message_event", "delivery"),
    }
    kind, name = kinds[told.what]
    news = {
        "type": name,
        "raw_rcpt_to": told.to,
        "timestamp": str(int(told.at.timestamp())),
        "transmission_id": "65832150921904138",
        "event_id": "92356927693813856",
        "rcpt_meta": told.given_back,
    }
    if name == "bounce":
        news |= {"bounce_class": "10" if told.what == "hard" else "22", "raw_reason": told.words}
    return [{"msys": {kind: news}}]


WRITTEN: Final[dict[str, Callable[[Told], Any]]] = {
    "brevo": brevo,
    "mailgun": mailgun,
    "mailjet": mailjet,
    "mailtrap": mailtrap,
    "postmark": postmark,
    "resend": resend,
    "sendgrid": sendgrid,
    "sparkpost": sparkpost,
}
SECRETS: Final = {
    **dict.fromkeys(["brevo", "mailjet", "postmark", "sparkpost"], PASSWORD),
    **dict.fromkeys(["mailgun", "mailtrap"], SIGNING_KEY),
    "resend": "whsec_" + base64.b64encode(SVIX_KEY).decode(),
    "sendgrid": "".join(PUBLIC_LINES[1:-1]),
}
ADDRESS: Final = "/newsletter/webhook/"


def proof(name: str, body: bytes) -> dict[str, str]:
    """Returns the headers that authenticate a call."""
    moment = str(int(timezone.now().timestamp()))
    match name:
        case "mailtrap":
            seal = hmac.new(SIGNING_KEY.encode(), body, hashlib.sha256).hexdigest()
            return {"Mailtrap-Signature": seal}
        case "resend":
            signed = f"msg_1.{moment}.".encode() + body
            seal = base64.b64encode(hmac.digest(SVIX_KEY, signed, "sha256")).decode()
            return {"svix-id": "msg_1", "svix-timestamp": moment, "svix-signature": f"v1,{seal}"}
        case "sendgrid":
            signature = CURVE_KEY.sign(moment.encode() + body, ec.ECDSA(hashes.SHA256()))
            return {
                "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
                "X-Twilio-Email-Event-Webhook-Timestamp": moment,
            }
        case "mailgun":
            return {}  # It stands in the body.
        case _:
            return {"Authorization": f"Basic {base64.b64encode(PASSWORD.encode()).decode()}"}


def call(name: str, body: Any, headers: dict[str, str] | None = None) -> Any:
    """Posts a webhook call; without headers, with a valid signature."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    proved = proof(name, raw) if headers is None else headers
    return Client().post(ADDRESS, raw, content_type="application/json", headers=proved)


def tell(name: str, told: Told) -> int:
    """Posts one event; returns the status code."""
    status: int = call(name, WRITTEN[name](told)).status_code
    return status
