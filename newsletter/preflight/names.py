"""What the DNS says of the sender: whether other servers can know that our mail is ours."""

from typing import Any, Final

import dns.exception
import dns.resolver
from django.conf import settings

from iria.kit.list_mail import mail_domain
from newsletter.letter.headers import from_address
from newsletter.models import Newsletter

SECONDS: Final = 4


def of_sender(newsletter: Newsletter) -> list[str]:
    """The names to ask for, each with the kind of its record before it.

    SPF is asked of the sender's domain and of the one to which mail returns, which is the one that counts.
    """
    domain = _domain_of(newsletter)
    here = "." not in domain or domain.replace(".", "").isdigit()
    if here or domain.endswith((".localhost", ".example", ".invalid", ".test")):
        return []
    found = [f"spf {domain}", f"dmarc {domain}"]
    if settings.DKIM_DOMAIN:
        found.append(f"dkim {settings.DKIM_SELECTOR} {settings.DKIM_DOMAIN}")
    if settings.BOUNCE_DOMAIN:
        found += [f"spf {settings.BOUNCE_DOMAIN}", f"mx {settings.BOUNCE_DOMAIN}"]
    return found


def of_another(newsletter: Newsletter) -> str:
    """Why our signature does not speak for the sender, in a sentence; nothing where it does."""
    domain, signing = _domain_of(newsletter), settings.DKIM_DOMAIN.lower()
    if not signing or f".{domain}".endswith(f".{signing}") or signing.endswith(f".{domain}"):
        return ""
    return (
        f"Mails of “{newsletter}” come from {domain} and are signed for {signing}; DMARC takes that for "
        "forged unless the relay signs for the sender's domain too."
    )


def _domain_of(newsletter: Newsletter) -> str:
    return from_address(newsletter).rpartition("@")[2].lower() or mail_domain()


def trouble_with(name: str) -> str:
    """What is wrong with one of these names, in a sentence; nothing where it is as it should be."""
    kind, *rest = name.split()
    domain = rest[-1]
    try:
        match kind:
            case "spf":
                return _spf(domain)
            case "dmarc":
                return _dmarc(domain)
            case "dkim":
                return _dkim(rest[0], domain)
            case _:
                return _mx(domain)
    except dns.exception.DNSException as trouble:
        return f"The DNS of {domain} could not be asked: {type(trouble).__name__}."


def _spf(domain: str) -> str:
    found = [text for text in _texts(domain) if text.lower().startswith("v=spf1")]
    if not found:
        return f"{domain} says by no SPF record which servers send its mail."
    if len(found) > 1:
        return f"{domain} has {len(found)} SPF records; with more than one, none counts."
    return "" if "+all" not in found[0] else f"The SPF record of {domain} lets everybody send."


def _dmarc(domain: str) -> str:
    parts = domain.split(".")
    parents = [".".join(parts[at:]) for at in range(max(1, len(parts) - 1))]
    for parent in dict.fromkeys([domain, *parents]):
        if any(text.lower().startswith("v=dmarc1") for text in _texts(f"_dmarc.{parent}")):
            return ""
    return f"{domain} has no DMARC record; Gmail and Yahoo ask for one of whoever sends to many."


def _dkim(selector: str, domain: str) -> str:
    found = [text for text in _texts(f"{selector}._domainkey.{domain}") if "p=" in text]
    if not found:
        return f"{selector}._domainkey.{domain} holds no key, so our signature proves nothing."
    empty = all("p=;" in text.replace(" ", "") or text.strip().endswith("p=") for text in found)
    return f"The key of {selector}._domainkey.{domain} is revoked." if empty else ""


def _mx(domain: str) -> str:
    if _asked(domain, "MX"):
        return ""
    return f"{domain} has no mail server, so nothing that bounces will be read."


def _texts(name: str) -> list[str]:
    return [b"".join(answer.strings).decode("utf-8", "replace") for answer in _asked(name, "TXT")]


def _asked(name: str, kind: str) -> list[Any]:
    resolver = dns.resolver.get_default_resolver()
    try:
        return list(resolver.resolve(name, kind, lifetime=SECONDS))
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
