"""A site that lacks nothing: worker, mail server, DNS records, certificate, settings for production."""

import string
from collections.abc import Iterator
from contextlib import ExitStack
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import dns.resolver
import pytest
from django.db import connection
from django.utils import timezone

from iria.operations.doctor import database
from iria.operations.models import BackupRun
from tests.iria.operations.doctor.stand_ins import WebServer, Zone, dns_server, key_pair, web_server
from tests.newsletter.mailserver import running_mail_server


class Surroundings:
    """What is around the site, for a test to break."""

    def __init__(self, zone: Zone, web: WebServer, folder: Path) -> None:
        self.zone, self.web, self.folder = zone, web, folder


@pytest.fixture
def healthy(
    db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Surroundings]:
    with connection.cursor() as cursor:
        # Earlier tests leave jobs behind, which wait too long by a clock that is ahead.
        cursor.execute("DELETE FROM procrastinate_periodic_defers")
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    settings.DKIM_KEY, public_key = key_pair()
    zone: Zone = {
        ("meridian.org", "TXT"): '"v=spf1 mx -all"',
        ("_dmarc.meridian.org", "TXT"): '"v=DMARC1; p=none"',
        ("news._domainkey.meridian.org", "TXT"): f'"v=DKIM1; k=rsa; p={public_key}"',
    }
    with ExitStack() as running:
        web = running.enter_context(web_server(tmp_path))
        running.enter_context(running_mail_server(settings))
        monkeypatch.setattr(
            dns.resolver, "default_resolver", running.enter_context(dns_server(zone))
        )
        monkeypatch.setenv("SSL_CERT_FILE", str(web.authority))
        settings.DKIM_SELECTOR, settings.DKIM_DOMAIN = "news", "meridian.org"
        settings.DEFAULT_FROM_EMAIL = "desk@meridian.org"
        settings.BOUNCE_DOMAIN = ""
        # Earlier tests on this database leave dead rows behind.
        monkeypatch.setattr(database, "MAX_DEAD_ROWS", 100_000_000)
        set_for_production(settings, web.url)
        settings.BACKUP_DIRECTORY = str(tmp_path / "backups")
        for kind in BackupRun.Kind:
            BackupRun.objects.create(
                kind=kind, backup=f"{tmp_path}/backups/made", started_at=timezone.now()
            )
        yield Surroundings(zone, web, tmp_path)


def set_for_production(settings: Any, url: str) -> None:
    """What `iria.settings` sets for a public site with https behind nginx."""
    settings.SITE_URL, settings.SITE_HOST = url, "127.0.0.1"
    settings.ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
    settings.LOCAL_ONLY, settings.SECURE, settings.DEBUG = False, True, False
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.0/8")]
    settings.SECRET_KEY = string.ascii_letters + string.digits
    settings.STAFF_SECOND_FACTOR = True
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = True
    settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS = 3600
