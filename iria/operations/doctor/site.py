"""Checks of the settings, of what the site is reached through, and of the theme."""

import http.client
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.http import HttpResponse
from django.http.request import validate_host
from django.middleware.security import SecurityMiddleware

from iria.core.http import page_files
from iria.core.http.cdn import purge
from iria.operations.doctor.check import SECONDS, Check, Finding, Level, Skipped, in_time, reason
from iria.publication.models import current_publication
from iria.themes.checks import theme_problems
from iria.themes.chosen import chosen_theme

ABOUT_HTTPS: Final = frozenset(
    f"security.W{number}" for number in ("004", "008", "010", "011", "012", "016")
)
"""What Django's checks say about a site without https, which `https` says in one sentence."""
EXPIRES_SOON: Final = timedelta(days=14)
PATH: Final = "/robots.txt"
OURS: Final = b"iria_database_up"
"""In the figures for Prometheus."""


def system_checks() -> Iterator[Finding]:
    """Django's own checks, those of the project and of apps."""
    for message in checks.run_checks(include_deployment_checks=not settings.LOCAL_ONLY):
        is_told = message.id in ABOUT_HTTPS and not settings.SECURE
        if message.level < checks.WARNING or message.is_silenced() or is_told:
            continue
        yield Finding(
            " ".join(str(message.msg).split()),
            " ".join(str(message.hint or f"Change what the message names ({message.id}).").split()),
            Level.ERROR if message.level >= checks.ERROR else Level.WARNING,
        )


def https() -> Iterator[Finding]:
    if settings.LOCAL_ONLY:
        return
    if not settings.SECURE:
        yield Finding(
            "SITE_URL begins with http:, so passwords and cookies are sent without encryption.",
            "Get a certificate and set SITE_URL to the https URL.",
        )
    elif not settings.TRUSTED_PROXIES:
        yield Finding(
            "No proxy is trusted, so the site does not know who requests a page, or whether by https.",
            "Set TRUSTED_PROXIES to the network of the proxy: 127.0.0.0/8 if nginx is on this machine.",
        )
    if any(not network.prefixlen for network in settings.TRUSTED_PROXIES):
        yield Finding(
            "TRUSTED_PROXIES contains every network, so anybody can pretend to have any IP address.",
            "List only the networks of your proxies.",
        )


def hosts() -> Iterator[Finding]:
    if not validate_host(settings.SITE_HOST, settings.ALLOWED_HOSTS):
        yield Finding(
            f"ALLOWED_HOSTS does not contain {settings.SITE_HOST}, the host of SITE_URL, so every page "
            "is refused.",
            f"Add {settings.SITE_HOST} to ALLOWED_HOSTS.",
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield Finding(
            "ALLOWED_HOSTS allows every host, so links in e-mails and caches can be forged.",
            f"Set ALLOWED_HOSTS to {settings.SITE_HOST}.",
            Level.WARNING,
        )


def secrets() -> Iterator[Finding]:
    if settings.LOCAL_ONLY:
        return
    for _, mode in in_time(_mode, [settings.BASE_DIR / ".env"]):
        if isinstance(mode, int) and mode & 0o007:
            yield Finding(
                f"Every account of this machine can use {settings.BASE_DIR / '.env'}, with its secrets.",
                f"Run `chmod o= {settings.BASE_DIR / '.env'}`.",
            )
    if not settings.STAFF_SECOND_FACTOR:
        yield Finding(
            "A password is sufficient for the admin.",
            "Remove STAFF_SECOND_FACTOR, so that two-factor authentication is required.",
            Level.WARNING,
        )


def content_delivery() -> Iterator[Finding]:
    """Purges a tag that no page has."""
    if not settings.CDN_PROVIDER:
        return
    for _, error in in_time(purge, [["doctor"]]):
        if isinstance(error, Exception):
            yield Finding(
                f"Outdated pages cannot be removed from {settings.CDN_PROVIDER}: {reason(error)}.",
                "Check CDN_TARGET, and that CDN_TOKEN may purge by tag and everything.",
            )


def _mode(file: Path) -> int:
    return file.stat().st_mode


def theme() -> Iterator[Finding]:
    publication = current_publication()
    if publication.theme not in {"", *settings.THEMES}:
        yield Finding(
            f"The theme “{publication.theme}” that was chosen is not installed; another one is used.",
            "Add it to IRIA_THEME, or choose one in the admin (Settings, Appearance).",
        )
    chosen = chosen_theme(publication)
    for each in theme_problems(chosen):
        yield Finding(
            f"{chosen.theme.name}, {each.file}: {each.message}",
            f"Change the file in {chosen.theme.folder}, and run `manage.py check_theme`.",
            Level.ERROR if each.fatal else Level.WARNING,
        )


class Visit(NamedTuple):
    status: int
    location: str
    certificate_ends: datetime
    page: Mapping[str, str]
    """The headers of the front page, with names in lower case, if the web server may send it from a file."""


def reachable() -> Iterator[Finding]:
    """Requests a page as readers do, through the proxy."""
    if not settings.SECURE:
        raise Skipped("SITE_URL does not use https.")
    for url, visit in in_time(_visit, [settings.SITE_URL]):
        if isinstance(visit, ssl.SSLCertVerificationError):
            yield Finding(
                f"The certificate of {url} is not valid: {visit.verify_message}.",
                "Run `certbot renew`, then `systemctl reload nginx`; with an authority of your own, see "
                "docs/running-in-production.md.",
            )
        elif isinstance(visit, Exception):
            yield Finding(
                f"{url} cannot be reached from this machine: {reason(visit)}.",
                "Check the DNS record of the host, the firewall and nginx.",
            )
        else:
            yield from _problems_of(url, visit)


def _problems_of(url: str, visit: Visit) -> Iterator[Finding]:
    if visit.location == f"{url}{PATH}":
        yield Finding(
            f"{url} redirects every page to itself, because the site does not know that https is used.",
            "Let the proxy send X-Forwarded-Proto (`proxy_set_header X-Forwarded-Proto https;`), and set "
            "TRUSTED_PROXIES to its network.",
        )
    elif visit.status != 200:
        yield Finding(
            f"{url}{PATH} responds with status {visit.status}.",
            "Read the logs of nginx and of the site (`journalctl --unit iria-web`).",
        )
    if visit.page:
        yield from _other_headers(visit.page)
    if visit.certificate_ends - datetime.now(UTC) < EXPIRES_SOON:
        yield Finding(
            f"The certificate of {url} expires on {visit.certificate_ends:%Y-%m-%d}.",
            "Run `certbot renew` and read what it prints, or replace your own certificate.",
            Level.WARNING,
        )


def _other_headers(page: Mapping[str, str]) -> Iterator[Finding]:
    """Headers that the web server adds to files of pages and that depend on settings of the site."""
    security = SecurityMiddleware(lambda request: HttpResponse())
    transport = f"max-age={security.sts_seconds}"
    transport += "; includeSubDomains" if security.sts_include_subdomains else ""
    transport += "; preload" if security.sts_preload else ""
    ours = {
        "Content-Security-Policy": page_files.common_headers()["Content-Security-Policy"],
        "Strict-Transport-Security": transport,
    }
    for name, value in ours.items():
        if page.get(name.lower()) != value:
            yield Finding(
                f"nginx or Caddy sends pages with another {name} than the site.",
                f"Write `{value}` as {name} into its configuration; a bucket belongs into img-src and media-src.",
            )


def _visit(url: str) -> Visit:
    parts = urlsplit(url)
    context = ssl.create_default_context()
    connection = http.client.HTTPSConnection(
        parts.hostname or "", parts.port, timeout=SECONDS / 2, context=context
    )
    try:
        connection.connect()
        certificate = connection.sock.getpeercert() or {}
        connection.request("GET", PATH, headers={"User-Agent": "IRIA doctor"})
        answer = connection.getresponse()
        ends = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
        location = answer.headers.get("Location", "")
        answer.read()
        page = {}
        if settings.PAGE_DIRECTORY and answer.status == 200:
            connection.request("GET", "/", headers={"User-Agent": "IRIA doctor"})
            sent = connection.getresponse().getheaders()
            page = {name.lower(): value for name, value in sent}
        return Visit(answer.status, location, datetime.fromtimestamp(ends, UTC), page)
    finally:
        connection.close()


def metrics() -> Iterator[Finding]:
    if not settings.METRICS_ADDRESS:
        return
    where = settings.METRICS_ADDRESS
    for _, answer in in_time(_figures, [where]):
        if isinstance(answer, ConnectionRefusedError):
            yield Finding(
                f"Nothing answers at METRICS_ADDRESS ({where}).",
                "Start or restart the site (`systemctl restart iria-web`).",
                Level.WARNING,
            )
        elif isinstance(answer, OSError):
            yield Finding(
                f"METRICS_ADDRESS ({where}) cannot be used: {reason(answer)}.",
                "Set it to an address of this machine and a free port, such as 127.0.0.1:9464.",
                Level.WARNING,
            )
        elif not isinstance(answer, bytes) or OURS not in answer:
            yield Finding(
                f"Another program uses the port of METRICS_ADDRESS ({where}).",
                "Choose a free port, and restart the site.",
                Level.WARNING,
            )


def _figures(where: str) -> bytes:
    connection = http.client.HTTPConnection(where, timeout=SECONDS / 2)
    try:
        connection.request("GET", "/metrics")
        return connection.getresponse().read()
    finally:
        connection.close()


CHECKS: Final = (
    Check("The settings are complete and safe.", system_checks),
    Check("The site uses https and trusts only its proxy.", https, needs_database=False),
    Check("The site accepts requests for its host.", hosts, needs_database=False),
    Check("Secrets cannot be read, and the admin is protected.", secrets, needs_database=False),
    Check("The theme has no problems.", theme),
    Check("Prometheus can fetch figures.", metrics, needs_database=False),
    Check("Readers reach the site by https.", reachable, is_slow=True, needs_database=False),
    Check(
        "A content delivery network, if there is one, removes outdated pages.",
        content_delivery,
        is_slow=True,
        needs_database=False,
    ),
)
