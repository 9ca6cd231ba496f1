"""The plain text part of newsletter e-mails."""

from typing import Any

from django.utils.translation import gettext

from iria.core.text.dates import day_words
from iria.core.text.language import interface_language
from iria.core.text.typography import colon, comma
from iria.publication.mail.rendering import LINE_WIDTH, RULE, wrapped
from newsletter.email.article_blocks import ArticleBlock, EmailImage
from newsletter.email.editor_html import as_plain_text
from newsletter.email.greeting import IN_TEXT


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
    """Returns caption and credit of an image that has a description."""
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
