"""The findings of the preflight check of the e-mail, how to fix them, and which can be overridden.

Articles and images of an issue are checked in `newsletter.delivery.blockers`.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from articles.editorial.models import Article
from articles.links.targets import HiddenLink
from iria.core.blockers import Blocker
from newsletter.bounces.webhooks import views
from newsletter.bounces.webhooks.providers import PROVIDERS
from newsletter.email import rendering
from newsletter.email.dkim import signs
from newsletter.email.internal_links import hidden_links_of
from newsletter.email.rendering import GMAIL_LIMIT, RenderedEmail
from newsletter.models import ExternalCheck, Issue, Newsletter, TestMail, Waiver
from newsletter.preflight import external_checks

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
    findings = [*_of_the_mail(rendered), *_of_links(issue, rendered), *_of_tests(issue)]
    return [finding for finding in findings if not finding.about or finding.about not in overridden]


def warnings(newsletter: Newsletter) -> list[str]:
    """Returns warnings about DNS, signatures and bounces; they do not block sending."""
    failed = ExternalCheck.objects.filter(
        kind=ExternalCheck.Kind.DNS,
        target__in=external_checks.dns_records_of(newsletter),
        passed=False,
    )
    findings = list(failed.values_list("message", flat=True))
    if error := external_checks.signature_mismatch(newsletter):
        findings.append(error)
    if not signs():
        findings.append(
            "E-mails are not signed here. Make sure the relay signs them with DKIM, including List-Unsubscribe and List-Unsubscribe-Post, or set DKIM_DOMAIN, DKIM_SELECTOR and DKIM_KEY_FILE."
        )
    provider = PROVIDERS.get(settings.MAIL_PROVIDER)
    if provider and not views.has_called(provider):
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
        message = "Enter a reason."
        raise NotOverridden(message)
    overridable = {
        finding.about: finding for finding in run_checks(issue) if isinstance(finding, Finding)
    }
    if not finding_key or finding_key not in overridable:
        message = "This no longer blocks sending."
        raise NotOverridden(message)
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


def _of_the_mail(rendered: RenderedEmail) -> list[Finding]:
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


def _of_links(issue: Issue, rendered: RenderedEmail) -> list[Finding]:
    change_url = reverse("admin:newsletter_issue_change", args=[issue.pk])
    published = Article.objects.published().filter(pk__in=issue.items.values("article_id"))
    existing_urls = {
        f"{settings.SITE_URL}{item.get_absolute_url()}" for item in [issue, *published]
    }
    findings = [
        Finding(
            _hidden(link),
            f"{change_url}#id_{name}",
            "Fix the link",
            about=f"link {link.reference}",
        )
        for name, link in hidden_links_of(issue)
    ]
    findings += [
        Finding(f"Nothing found at {url}.", change_url, "Fix the link", about=f"link {url}")
        for url in external_checks.broken_internal_links(rendered, existing=existing_urls)
    ]
    external = external_checks.external_links(rendered)
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


def _hidden(link: HiddenLink) -> str:
    """Readers would get words without a link, in an e-mail that stays as it was sent."""
    if link.target is None:
        return (
            f"The link “{link.text}” is broken: its target was deleted. Change or remove the link."
        )
    return f"The link “{link.text}” leads to “{link.target.title or Article()}”, which is not published. Publish it, or change or remove the link."


def _of_tests(issue: Issue) -> list[Finding]:
    if issue.is_automatic or issue.tests.filter(content_hash=content_hash(issue)).exists():
        return []
    preview = reverse("admin:newsletter_issue_preview", args=[issue.pk])
    message = (
        "The issue changed since the last test. Send another test and read it."
        if issue.tests.exists()
        else "No test was sent. Send a test and read it."
    )
    return [Finding(message, preview, "Send a test", about=UNTESTED)]
