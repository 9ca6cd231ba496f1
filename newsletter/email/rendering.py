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
from django.utils.translation import gettext

from iria.core.rendering import theme_from
from iria.core.text.dates import day_words
from iria.core.text.language import interface_language, use_language
from iria.core.text.typography import colon, comma
from iria.core.text.validators import one_line
from iria.publication.mail import (
    ACCENT,
    ACCENT_DARK,
    LINE_WIDTH,
    RULE,
    colours_of,
    inlined,
    rules_of,
    stylesheet,
    surroundings,
    wrapped,
)
from iria.publication.models import Publication, current_publication
from newsletter.email import editor_html
from newsletter.email.article_blocks import ArticleBlock, EmailImage, build_blocks, issue_image
from newsletter.email.editor_html import as_plain_text, show_urls
from newsletter.models import Issue, IssueLink
from newsletter.models.issue import LINK_MAX_LENGTH, NAME_PLACEHOLDER

IN_HTML: Final = "greeting-in-html-stands-here"
IN_TEXT: Final = "greeting-in-text-stands-here"


@dataclass(frozen=True, slots=True)
class Greeting:
    """The greetings of an issue for readers with and without a name."""

    named: str = ""
    unnamed: str = ""

    @classmethod
    def of(cls, issue: Issue) -> "Greeting":
        return cls(issue.greeting, issue.fallback_greeting)

    def to(self, name: str) -> str:
        """Returns the greeting for a name, on one line."""
        name = one_line(name)
        if NAME_PLACEHOLDER in self.named and not name:
            return self.unnamed
        return one_line(self.named.replace(NAME_PLACEHOLDER, name))

    def values_for(self, name: str) -> dict[str, str]:
        """Returns the values of the greeting placeholders for a name."""
        greeting = self.to(name)
        return {IN_HTML: escape(greeting), IN_TEXT: greeting}


DARK: Final = "@media (prefers-color-scheme: dark)"
"""The dark rules in static/css/mail/email.css; they occur once."""


class Scheme(StrEnum):
    """Colour scheme of an e-mail; the value is that of the CSS property `color-scheme`."""

    AS_THE_SCREEN = "light dark"
    LIGHT = "only light"
    DARK = "dark"


SCHEME_NAMES: Final = {Scheme.LIGHT: "day", Scheme.DARK: "night"}
"""Colour schemes by their name in the URL."""
MEDIA_QUERIES: Final = {"day": "@media not all", "night": "@media all"}


def stylesheet_url(publication: Publication, scheme: Scheme = Scheme.AS_THE_SCREEN) -> str:
    """Returns the URL of the stylesheet for pages that forbid inline styles; empty for default
    colours.
    """
    light, dark = colours_of(publication)
    if scheme is not Scheme.AS_THE_SCREEN:
        return reverse("newsletter_email_css", args=[light[1:], dark[1:], SCHEME_NAMES[scheme]])
    if (light, dark) == (ACCENT, ACCENT_DARK):
        return ""
    return reverse("newsletter_email_css", args=[light[1:], dark[1:]])


def rules(light: str, dark: str, scheme_name: str) -> str:
    """Returns the CSS with these accent colours: for the scheme of the screen, or only `day` or
    `night`.
    """
    css = str(stylesheet(light, dark))
    return css.replace(DARK, MEDIA_QUERIES[scheme_name]) if scheme_name else css


TOKEN: Final = "recipient-token-stands-here"  # noqa: S105 - the opposite of a secret
TEST_TOKEN: Final = "test"  # noqa: S105 - used in test e-mails; its pages say so
GMAIL_LIMIT: Final = 102 * 1024
"""Bytes of HTML after which Gmail clips an e-mail, including the unsubscribe link."""


@dataclass(frozen=True, slots=True)
class RenderedEmail:
    """A rendered e-mail, the same for everybody except for placeholders for token and greeting."""

    subject: str
    html: str
    text: str
    greeting: Greeting | None = None
    """Without a greeting, its placeholders remain."""

    @property
    def is_too_long(self) -> bool:
        return len(self.html.encode()) > GMAIL_LIMIT

    def addressed(self, token: str, name: str = "") -> "RenderedEmail":
        """Returns the e-mail with the token and greeting of a recipient."""
        html, text = self.html.replace(TOKEN, token), self.text.replace(TOKEN, token)
        if self.greeting is None:
            return RenderedEmail(self.subject, html, text)
        greetings = self.greeting.values_for(name)
        return RenderedEmail(
            self.subject,
            html.replace(IN_HTML, greetings[IN_HTML]),
            text.replace(IN_TEXT, greetings[IN_TEXT]),
        )


def compose(issue: Issue) -> RenderedEmail:
    """Renders the issue as it would be sent now."""
    context = issue_context(issue)
    with _use_language(context["publication"], context["issue"]):
        template_context = {**context, "stylesheet": rules_of(context["publication"])}
        html = render_to_string("newsletter/mail/issue.html", template_context)
        greeting = Greeting.of(context["issue"])
        return RenderedEmail(context["subject"], inlined(html), issue_as_text(context), greeting)


def stored_email(issue: Issue) -> RenderedEmail:
    """Returns the issue as it was sent."""
    return RenderedEmail(issue.subject, issue.sent_html, issue.sent_text, Greeting.of(issue))


def preview(issue: Issue, scheme: Scheme = Scheme.AS_THE_SCREEN) -> str:
    """Returns the HTML with a linked stylesheet, for a page that forbids inline styles.

    It uses the greeting without a name.
    """
    context = issue_context(issue)
    with _use_language(context["publication"], context["issue"]):
        css_url = stylesheet_url(context["publication"], scheme)
        template_context = {**context, "own_rules": css_url, "color_scheme": scheme.value}
        html = render_to_string("newsletter/mail/issue.html", template_context)
    return RenderedEmail("", html, "", Greeting.of(context["issue"])).addressed(TOKEN).html


@contextmanager
def _use_language(publication: Publication, issue: Issue) -> Iterator[None]:
    """Activates the theme, and the language of the issue or else the default language."""
    with (
        theme_from(lambda: publication.theme_choice),
        use_language(publication.language_codes[0]),
        use_language(issue.effective_language),
    ):
        yield


def unsubscribe_url(token: str) -> str:
    return site_url_of("newsletter_unsubscribe", token)


def preferences_url(token: str) -> str:
    return site_url_of("newsletter_preferences", token)


def site_url_of(name: str, *args: str) -> str:
    """Returns an absolute URL for use in an e-mail."""
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


def issue_context(issue: Issue) -> dict[str, Any]:
    """Returns the template context of the HTML and text parts."""
    publication = current_publication()
    loaded = Issue.objects.with_articles().get(pk=issue.pk)
    show_urls([loaded])
    with _use_language(publication, loaded):
        stories: list[ArticleBlock] = build_blocks(loaded, publication)
    return {
        "issue": loaded,
        "subject": loaded.subject,
        "preheader": loaded.preheader,
        "image": issue_image(loaded, publication),
        "greeting": IN_HTML if loaded.greeting else "",
        "introduction": _absolute(loaded.introduction),
        "closing": _absolute(loaded.closing),
        "stories": stories,
        "newsletter": loaded.newsletter,
        "unsubscribe_url": unsubscribe_url(TOKEN),
        "preferences_url": preferences_url(TOKEN),
        "browser_url": f"{settings.SITE_URL}{loaded.get_absolute_url()}",
        "day": publication.local_date(loaded.started_at or timezone.now()),
        **surroundings(publication, loaded.effective_language, loaded.direction),
    }


def _absolute(html: str) -> str:
    # Sanitised when saved, and again for output.
    return mark_safe(editor_html.with_absolute_urls(html, settings.SITE_URL))  # noqa: S308


HREF: Final = re.compile(r'(<a\b[^>]*?\bhref=")(https?://[^"]+)(")')


def with_tracked_links(issue: Issue, rendered: RenderedEmail) -> RenderedEmail:
    """Replaces the links in the HTML by tracked ones, except those to unsubscribe and very long ones."""
    numbers: dict[str, int] = {}

    def track(match: Match[str]) -> str:
        url = unescape(match[2])
        if TOKEN in url or len(url) > LINK_MAX_LENGTH:
            return match[0]
        number = numbers.setdefault(url, len(numbers) + 1)
        tracked_url = site_url_of("newsletter_link", str(issue.pk), str(number))
        return f"{match[1]}{escape(tracked_url)}{match[3]}"

    html = HREF.sub(track, rendered.html)
    issue.links.all().delete()
    IssueLink.objects.bulk_create(
        IssueLink(issue=issue, number=number, url=url) for url, number in numbers.items()
    )
    return replace(rendered, html=html)


def open_link(issue_id: int, number: int) -> str:
    """Counts a click and returns the target URL, or an empty string if there is no such link."""
    links = IssueLink.objects.filter(issue_id=issue_id, number=number)
    links.update(clicks=F("clicks") + 1)
    return links.values_list("url", flat=True).first() or ""


def issue_as_text(context: dict[str, Any]) -> str:
    """Returns the text part: the same content as the HTML part, and for images captions and credits."""
    publication, newsletter = context["publication"], context["newsletter"]
    day, language = context["day"], interface_language()
    parts = [
        wrapped(f"{publication.name} – {newsletter.name}{comma(language)}{day_words(day)}"),
        _underlined(context["subject"]),
        _image(context["image"]),
        IN_TEXT if context["greeting"] else "",
        as_plain_text(context["introduction"]),
        *[_story(story) for story in context["stories"]],
        *([RULE, as_plain_text(context["closing"])] if context["closing"] else []),
        RULE,
        _footer(context),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _colon() -> str:
    return colon(interface_language())


def _underlined(subject: str) -> str:
    lines = wrapped(subject)
    width = max((len(line) for line in lines.splitlines()), default=0)
    return f"{lines}\n{'=' * min(width, LINE_WIDTH)}"


def _story(story: ArticleBlock) -> str:
    lines = [wrapped(story.headline), wrapped(story.authors), wrapped(story.standfirst)]
    parts = [
        RULE,
        _underlined(story.heading) if story.heading else "",
        "\n".join(line for line in lines if line),
        _image(story.image),
        story.address,
    ]
    return "\n\n".join(part for part in parts if part)


def _image(image: EmailImage | None) -> str:
    """Returns caption and credit of an image as text; empty if it has neither."""
    description = image.plain_text if image else ""
    return wrapped(f"[{gettext('Image')}{_colon()} {description}]") if description else ""


def _footer(context: dict[str, Any]) -> str:
    publication, newsletter = context["publication"], context["newsletter"]
    reason = gettext(
        "You receive “%(name)s” because you subscribed to it and confirmed this address."
    ) % {"name": newsletter.name}
    lines = [
        wrapped(reason),
        "",
        f"{gettext('Unsubscribe')}{_colon()} {context['unsubscribe_url']}",
        f"{gettext('Preferences')}{_colon()} {context['preferences_url']}",
        f"{gettext('View in browser')}{_colon()} {context['browser_url']}",
        "",
        f"© {publication.copyright_years} {publication.copyright_holder}",
    ]
    address_lines = [
        line.strip() for line in publication.postal_address.splitlines() if line.strip()
    ]
    return "\n".join([*lines, *address_lines])
