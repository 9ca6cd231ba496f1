"""What is found at the last look, where it is mended, and what an editor may waive with a reason."""

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from articles.editorial.models import Article
from iria.core.blockers import Blocker
from newsletter.bounces.webhooks import views
from newsletter.bounces.webhooks.providers import PROVIDERS
from newsletter.email import rendering
from newsletter.email.dkim import signs
from newsletter.email.rendering import GMAIL_CUTS_AT, RenderedEmail
from newsletter.models import Issue, Look, Newsletter, TestMail, Waiver
from newsletter.preflight import external_checks

UNTESTED: Final = "untested"


class NotWaived(Exception):
    """What cannot be waived; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class Finding(Blocker):
    about: str = ""
    """By which it is waived; empty where nobody may."""


def findings(issue: Issue) -> list[Blocker]:
    """What of the mail as it would go out now stands in its way and was not waived."""
    waived = set(issue.waivers.values_list("about", flat=True))
    letter = rendering.compose(issue)
    found = [*_of_the_mail(letter), *_of_links(issue, letter), *_of_tests(issue)]
    return [each for each in found if not each.about or each.about not in waived]


def warnings(newsletter: Newsletter) -> list[str]:
    """What the DNS says of the sender, who signs, and who tells what comes back; it forbids nothing."""
    seen = Look.objects.filter(
        kind=Look.Kind.NAME, what__in=external_checks.of_sender(newsletter), good=False
    )
    found = list(seen.values_list("words", flat=True))
    if trouble := external_checks.of_another(newsletter):
        found.append(trouble)
    if not signs():
        found.append(
            "Mails are not signed here; see that the relay signs them with DKIM, List-Unsubscribe and "
            "List-Unsubscribe-Post included, or set DKIM_DOMAIN, DKIM_SELECTOR and DKIM_KEY_FILE."
        )
    provider = PROVIDERS.get(settings.MAIL_PROVIDER)
    if provider and not views.has_spoken(provider):
        found.append(
            f"{provider.name} has told us nothing yet. See that its webhook calls "
            f"{rendering.site_address('newsletter_told')}, or what comes back is not known here."
        )
    return found


def waive(issue: Issue, about: str, *, reason: str, by: User | None) -> Waiver:
    """Lets an issue go out in spite of something that was found.

    Raises:
        NotWaived: no reason was given, or nothing of this name was found that may be waived.
    """
    if not reason.strip() or not reason.isprintable():
        sentence = "Write why it may go out all the same."
        raise NotWaived(sentence)
    known = {each.about: each for each in findings(issue) if isinstance(each, Finding)}
    if not about or about not in known:
        sentence = "This is not, or no longer, in the way."
        raise NotWaived(sentence)
    with transaction.atomic():
        return Waiver.objects.create(
            issue=issue,
            about=about,
            words=known[about].message,
            reason=reason.strip()[:300],
            given_by=by,
        )


def note_test(issue: Issue, *, by: User | None) -> None:
    """A test of the issue as it stands now was sent."""
    TestMail.objects.create(issue=issue, digest=digest_of(issue), sent_by=by)


def digest_of(issue: Issue) -> str:
    """The same as long as the mail reads the same; the date in it does not count."""
    context: dict[str, Any] = rendering.issue_context(issue)
    said = [
        context["subject"],
        context["preheader"],
        context["picture"],
        context["issue"].greeting,
        context["issue"].greeting_unnamed,
        context["introduction"],
        context["closing"],
        context["stories"],
        context["newsletter"].name,
        context["publication"].name,
        context["publication"].postal_address,
    ]
    return hashlib.sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()


def _of_the_mail(letter: RenderedEmail) -> list[Finding]:
    found = []
    if not letter.text.strip():
        found.append(Finding("The mail has no text for programs that show no HTML."))
    leave = rendering.leave_address(rendering.TOKEN)
    if leave not in letter.html or leave not in letter.text:
        found.append(
            Finding("The mail has no link to leave; the law and every provider ask for one.")
        )
    if letter.is_too_long:
        size = len(letter.html.encode()) // 1024
        words = (
            f"The mail has {size} KB; Gmail hides what comes after {GMAIL_CUTS_AT // 1024} KB, the link to "
            "leave included. Choose fewer articles or shorten the introduction."
        )
        found.append(Finding(words, about="size"))
    return found


def _of_links(issue: Issue, letter: RenderedEmail) -> list[Finding]:
    here = reverse("admin:newsletter_issue_change", args=[issue.pk])
    published = Article.objects.published().filter(pk__in=issue.items.values("article_id"))
    known = {f"{settings.SITE_URL}{each.get_absolute_url()}" for each in [issue, *published]}
    found = [
        Finding(f"There is nothing at {address}.", here, "Mend the link", about=f"link {address}")
        for address in external_checks.dead_inside(letter, but=known)
    ]
    leading_out = external_checks.outside(letter)
    looks = Look.objects.filter(kind=Look.Kind.LINK, what__in=leading_out)
    seen = {look.what: look for look in looks}
    for address in leading_out:
        look = seen.get(address)
        if look is not None and not look.good:
            words = f"The link {address} does not answer. {look.words}"
            found.append(Finding(words, here, "Mend it", about=f"link {address}"))
    unseen = [address for address in leading_out if address not in seen]
    if unseen:
        noun = "One link is" if len(unseen) == 1 else f"{len(unseen)} links are"
        found.append(
            Finding(
                f"{noun} still being looked at; wait a minute and open this page again.",
                about="unseen",
            )
        )
    return found


def _of_tests(issue: Issue) -> list[Finding]:
    if issue.composed_by_rule or issue.tests.filter(digest=digest_of(issue)).exists():
        return []
    preview = reverse("admin:newsletter_issue_preview", args=[issue.pk])
    words = (
        "It has changed since the last test; send another one and read it."
        if issue.tests.exists()
        else "No test was sent; send one and read it as your readers will."
    )
    return [Finding(words, preview, "Send a test", about=UNTESTED)]
