"""The preflight check: findings block sending unless they are overridden with a reason."""

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from django.test import Client
from django.urls import reverse

from accounts.models import User
from articles.editorial.models import Article
from iria.core.http import safe_client
from iria.core.http.safe_client import UrlCheck
from newsletter import preflight
from newsletter.delivery import blockers, sending
from newsletter.email import dns_records, rendering
from newsletter.email.rendering import RenderedEmail
from newsletter.models import ExternalCheck, Issue, Waiver
from tests.newsletter.factories import issue, news, subscriber
from tests.newsroom import published
from tests.queued_jobs import Queued

pytestmark = pytest.mark.django_db
ELSEWHERE = "https://institute.example/paper"


def findings_of(new_issue: Issue) -> list[str]:
    return [str(each) for each in blockers.blockers(new_issue)]


def issue_with_links(*urls: str) -> Issue:
    html = "".join(f'<p><a href="{url}">there</a></p>' for url in urls)
    return issue(introduction=html)


@pytest.fixture(autouse=True)
def _reader() -> None:
    subscriber()


@pytest.fixture
def external_results(monkeypatch: pytest.MonkeyPatch) -> dict[str, UrlCheck]:
    """Results of external URLs; others respond."""
    answers: dict[str, UrlCheck] = {}
    monkeypatch.setattr(
        safe_client, "check_url", lambda address, agent: answers.get(address, UrlCheck(True))
    )
    return answers


def test_a_test_is_required_before_sending_and_after_a_change(edna: User) -> None:
    article = published("The strait")
    new_issue = issue("Straits", article, tested=False)
    assert findings_of(new_issue) == ["No test was sent. Send a test and read it."]
    with pytest.raises(sending.NotReady):
        sending.start(new_issue, by=edna)

    sending.send_test(new_issue, "edna@meridian.example", by=edna)
    assert findings_of(new_issue) == []
    assert new_issue.tests.get().sent_by == edna

    Article.objects.filter(pk=article.pk).update(headline="The straits")
    assert findings_of(new_issue) == [
        "The issue changed since the last test. Send another test and read it."
    ]
    sending.send_test(new_issue, "edna@meridian.example", by=edna)
    assert sending.start(new_issue, by=edna) == 1


def test_a_broken_external_link_blocks_until_fixed_or_overridden(
    external_results: dict[str, UrlCheck], edna: User
) -> None:
    new_issue = issue_with_links(ELSEWHERE)
    assert findings_of(new_issue) == [
        "One link is being checked. Wait a minute and reload this page."
    ]
    external_results[ELSEWHERE] = UrlCheck(False, "It answers 404 Not Found")
    preflight.run_external_checks(new_issue.pk)
    (html,) = findings_of(new_issue)
    assert html == f"The link {ELSEWHERE} does not respond. It answers 404 Not Found"

    preflight.override(
        new_issue, f"link {ELSEWHERE}", reason="Their server sleeps at night", by=edna
    )
    assert findings_of(new_issue) == []
    stored = Waiver.objects.get(finding_key=f"link {ELSEWHERE}")
    assert (stored.created_by, stored.reason, stored.message) == (
        edna,
        "Their server sleeps at night",
        html,
    )

    external_results.clear()
    other = issue_with_links(ELSEWHERE)
    ExternalCheck.objects.update(checked_at="2026-01-01T00:00Z")
    preflight.run_external_checks(other.pk)
    assert findings_of(other) == []


def test_internal_links_are_checked_as_readers_open_them(settings: Any) -> None:
    article, deleted = published("There"), published("Gone", slug="gone")
    valid_url, broken_url = (
        f"{settings.SITE_URL}{each.get_absolute_url()}" for each in (article, deleted)
    )
    Article.objects.filter(pk=deleted.pk).update(state="draft")
    nowhere = f"{settings.SITE_URL}/no/such/page/at/all.html"
    new_issue = issue_with_links(
        valid_url, broken_url, nowhere, f"{settings.SITE_URL}/search/?q=taiwan"
    )
    assert findings_of(new_issue) == [
        f"Nothing found at {broken_url}.",
        f"Nothing found at {nowhere}.",
    ]


def test_legal_requirements_cannot_be_overridden(
    edna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_issue = issue()
    rendered = rendering.compose(new_issue)
    broken = RenderedEmail(
        rendered.subject, rendered.html.replace("/unsubscribe/", "/elsewhere/"), rendered.text
    )
    monkeypatch.setattr(rendering, "compose", lambda issue: broken)
    (html,) = findings_of(new_issue)
    assert "The e-mail has no unsubscribe link, which the law and e-mail providers require." in html
    for about in ("", "untested", "link https://other.example/"):
        with pytest.raises(preflight.NotOverridden):
            preflight.override(new_issue, about, reason="Because", by=edna)


def test_an_editor_overrides_with_a_reason_and_a_name(editor_client: Client, edna: User) -> None:
    new_issue = issue(tested=False)
    page = reverse("admin:newsletter_issue_send", args=[new_issue.pk])
    content = editor_client.get(page).content.decode()
    assert "Override" in content
    assert "Send now to" not in content
    override = reverse("admin:newsletter_issue_override", args=[new_issue.pk])
    response = editor_client.post(override, {"about": "untested", "reason": " "}, follow=True)
    assert "Enter a reason." in response.content.decode()
    response = editor_client.post(
        override, {"about": "untested", "reason": "I read the preview"}, follow=True
    )
    content = response.content.decode()
    assert "<q>I read the preview</q>" in content
    assert str(edna) in content
    assert "Send now to" in content
    again = editor_client.post(override, {"about": "untested", "reason": "Twice"}, follow=True)
    assert "This no longer blocks sending." in again.content.decode()
    assert editor_client.get(override).status_code == 405


def test_only_users_who_may_send_may_override(client: Client, rui: User) -> None:
    new_issue = issue(tested=False)
    client.force_login(rui)
    override = reverse("admin:newsletter_issue_override", args=[new_issue.pk])
    assert client.post(override, {"about": "untested", "reason": "Please"}).status_code == 403
    assert not Waiver.objects.exists()


def test_dns_problems_are_warnings(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEFAULT_FROM_EMAIL = "desk@meridian.org"
    settings.BOUNCE_DOMAIN = "bounces.meridian.org"
    records = {("meridian.org", "TXT"): ["v=spf1 mx -all"], ("_dmarc.meridian.org", "TXT"): []}
    monkeypatch.setattr(dns_records, "_texts", lambda name: records.get((name, "TXT"), []))
    monkeypatch.setattr(dns_records, "_query", lambda name, kind: [])
    new_issue = issue()
    assert preflight.run_external_checks(new_issue.pk) == 4
    html = " ".join(map(str, blockers.warnings(rendering.compose(new_issue), new_issue.newsletter)))
    assert "bounces.meridian.org has no SPF record" in html
    assert " meridian.org has no SPF" not in html
    assert "no DMARC record" in html
    assert "bounces.meridian.org has no mail server" in html
    assert (
        "E-mails are not signed here. Make sure the relay signs them with DKIM, including List-Unsubscribe and List-Unsubscribe-Post, or set DKIM_DOMAIN, DKIM_SELECTOR and DKIM_KEY_FILE."
        in html
    )
    assert findings_of(new_issue) == []
    assert preflight.run_external_checks(new_issue.pk) == 0


@pytest.mark.parametrize(
    ("comes_from", "signed_for", "is_another"),
    [
        ("news@meridian.org", "meridian.org", False),
        ("news@letters.meridian.org", "meridian.org", False),
        ("news@meridian.org", "mail.meridian.org", False),
        ("news@notmeridian.org", "meridian.org", True),
        ("news@elsewhere.org", "meridian.org", True),
        ("", "meridian.org", False),
        ("news@elsewhere.org", "", False),
    ],
)
def test_a_signature_for_another_domain_is_reported(
    comes_from: str, signed_for: str, is_another: bool, settings: Any
) -> None:
    settings.DEFAULT_FROM_EMAIL = "Meridian <desk@meridian.org>"
    settings.DKIM_DOMAIN, settings.DKIM_SELECTOR = signed_for, "news"
    newsletter = news()
    newsletter.from_email = comes_from
    assert ("DMARC treats them as forged" in preflight.signature_mismatch(newsletter)) == is_another
    if comes_from:
        assert f"dmarc {comes_from.partition('@')[2]}" in preflight.dns_records_of(newsletter)


def test_the_published_key_has_to_be_that_of_the_signature(
    settings: Any, key_pair: tuple[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DKIM_KEY, record = key_pair[0], key_pair[1].decode()
    public = serialization.load_pem_private_key(key_pair[0].encode(), None).public_key()
    short = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    for in_dns, is_ours in (
        (record, True),
        (f"v=DKIM1; p={base64.b64encode(short).decode()}", True),
        (record.replace("p=MII", "p=MIJ"), False),
    ):
        monkeypatch.setattr(dns_records, "_texts", lambda name, text=in_dns: [text])
        assert (dns_records.check_dns("dkim news meridian.org") == "") == is_ours


def test_the_page_enqueues_only_missing_checks(
    editor_client: Client, external_results: dict[str, UrlCheck], queued: Queued
) -> None:
    new_issue = issue_with_links(ELSEWHERE)
    page = reverse("admin:newsletter_issue_preview", args=[new_issue.pk])
    editor_client.get(page)
    assert queued("newsletter.run_external_checks") == [new_issue.pk]
    assert preflight.external_links(rendering.compose(new_issue)) == [ELSEWHERE]
    preflight.run_external_checks(new_issue.pk)
    editor_client.get(page)
    assert queued("newsletter.run_external_checks") == [new_issue.pk]
