"""Renders an issue: HTML with inlined CSS, and plain text.

An e-mail is rendered once for everybody, with a placeholder for the token of the recipient. If the newsletter tracks clicks,
links in the HTML lead through this site; they identify issue and link, never the reader. Security scanners open links
too.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from html import escape, unescape
from re import Match
from typing import Any, Final

from django.conf import settings
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe

from iria.core.text.language import use_language
from iria.publication.mail.branding import ACCENT, ACCENT_DARK, colours_of, rules_of, stylesheet
from iria.publication.mail.rendering import inlined, surroundings
from iria.publication.models import Publication, current_publication
from newsletter.email import editor_html
from newsletter.email.article_blocks import ArticleBlock, build_blocks, issue_image
from newsletter.email.greeting import IN_HTML, IN_TEXT, Greeting
from newsletter.email.plain_text import issue_as_text
from newsletter.models import Issue, IssueLink

DARK: Final = "@media (prefers-color-scheme: dark)"
"""As it stands in static/css/mail/email.css, once."""


class Scheme(StrEnum):
    """In which light a mail is shown; the value is what a page says of its `color-scheme`."""

    AS_THE_SCREEN = "light dark"
    LIGHT = "only light"
    DARK = "dark"


SAID: Final = {Scheme.LIGHT: "day", Scheme.DARK: "night"}
"""How the address of the rules says it."""
MEDIA_QUERIES: Final = {"day": "@media not all", "night": "@media all"}


def stylesheet_url(publication: Publication, scheme: Scheme = Scheme.AS_THE_SCREEN) -> str:
    """Where the same rules stand for a page whose policy forbids styles in the page; empty for ours."""
    light, dark = colours_of(publication)
    if scheme is not Scheme.AS_THE_SCREEN:
        return reverse("newsletter_email_css", args=[light[1:], dark[1:], SAID[scheme]])
    if (light, dark) == (ACCENT, ACCENT_DARK):
        return ""
    return reverse("newsletter_email_css", args=[light[1:], dark[1:]])


def rules(light: str, dark: str, hours: str) -> str:
    """The rules with these accents: for the screen's own scheme, or for `day` or `night` alone."""
    written = str(stylesheet(light, dark))
    return written.replace(DARK, MEDIA_QUERIES[hours]) if hours else written


TOKEN: Final = "recipient-token-stands-here"  # noqa: S105 - the opposite of a secret
TEST_TOKEN: Final = "test"  # noqa: S105 - stands in mails to the desk; its pages say so
GMAIL_LIMIT: Final = 102 * 1024
"""Bytes of HTML after which Gmail hides the rest of a mail, the link to leave included."""


@dataclass(frozen=True, slots=True)
class RenderedEmail:
    """A composed mail, the same for everybody but for the holes of token and greeting."""

    subject: str
    html: str
    text: str
    greeting: Greeting | None = None
    """Without one, its holes stay as they are."""

    @property
    def is_too_long(self) -> bool:
        return len(self.html.encode()) > GMAIL_LIMIT

    def addressed(self, token: str, name: str = "") -> "RenderedEmail":
        """The letter to whoever holds this token and has this name."""
        html, text = self.html.replace(TOKEN, token), self.text.replace(TOKEN, token)
        if self.greeting is None:
            return RenderedEmail(self.subject, html, text)
        own = self.greeting.values_for(name)
        return RenderedEmail(
            self.subject, html.replace(IN_HTML, own[IN_HTML]), text.replace(IN_TEXT, own[IN_TEXT])
        )


def compose(issue: Issue) -> RenderedEmail:
    """The issue as it would be sent now."""
    context = issue_context(issue)
    with _use_language(context["publication"], context["issue"]):
        whole = {**context, "stylesheet": rules_of(context["publication"])}
        html = render_to_string("newsletter/mail/issue.html", whole)
        greeting = Greeting.of(context["issue"])
        return RenderedEmail(context["subject"], inlined(html), issue_as_text(context), greeting)


def frozen(issue: Issue) -> RenderedEmail:
    """The issue as it was when it went out."""
    return RenderedEmail(issue.subject, issue.sent_html, issue.sent_text, Greeting.of(issue))


def preview(issue: Issue, scheme: Scheme = Scheme.AS_THE_SCREEN) -> str:
    """The same HTML with its rules in a file, for a page whose policy forbids inline styles.

    It greets a reader whose name is not known, as most are.
    """
    context = issue_context(issue)
    with _use_language(context["publication"], context["issue"]):
        rules = stylesheet_url(context["publication"], scheme)
        own = {**context, "own_rules": rules, "color_scheme": scheme.value}
        html = render_to_string("newsletter/mail/issue.html", own)
    return RenderedEmail("", html, "", Greeting.of(context["issue"])).addressed(TOKEN).html


@contextmanager
def _use_language(publication: Publication, issue: Issue) -> Iterator[None]:
    """Within it, the interface effective_language the issue's language, else the publication's first."""
    with use_language(publication.language_codes[0]), use_language(issue.effective_language):
        yield


def unsubscribe_url(token: str) -> str:
    return site_url_of("newsletter_unsubscribe", token)


def preferences_url(token: str) -> str:
    return site_url_of("newsletter_preferences", token)


def site_url_of(name: str, *args: str) -> str:
    """An address that leads back from a mail."""
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


def issue_context(issue: Issue) -> dict[str, Any]:
    """Everything that the two forms of the mail say."""
    publication = current_publication()
    whole = Issue.objects.with_articles().get(pk=issue.pk)
    with _use_language(publication, whole):
        stories: list[ArticleBlock] = build_blocks(whole, publication)
    return {
        "issue": whole,
        "subject": whole.subject,
        "preheader": whole.preheader,
        "image": issue_image(whole, publication),
        "greeting": IN_HTML if whole.greeting else "",
        "introduction": _absolute(whole.introduction),
        "closing": _absolute(whole.closing),
        "stories": stories,
        "newsletter": whole.newsletter,
        "unsubscribe_url": unsubscribe_url(TOKEN),
        "preferences_url": preferences_url(TOKEN),
        "browser_url": f"{settings.SITE_URL}{whole.get_absolute_url()}",
        "day": publication.local_date(whole.started_at or timezone.now()),
        **surroundings(publication, whole.effective_language, whole.direction),
    }


def _absolute(html: str) -> str:
    # Cleaned on saving and once more here, where it goes out.
    return mark_safe(editor_html.absolute(html, settings.SITE_URL))  # noqa: S308


HREF: Final = re.compile(r'(<a\b[^>]*?\bhref=")(https?://[^"]+)(")')


def with_tracked_links(issue: Issue, rendered: RenderedEmail) -> RenderedEmail:
    """The letter with each link of its HTML leading through the count; those to leave do not."""
    numbers: dict[str, int] = {}

    def through(found: Match[str]) -> str:
        address = unescape(found[2])
        if TOKEN in address:
            return found[0]
        number = numbers.setdefault(address, len(numbers) + 1)
        own = site_url_of("newsletter_link", str(issue.pk), str(number))
        return f"{found[1]}{escape(own)}{found[3]}"

    html = HREF.sub(through, rendered.html)
    issue.links.all().delete()
    IssueLink.objects.bulk_create(
        IssueLink(issue=issue, number=number, url=url) for url, number in numbers.items()
    )
    return replace(rendered, html=html)


def open_link(issue_id: int, number: int) -> str:
    """Counts one opening; returns where the link leads, nothing where there is none."""
    links = IssueLink.objects.filter(issue_id=issue_id, number=number)
    links.update(clicks=F("clicks") + 1)
    return links.values_list("url", flat=True).first() or ""
