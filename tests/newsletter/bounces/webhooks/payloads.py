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

from newsletter.bounces.providers import REF_KEY
from newsletter.models import Delivery

OLA: Final = "ola@readers.example"
UseProvider = Callable[[str], None]
"""The type of the fixture `use_provider`."""
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
class ProviderEvent:
    """What happened to an e-mail, independent of the provider."""

    what: str
    """hard, soft, late, complaint, leaves, arrived"""
    to: str = OLA
    ref: str = ""
    message_id: str = "<unknown@elsewhere.example>"
    said: str = ""
    at: datetime = field(default_factory=timezone.now)

    @property
    def response(self) -> str:
        return self.said or {"hard": NO_SUCH, "soft": FULL, "late": "451 Try later"}.get(
            self.what, ""
        )

    @property
    def metadata(self) -> dict[str, str]:
        return {REF_KEY: self.ref} if self.ref else {}


def event_for(delivery: Delivery, what: str, ref: str, **fields: Any) -> ProviderEvent:
    to = delivery.subscriber.email if delivery.subscriber else "nobody@readers.example"
    return ProviderEvent(what, to=to, ref=ref, message_id=delivery.message_id, **fields)


def brevo(event: ProviderEvent) -> Any:
    names = {
        "hard": "hard_bounce",
        "soft": "soft_bounce",
        "late": "deferred",
        "complaint": "spam",
        "leaves": "unsubscribe",
        "arrived": "delivered",
    }
    return {
        "event": names[event.what],
        "email": event.to,
        "message-id": event.message_id,
        "ts_epoch": int(event.at.timestamp() * 1000),
        "reason": event.response,
        "X-Mailin-custom": json.dumps(event.metadata),
    }


def mailgun(event: ProviderEvent) -> Any:
    names = {"complaint": "complained", "leaves": "unsubscribed", "arrived": "delivered"}
    code, _, words = event.response.partition(" ")
    failed = {
        "severity": "temporary" if event.what == "late" else "permanent",
        "reason": "bounce",
        "delivery-status": {"code": int(code or 0), "message": words, "description": None},
    }
    payload = {
        "event": names.get(event.what, "failed"),
        "id": "Ase7i2zsRYeDXztHGENqRA",
        "timestamp": event.at.timestamp(),
        "recipient": event.to,
        "message": {"headers": {"message-id": event.message_id.strip("<>")}},
        "user-variables": event.metadata,
        **({} if event.what in names else failed),
    }
    stamp = str(int(timezone.now().timestamp()))
    token = hashlib.sha256(repr(event).encode()).hexdigest()[:50]
    digest = hmac.new(SIGNING_KEY.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "signature": {"timestamp": stamp, "token": token, "signature": digest},
        "event-data": payload,
    }


def mailjet(event: ProviderEvent) -> Any:
    names = {"complaint": "spam", "leaves": "unsub", "arrived": "sent"}
    errors = {"hard": "user unknown", "soft": "quota exceeded", "late": "greylisted"}
    payload = {
        "event": names.get(event.what, "bounce"),
        "time": int(event.at.timestamp()),
        "MessageID": 20547681647433000,
        "email": event.to,
        "Payload": json.dumps(event.metadata),
    }
    if event.what in errors:
        hard = event.what == "hard"
        payload |= {"hard_bounce": hard, "error": errors[event.what], "smtp_reply": event.response}
    return [payload]


def mailtrap(event: ProviderEvent) -> Any:
    names = {
        "hard": "bounce",
        "soft": "bounce",
        "late": "soft bounce",
        "complaint": "spam",
        "leaves": "unsubscribe",
        "arrived": "delivery",
    }
    payload = {
        "event": names[event.what],
        "email": event.to,
        "message_id": "1df37d17-0286-4d8b-8edf-bc4ec5be86e6",
        "event_id": "bede7236-2284-43d6-a953-1fdcafd0fdbc",
        "timestamp": int(event.at.timestamp()),
        "sending_stream": "bulk",
        "response": event.response,
        "custom_variables": event.metadata,
    }
    return {"events": [payload]}


def postmark(event: ProviderEvent) -> Any:
    timestamp = event.at.astimezone(UTC).isoformat()
    payload = {"MessageID": "883953f4-6105-42a2-a16a-77a8eac79483", "Metadata": event.metadata}
    if event.what == "arrived":
        return payload | {"RecordType": "Delivery", "Recipient": event.to, "DeliveredAt": timestamp}
    if event.what == "leaves":
        return payload | {
            "RecordType": "SubscriptionChange",
            "Recipient": event.to,
            "ChangedAt": timestamp,
            "SuppressSending": True,
            "SuppressionReason": "ManualSuppression",
        }
    kinds = {
        "hard": "HardBounce",
        "soft": "SoftBounce",
        "late": "Transient",
        "complaint": "SpamComplaint",
    }
    return payload | {
        "RecordType": "SpamComplaint" if event.what == "complaint" else "Bounce",
        "ID": 4323372036854775807,
        "Type": kinds[event.what],
        # Postmark's description mentions other types too.
        "Description": "The server was unable to deliver your message (unknown user, mailbox full).",
        "Details": event.response,
        "Email": event.to,
        "BouncedAt": timestamp,
    }


def resend(event: ProviderEvent) -> Any:
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
        "to": [event.to],
        "headers": [{"name": "X-Metadata", "value": json.dumps(event.metadata)}],
    }
    if event.what in words:
        kind = "Permanent" if event.what == "hard" else "Transient"
        data["bounce"] = {"message": words[event.what], "type": kind, "subType": "General"}
    name = names.get(event.what, "bounced")
    return {"type": f"email.{name}", "created_at": event.at.isoformat(), "data": data}


def sendgrid(event: ProviderEvent) -> Any:
    names = {
        "late": "deferred",
        "complaint": "spamreport",
        "leaves": "unsubscribe",
        "arrived": "delivered",
    }
    payload = {
        "event": names.get(event.what, "bounce"),
        "email": event.to,
        "timestamp": int(event.at.timestamp()),
        "smtp-id": event.message_id,
        "sg_event_id": "ZGVsaXZlcmVkLTAtMTIz",
        "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001.0",
        **event.metadata,
    }
    if event.what in {"hard", "soft"}:
        payload |= {
            "type": "bounce" if event.what == "hard" else "blocked",
            "reason": event.response,
        }
    return [payload]


def sparkpost(event: ProviderEvent) -> Any:
    kinds = {
        "hard": ("message_event", "bounce"),
        "soft": ("message_event", "bounce"),
        "late": ("message_event", "delay"),
        "complaint": ("message_event", "spam_complaint"),
        "leaves": ("unsubscribe_event", "list_unsubscribe"),
        "arrived": ("message_event", "delivery"),
    }
    kind, name = kinds[event.what]
    payload = {
        "type": name,
        "raw_rcpt_to": event.to,
        "timestamp": str(int(event.at.timestamp())),
        "transmission_id": "65832150921904138",
        "event_id": "92356927693813856",
        "rcpt_meta": event.metadata,
    }
    if name == "bounce":
        payload |= {
            "bounce_class": "10" if event.what == "hard" else "22",
            "raw_reason": event.response,
        }
    return [{"msys": {kind: payload}}]


PAYLOADS: Final[dict[str, Callable[[ProviderEvent], Any]]] = {
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


def signature_headers(name: str, body: bytes) -> dict[str, str]:
    """Returns the headers that authenticate a call."""
    timestamp = str(int(timezone.now().timestamp()))
    match name:
        case "mailtrap":
            digest = hmac.new(SIGNING_KEY.encode(), body, hashlib.sha256).hexdigest()
            return {"Mailtrap-Signature": digest}
        case "resend":
            signed = f"msg_1.{timestamp}.".encode() + body
            digest = base64.b64encode(hmac.digest(SVIX_KEY, signed, "sha256")).decode()
            return {
                "svix-id": "msg_1",
                "svix-timestamp": timestamp,
                "svix-signature": f"v1,{digest}",
            }
        case "sendgrid":
            signature = CURVE_KEY.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
            return {
                "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
                "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
            }
        case "mailgun":
            return {}  # The signature is in the body.
        case _:
            return {"Authorization": f"Basic {base64.b64encode(PASSWORD.encode()).decode()}"}


def post_webhook(name: str, body: Any, headers: dict[str, str] | None = None) -> Any:
    """Posts a webhook call; without headers, with a valid signature."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    all_headers = signature_headers(name, raw) if headers is None else headers
    return Client().post(ADDRESS, raw, content_type="application/json", headers=all_headers)


def post_event(name: str, event: ProviderEvent) -> int:
    """Posts one event; returns the status code."""
    status: int = post_webhook(name, PAYLOADS[name](event)).status_code
    return status
