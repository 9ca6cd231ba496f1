"""Public pages have no session, cookie or token."""

from unittest.mock import Mock

import pytest
from django.db import connection
from django.test import Client

from iria import health
from tests import newsroom

PUBLIC = ["/", "/healthz", "/readyz", "/readyz/worker/"]


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_sets_no_cookie_and_varies_on_none(
    client: Client, db: None, path: str
) -> None:
    newsroom.published()
    response = client.get(path)
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


def test_a_signed_in_user_gets_the_same_public_page(client: Client, ola: object) -> None:
    newsroom.published()
    before = client.get("/").content
    client.force_login(ola)  # type: ignore[arg-type]
    assert client.get("/").content == before


def test_private_pages_are_not_cached(client: Client, db: None) -> None:
    assert "no-store" in client.get("/accounts/login/").headers["Cache-Control"]


def test_the_content_security_policy_is_strict(client: Client, db: None) -> None:
    for path in ("/", "/admin/login/", "/accounts/login/"):
        policy = client.get(path).headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        for rule in ("object-src 'none'", "base-uri 'none'", "frame-ancestors"):
            assert rule in policy


def test_a_process_is_ready_without_a_worker(client: Client, db: None) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"database": True, "migrations": True}


def test_many_health_checks_read_the_migrations_once(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "monotonic", lambda: 1_000.0)
    read = Mock(return_value=[])
    monkeypatch.setattr(health, "unapplied_migrations", read)
    for _ in range(3):
        assert client.get("/readyz").status_code == 200
    assert read.call_count == 1
    read.return_value = ["articles.0100_later"]
    later = 1_000.0 + health.ANSWER_SECONDS
    monkeypatch.setattr(health, "monotonic", lambda: later)
    assert client.get("/readyz").status_code == 503


def test_the_worker_has_its_own_health_check(client: Client, db: None) -> None:
    never = client.get("/readyz/worker/")
    assert never.status_code == 503
    assert never.json() == {
        "worker": False,
        "jobs": True,
        "transactions": True,
        "last_heartbeat": None,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')"
        )
        late = client.get("/readyz/worker/")
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    assert late.status_code == 503
    assert late.json()["last_heartbeat"]
    alive = client.get("/readyz/worker/")
    assert alive.status_code == 200
    assert alive.json()["worker"] is True


def test_health_checks_accept_only_get_and_head(client: Client, db: None) -> None:
    assert client.post("/healthz").status_code == 405
    assert client.head("/healthz").status_code == 200
