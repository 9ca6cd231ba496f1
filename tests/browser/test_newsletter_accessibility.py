"""Accessibility and valid HTML of the newsletter's pages, in every size and scheme."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import User
from newsletter.delivery import controls, sending
from newsletter.models import Consent, Digest, Issue, Newsletter, Subscriber
from newsletter.subscriptions import opt_in
from tests.browser.checkers import complaints_in_every_look, html_complaints
from tests.browser.conftest import DESKTOP, OpenPage
from tests.newsletter.factories import (
    issue,
    mail_image,
    mark_one,
    subscriber,
)
from tests.newsroom import published

pytestmark = pytest.mark.browser
OLA = "ola@readers.example"


def test_the_pages_and_the_email_are_valid_html(
    open_page: OpenPage, client: Client, edna: User, tmp_path: Path
) -> None:
    pages = {path: client.get(path).content.decode() for path in every_page()}
    client.force_login(edna)
    draft = issue("A draft", published(lead_image=mail_image()), introduction="<p>Hello.</p>")
    for action in ("mail", "preview", "send"):
        pages[action] = client.get(f"/admin/newsletter/issue/{draft.pk}/{action}/").content.decode()
    folder = tmp_path / "pages"
    folder.mkdir()
    assert html_complaints(pages, folder) == []


def test_the_newsletter_in_the_admin_is_accessible(open_admin: OpenPage, edna: User) -> None:
    subscriber(OLA)
    draft = issue("Axe", published(lead_image=mail_image()), introduction="<p>Hello.</p>")
    base = f"/admin/newsletter/issue/{draft.pk}/"
    uncertain = issue("Unknown status", published())
    sending.start(uncertain, by=edna)
    mark_one(uncertain)
    controls.mark_stale_uncertain(after=timedelta(0))
    run = f"/admin/newsletter/issue/{uncertain.pk}/change/"
    page = open_admin(edna, f"{base}change/", bypass_csp=True)
    complaints = {}
    digest = Digest.objects.create(
        newsletter=draft.newsletter,
        frequency="daily",
        period="2026-11-26",
        needs_approval=True,
        begins_at=draft.created_at,
        ends_at=draft.created_at,
        composed_at=draft.created_at,
    )
    issue("Composed itself", published(), digest=digest, is_automatic=True)
    composed = f"/admin/newsletter/digest/{digest.pk}/change/"
    for path in (f"{base}preview/", f"{base}send/", f"{base}mail/", run, composed):
        page.goto(path)
        complaints[path] = complaints_in_every_look(page, DESKTOP)
    assert not any(complaints.values()), complaints
    page.set_viewport_size({"width": 390, "height": 844})
    for path in (run, composed, "/admin/newsletter/digestrule/add/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def every_page() -> list[str]:
    """The URL of each kind of page for readers."""
    ola = subscriber(OLA)
    Newsletter.objects.create(name="Weekly analysis", slug="weekly", description="One long piece.")
    sent = issue("What moved", published(lead_image=mail_image()), introduction="<p>Hello.</p>")
    Issue.objects.update(
        state="sent",
        started_at=sent.created_at,
        sent_at=sent.created_at,
        sent_html="x",
        sent_text="x",
    )
    consent = Consent.objects.create(
        subscriber=Subscriber.objects.create(email="new@readers.example"),
        source_url="/",
        wording="Send me “News”.",
        asked_at=sent.created_at,
    )
    return [
        "/newsletter/",
        "/newsletter/check-your-inbox/",
        "/newsletter/issues/",
        sent.get_absolute_url(),
        ola.preferences_path(),
        f"/newsletter/unsubscribe/{ola.token}/",
        f"/newsletter/confirm/{opt_in.confirmation_token(consent)}/",
        "/newsletter/confirm/cut-off/",
    ]
