"""An issue as a letter in plain text."""

from typing import Any

from django.utils.translation import gettext

from iria.core.text.dates import day_words
from iria.publication.mail.rendering import LINE_WIDTH, RULE, wrapped
from newsletter.email.article_blocks import Picture, Story
from newsletter.email.editor_html import as_letter
from newsletter.email.greeting import IN_TEXT


def issue_as_letter(context: dict[str, Any]) -> str:
    """The text part: the same words in the same order as the HTML part; of its pictures the
    captions and credits."""
    publication, newsletter = context["publication"], context["newsletter"]
    day = context["day"]
    parts = [
        wrapped(f"{publication.name} – {newsletter.name}, {day_words(day)}"),
        _headed(context["subject"]),
        _picture(context["picture"]),
        IN_TEXT if context["greeting"] else "",
        as_letter(context["introduction"]),
        *[_story(story) for story in context["stories"]],
        *([RULE, as_letter(context["closing"])] if context["closing"] else []),
        RULE,
        _foot(context),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def notice_as_letter(context: dict[str, Any]) -> str:
    """The text part of a short mail with one thing to do."""
    publication = context["publication"]
    parts = [
        *[wrapped(paragraph) for paragraph in context["before"]],
        f"{context['button']}:\n{context['button_address']}" if context["button_address"] else "",
        *[wrapped(paragraph) for paragraph in context["after"]],
        RULE,
        f"{publication.name}\n{context['site_url']}/",
        publication.postal_address.strip(),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _headed(subject: str) -> str:
    lines = wrapped(subject)
    longest = max((len(line) for line in lines.splitlines()), default=0)
    return f"{lines}\n{'=' * min(longest, LINE_WIDTH)}"


def _story(story: Story) -> str:
    lines = [wrapped(story.headline), wrapped(story.authors), wrapped(story.standfirst)]
    parts = [
        RULE,
        _headed(story.heading) if story.heading else "",
        "\n".join(line for line in lines if line),
        _picture(story.picture),
        story.address,
    ]
    return "\n\n".join(part for part in parts if part)


def _picture(picture: Picture | None) -> str:
    """Its caption and credit, where it is said what it shows."""
    words = picture.in_words if picture else ""
    return wrapped(f"[{gettext('Picture')}: {words}]") if words else ""


def _foot(context: dict[str, Any]) -> str:
    publication, newsletter = context["publication"], context["newsletter"]
    because = gettext(
        "You receive “%(name)s” because you subscribed to it and confirmed this address."
    ) % {"name": newsletter.name}
    lines = [
        wrapped(because),
        "",
        f"{gettext('Leave')}: {context['leave_address']}",
        f"{gettext('Preferences')}: {context['preferences_address']}",
        f"{gettext('Read in the browser')}: {context['browser_address']}",
        "",
        f"© {publication.copyright_years} {publication.copyright_holder}",
    ]
    address = [line.strip() for line in publication.postal_address.splitlines() if line.strip()]
    return "\n".join([*lines, *address])
