"""What the DNS says about the domain of a sender: SPF, DKIM, DMARC, MX."""

import base64
from typing import Any, Final

import dns.exception
import dns.resolver
from cryptography.hazmat.primitives import serialization
from django.conf import settings

DNS_TIMEOUT_SECONDS: Final = 4


def check_dns(name: str) -> str:
    """Returns what is wrong with a DNS record, or an empty string."""
    record, *rest = name.split()
    domain = rest[-1]
    try:
        match record:
            case "spf":
                return _spf(domain)
            case "dmarc":
                return _dmarc(domain)
            case "dkim":
                return _dkim(rest[0], domain)
            case _:
                return _mx(domain)
    except dns.exception.DNSException as error:
        return f"The DNS lookup of {domain} failed: {type(error).__name__}."


def _spf(domain: str) -> str:
    records = [text for text in _texts(domain) if text.lower().startswith("v=spf1")]
    if not records:
        return f"{domain} has no SPF record, which says which servers send its e-mails."
    if len(records) > 1:
        return f"{domain} has {len(records)} SPF records. With more than one, none is valid."
    return (
        "" if "+all" not in records[0] else f"The SPF record of {domain} allows any server to send."
    )


def _dmarc(domain: str) -> str:
    parts = domain.split(".")
    parents = [".".join(parts[start:]) for start in range(max(1, len(parts) - 1))]
    for parent in dict.fromkeys([domain, *parents]):
        if any(text.lower().startswith("v=dmarc1") for text in _texts(f"_dmarc.{parent}")):
            return ""
    return f"{domain} has no DMARC record. Gmail and Yahoo require one from bulk senders."


def _dkim(selector: str, domain: str) -> str:
    records = [text for text in _texts(f"{selector}._domainkey.{domain}") if "p=" in text]
    if not records:
        return f"{selector}._domainkey.{domain} has no key, so our signature cannot be verified."
    is_revoked = all(
        "p=;" in text.replace(" ", "") or text.strip().endswith("p=") for text in records
    )
    if is_revoked:
        return f"The key of {selector}._domainkey.{domain} is revoked."
    if settings.DKIM_KEY and not any(_is_our_key(text) for text in records):
        return (
            f"The key of {selector}._domainkey.{domain} is not that of our signature, so it cannot be "
            "verified."
        )
    return ""


def _is_our_key(record: str) -> bool:
    """Whether the record has the public key of DKIM_KEY_FILE, in one of the two forms of RFC 6376."""
    tags = dict(tag.strip().split("=", 1) for tag in record.split(";") if "=" in tag)
    private = serialization.load_pem_private_key(settings.DKIM_KEY.encode(), None)
    public = private.public_key()
    return "".join(tags.get("p", "").split()) in {
        base64.b64encode(public.public_bytes(serialization.Encoding.DER, form)).decode()
        for form in (
            serialization.PublicFormat.SubjectPublicKeyInfo,
            serialization.PublicFormat.PKCS1,
        )
    }


def _mx(domain: str) -> str:
    if _query(domain, "MX"):
        return ""
    return f"{domain} has no mail server, so bounces cannot be received."


def _texts(name: str) -> list[str]:
    return [b"".join(answer.strings).decode("utf-8", "replace") for answer in _query(name, "TXT")]


def _query(name: str, record_type: str) -> list[Any]:
    resolver = dns.resolver.get_default_resolver()
    try:
        return list(resolver.resolve(name, record_type, lifetime=DNS_TIMEOUT_SECONDS))
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
