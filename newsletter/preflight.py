"""Checks before an issue is sent: the e-mail itself, external links, DNS records of the sender; which can be overridden.

The worker makes the external checks. Articles and images of an issue are checked in `newsletter.delivery.blockers`.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from lxml import html as lxml_html

from accounts.models import User
from articles.editorial.models import Article
from articles.links.targets import HiddenLink
from iria.core.blockers import Blocker
from iria.core.http import safe_client
from iria.core.jobs import enqueue, job
from iria.core.mail import mail_domain
from iria.core.text.validators import storable
from newsletter.bounces import webhooks
from newsletter.bounces.providers import PROVIDERS
from newsletter.email import rendering
from newsletter.email.editor_html import hidden_links_of
from newsletter.email.headers import from_email
from newsletter.email.rendering import GMAIL_LIMIT, TOKEN, RenderedEmail
from newsletter.email.smtp import has_dkim_key
from newsletter.models import ExternalCheck, Issue, Newsletter, TestMail, Waiver

PASSED_FOR: Final = timedelta(hours=6)
FAILED_FOR: Final = timedelta(minutes=1)
"""Broken links are checked again soon, because they may have been fixed."""
MAX_TARGETS: Final = 200
RETENTION: Final = timedelta(days=30)

Kind = ExternalCheck.Kind


def delete_old(now: datetime) -> int:
    """Deletes results that no issue needs any more."""
    return ExternalCheck.objects.filter(checked_at__lt=now - RETENTION).delete()[0]


def enqueue_checks(issue: Issue, rendered: RenderedEmail) -> None:
    """Enqueues the external checks whose results are missing or old."""
    if _unchecked(Kind.LINK, external_links(rendered)) or _unchecked(
        Kind.DNS, dns_records_of(issue.newsletter)
    ):
        enqueue("newsletter.run_external_checks", once=True, issue_id=issue.pk)


@job("newsletter.run_external_checks", aliases=["newsletter.look"])
def run_external_checks(issue_id: int) -> int:
    """Runs the missing or old checks of an issue; returns how many."""
    issue = Issue.objects.filter(pk=issue_id).first()
    if issue is None or not issue.is_draft:
        return 0
    urls = _unchecked(Kind.LINK, external_links(rendering.compose(issue)))
    user_agent = f"IRIA newsletter link check ({settings.SITE_URL})"
    for url in urls:
        result = safe_client.check_url(url, agent=user_agent)
        _save_result(Kind.LINK, url, passed=result.answers, message=result.words)
    from newsletter.email.dns_records import check_dns  # docs/decisions/stored-pages.md

    names = _unchecked(Kind.DNS, dns_records_of(issue.newsletter))
    for name in names:
        error = check_dns(name)
        _save_result(Kind.DNS, name, passed=not error, message=error)
    return len(urls) + len(names)


def _unchecked(kind: ExternalCheck.Kind, candidates: Iterable[str]) -> list[str]:
    targets = list(candidates)[:MAX_TARGETS]
    now = timezone.now()
    fresh = Q(passed=True, checked_at__gt=now - PASSED_FOR) | Q(checked_at__gt=now - FAILED_FOR)
    results = ExternalCheck.objects.filter(fresh, kind=kind, target__in=targets)
    checked = set(results.values_list("target", flat=True))
    return [target for target in targets if target not in checked]


def _save_result(kind: ExternalCheck.Kind, target: str, *, passed: bool, message: str) -> None:
    ExternalCheck.objects.update_or_create(
        kind=kind,
        target=target,
        defaults={
            "passed": passed,
            "message": storable(message)[:500],
            "checked_at": timezone.now(),
        },
    )


def dns_records_of(newsletter: Newsletter) -> list[str]:
    """Returns the DNS names to query, each with the record type as a prefix.

    SPF is queried for the domain of the sender and of the return path, which is the one that
    counts.
    """
    domain = _domain_of(newsletter)
    is_local = "." not in domain or domain.replace(".", "").isdigit()
    if is_local or domain.endswith((".localhost", ".example", ".invalid", ".test")):
        return []
    records = [f"spf {domain}", f"dmarc {domain}"]
    if settings.DKIM_DOMAIN:
        records.append(f"dkim {settings.DKIM_SELECTOR} {settings.DKIM_DOMAIN}")
    if settings.BOUNCE_DOMAIN:
        records += [f"spf {settings.BOUNCE_DOMAIN}", f"mx {settings.BOUNCE_DOMAIN}"]
    return records


def signature_mismatch(newsletter: Newsletter) -> str:
    """Returns why the DKIM domain does not match the sender, or an empty string."""
    domain, signing = _domain_of(newsletter), settings.DKIM_DOMAIN.lower()
    if not signing or f".{domain}".endswith(f".{signing}") or signing.endswith(f".{domain}"):
        return ""
    return f"E-mails of “{newsletter}” are sent from {domain} but signed for {signing}. DMARC treats them as forged unless the relay also signs for the sender's domain."


def _domain_of(newsletter: Newsletter) -> str:
    return from_email(newsletter).rpartition("@")[2].lower() or mail_domain()


URL_MAX_LENGTH: Final = 2000


def external_links(rendered: RenderedEmail) -> list[str]:
    """Returns the URLs of other sites, in order."""
    return [url for url in _links(rendered) if not _is_ours(url)]


def broken_internal_links(rendered: RenderedEmail, *, existing: set[str]) -> list[str]:
    """Returns the URLs of this site that do not exist.

    Args:
        existing: URLs that exist, or will exist when the issue is sent.
    """
    internal = [url for url in _links(rendered) if _is_ours(url) and url not in existing]
    return [url for url in internal if not _page_exists(url)]


def _links(rendered: RenderedEmail) -> list[str]:
    tree = lxml_html.document_fromstring(rendered.html)
    hrefs = [str(link.get("href")).strip() for link in tree.iter("a") if link.get("href")]
    urls = [url for url in hrefs if url.startswith(("http://", "https://"))]
    return list(dict.fromkeys(url[:URL_MAX_LENGTH] for url in urls if TOKEN not in url))


def _is_ours(url: str) -> bool:
    return url == settings.SITE_URL or url.startswith(f"{settings.SITE_URL}/")


def _page_exists(url: str) -> bool:
    """Whether a page of this site exists, tested with a request without the network."""
    path = unquote(urlsplit(url).path) or "/"
    try:
        match = resolve(path)
    except Resolver404:
        return False
    if not match.args and not match.kwargs:
        # A page without parameters exists.
        return True
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", path, path
    site = urlsplit(settings.SITE_URL)
    request.META = {
        "SERVER_NAME": site.hostname or "localhost",
        "SERVER_PORT": str(site.port or (443 if site.scheme == "https" else 80)),
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": site.scheme,
    }
    request.resolver_match = match
    try:
        with transaction.atomic():
            response = match.func(request, *match.args, **match.kwargs)
            # The check is not counted as a visit.
            transaction.set_rollback(True)
    except Http404:
        return False
    except Exception:
        # The view needs more than this request has, but the page exists.
        return True
    return bool(response.status_code < 400)


UNTESTED: Final = "untested"


class NotOverridden(Exception):
    """The finding cannot be overridden. The message is shown to the user."""


@dataclass(frozen=True, slots=True)
class Finding(Blocker):
    about: str = ""
    """The key to override it; empty if it cannot be overridden."""


def run_checks(issue: Issue) -> list[Blocker]:
    """Returns the findings of the current e-mail that were not overridden."""
    overridden = set(issue.waivers.values_list("finding_key", flat=True))
    rendered = rendering.compose(issue)
    findings = [
        *_email_findings(rendered),
        *_link_findings(issue, rendered),
        *_test_findings(issue),
    ]
    return [finding for finding in findings if not finding.about or finding.about not in overridden]


def warnings(newsletter: Newsletter) -> list[str]:
    """Returns warnings about DNS, signatures and bounces; they do not block sending."""
    failed = ExternalCheck.objects.filter(
        kind=ExternalCheck.Kind.DNS,
        target__in=dns_records_of(newsletter),
        passed=False,
    )
    findings = list(failed.values_list("message", flat=True))
    if error := signature_mismatch(newsletter):
        findings.append(error)
    if not has_dkim_key():
        findings.append(
            "E-mails are not signed here. Make sure the relay signs them with DKIM, including List-Unsubscribe and List-Unsubscribe-Post, or set DKIM_DOMAIN, DKIM_SELECTOR and DKIM_KEY_FILE."
        )
    provider = PROVIDERS.get(settings.MAIL_PROVIDER)
    if provider and not webhooks.has_called(provider):
        findings.append(
            f"No webhook calls from {provider.name} yet. Check that it calls {rendering.site_url_of('newsletter_webhook')}; otherwise bounces are not recorded."
        )
    return findings


def override(issue: Issue, finding_key: str, *, reason: str, by: User | None) -> Waiver:
    """Overrides a finding for an issue.

    Raises:
        NotOverridden: the reason is missing, or there is no such finding that can be
            overridden.
    """
    if not reason.strip() or not reason.isprintable():
        raise NotOverridden("Enter a reason.")
    overridable = {
        finding.about: finding for finding in run_checks(issue) if isinstance(finding, Finding)
    }
    if not finding_key or finding_key not in overridable:
        raise NotOverridden("This no longer blocks sending.")
    with transaction.atomic():
        return Waiver.objects.create(
            issue=issue,
            finding_key=finding_key,
            message=overridable[finding_key].message,
            reason=reason.strip()[:300],
            created_by=by,
        )


def record_test(issue: Issue, *, by: User | None) -> None:
    """Records that a test of the current content was sent."""
    TestMail.objects.create(issue=issue, content_hash=content_hash(issue), sent_by=by)


def content_hash(issue: Issue) -> str:
    """Returns a hash of the e-mail, without its date."""
    context: dict[str, Any] = rendering.issue_context(issue)
    content = [
        context["subject"],
        context["preheader"],
        context["image"],
        context["issue"].greeting,
        context["issue"].fallback_greeting,
        context["introduction"],
        context["closing"],
        context["stories"],
        context["newsletter"].name,
        context["publication"].name,
        context["publication"].postal_address,
    ]
    return hashlib.sha256(repr(content).encode("utf-8", "surrogatepass")).hexdigest()


def _email_findings(rendered: RenderedEmail) -> list[Finding]:
    findings = []
    if not rendered.text.strip():
        findings.append(Finding("The e-mail has no plain text version."))
    unsubscribe_url = rendering.unsubscribe_url(rendering.TOKEN)
    if unsubscribe_url not in rendered.html or unsubscribe_url not in rendered.text:
        findings.append(
            Finding(
                "The e-mail has no unsubscribe link, which the law and e-mail providers require."
            )
        )
    if rendered.is_too_long:
        size = len(rendered.html.encode()) // 1024
        message = f"The e-mail has {size} KB. Gmail hides everything after {GMAIL_LIMIT // 1024} KB, including the unsubscribe link. Choose fewer articles or shorten the introduction."
        findings.append(Finding(message, about="size"))
    return findings


def _link_findings(issue: Issue, rendered: RenderedEmail) -> list[Finding]:
    change_url = reverse("admin:newsletter_issue_change", args=[issue.pk])
    published = Article.objects.published().filter(pk__in=issue.items.values("article_id"))
    existing_urls = {
        f"{settings.SITE_URL}{item.get_absolute_url()}" for item in [issue, *published]
    }
    findings = [
        Finding(
            _hidden_link_message(link),
            f"{change_url}#id_{name}",
            "Fix the link",
            about=f"link {link.reference}",
        )
        for name, link in hidden_links_of(issue)
    ]
    findings += [
        Finding(f"Nothing found at {url}.", change_url, "Fix the link", about=f"link {url}")
        for url in broken_internal_links(rendered, existing=existing_urls)
    ]
    external = external_links(rendered)
    checks = ExternalCheck.objects.filter(kind=ExternalCheck.Kind.LINK, target__in=external)
    results = {check.target: check for check in checks}
    for url in external:
        check = results.get(url)
        if check is not None and not check.passed:
            message = f"The link {url} does not respond. {check.message}"
            findings.append(Finding(message, change_url, "Fix the link", about=f"link {url}"))
    unchecked = [url for url in external if url not in results]
    if unchecked:
        noun = "One link is" if len(unchecked) == 1 else f"{len(unchecked)} links are"
        findings.append(
            Finding(
                f"{noun} being checked. Wait a minute and reload this page.",
                about="unseen",
            )
        )
    return findings


def _hidden_link_message(link: HiddenLink) -> str:
    """Returns why readers would see only the text of a link; a sent e-mail cannot be changed."""
    if link.target is None:
        return (
            f"The link “{link.text}” is broken: its target was deleted. Change or remove the link."
        )
    return f"The link “{link.text}” leads to “{link.target.title or Article()}”, which is not published. Publish it, or change or remove the link."


def _test_findings(issue: Issue) -> list[Finding]:
    if issue.is_automatic or issue.tests.filter(content_hash=content_hash(issue)).exists():
        return []
    preview = reverse("admin:newsletter_issue_preview", args=[issue.pk])
    message = (
        "The issue changed since the last test. Send another test and read it."
        if issue.tests.exists()
        else "No test was sent. Send a test and read it."
    )
    return [Finding(message, preview, "Send a test", about=UNTESTED)]
