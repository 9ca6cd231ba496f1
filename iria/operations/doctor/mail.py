"""Checks of e-mail: mail servers, DNS records of the senders, the mailbox of bounces."""

from collections.abc import Iterator
from typing import Final

from django.conf import settings

from iria.operations.doctor.check import Check, Finding, Level, Skipped, in_time, reason
from newsletter.bounces import mailbox
from newsletter.email.dns_records import check_dns
from newsletter.email.smtp import SmtpConnection
from newsletter.models import Newsletter
from newsletter.preflight import dns_records_of, signature_mismatch

SETTINGS: Final = {"default": "MAIL_URL", "newsletter": "NEWSLETTER_MAIL_URL"}
"""Mailer → its setting."""


def _servers() -> dict[str, str]:
    """Mailer → the setting that names its server. The second one is left out if both have the same."""
    mailers = settings.MAILERS
    return {
        alias: name
        for alias, name in SETTINGS.items()
        if alias in mailers and (alias == "default" or mailers[alias] != mailers["default"])
    }


def is_configured() -> Iterator[Finding]:
    for alias, name in _servers().items():
        options = settings.MAILERS[alias].get("OPTIONS", {})
        host = options.get("host")
        if not host and not settings.LOCAL_ONLY:
            yield Finding(
                "E-mails are not sent anywhere: no mail server is set.",
                f"Set {name}, such as smtp+tls://user:password@mail.example.org:587.",
            )
        is_encrypted = options.get("use_tls") or options.get("use_ssl")
        if host and options.get("password") and not is_encrypted and not _is_local(host):
            yield Finding(
                f"The password of {name} is sent to {host} without encryption.",
                f"Write smtp+tls:// (port 587) or smtp+ssl:// (port 465) in {name}.",
                Level.WARNING,
            )


def _is_local(host: str) -> bool:
    return host in {"localhost", "::1"} or host.startswith("127.")


def servers_answer() -> Iterator[Finding]:
    names = {
        alias: name
        for alias, name in _servers().items()
        if settings.MAILERS[alias].get("OPTIONS", {}).get("host")
    }
    if not names:
        raise Skipped("No mail server is set.")
    for alias, answer in in_time(_connect, names):
        problem = reason(answer) if isinstance(answer, Exception) else answer
        if problem:
            yield Finding(
                f"The mail server of {names[alias]} does not accept a connection: {problem}.",
                f"Check host, port, user name and password in {names[alias]}, and whether a firewall "
                "blocks the port.",
            )


def _connect(alias: str) -> str:
    """Connects and signs in; returns what went wrong, or an empty string."""
    with SmtpConnection(alias) as connection:
        answer = connection.open()
    return answer.response.partition(": ")[2].rstrip(".") if answer else ""


def dns_records() -> Iterator[Finding]:
    # Without a newsletter, the sender is that of the site.
    newsletters = [Newsletter(), *Newsletter.objects.all()]
    names = dict.fromkeys(name for each in newsletters for name in dns_records_of(each))
    if not names:
        raise Skipped("The senders have no public domain.")
    for name, answer in in_time(check_dns, names):
        kind, *rest = name.split()
        if isinstance(answer, Exception):
            answer = f"The DNS lookup of {rest[-1]} failed: {reason(answer)}."
        if answer:
            yield Finding(answer, _how_to_fix(kind, rest))
    for each in newsletters:
        if mismatch := signature_mismatch(each):
            yield Finding(mismatch, "Set DKIM_DOMAIN to the domain of the sender.", Level.WARNING)


def _how_to_fix(kind: str, rest: list[str]) -> str:
    domain = rest[-1]
    match kind:
        case "spf":
            return (
                f"Publish one TXT record `v=spf1 … -all` at {domain} that names your mail server."
            )
        case "dmarc":
            return f"Publish the TXT record `v=DMARC1; p=none` at _dmarc.{domain}."
        case "dkim":
            return (
                f"Publish the public key of DKIM_KEY_FILE as a TXT record at {rest[0]}._domainkey."
                f"{domain}."
            )
        case _:
            return f"Publish an MX record at {domain} that names the server of BOUNCE_MAILBOX_URL."


def bounce_mailbox() -> Iterator[Finding]:
    if not settings.BOUNCE_MAILBOX_URL:
        raise Skipped("BOUNCE_MAILBOX_URL is not set.")
    if error := mailbox.current_error():
        yield Finding(
            f"Bounces were not read: {error.rstrip('.')}.",
            "Check BOUNCE_MAILBOX_URL; the worker reads the mailbox again within three minutes.",
        )


CHECKS: Final = (
    Check("A mail server is set.", is_configured, needs_database=False),
    Check("Bounces are read.", bounce_mailbox),
    Check(
        "The mail server accepts connections.", servers_answer, is_slow=True, needs_database=False
    ),
    Check("SPF, DKIM and DMARC of the senders are published.", dns_records, is_slow=True),
)
