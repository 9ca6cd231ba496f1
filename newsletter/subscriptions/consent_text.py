"""The text of a consent."""

from collections.abc import Sequence

from django.utils.translation import gettext

from iria.core.text.language import interface_language
from iria.core.text.typography import comma, listed, quoted
from newsletter.subscriptions.choices import SubscriptionChoice


def consent_wording(publication_name: str, wanted: Sequence[SubscriptionChoice]) -> str:
    """Returns the text above the confirm button; it is stored with the consent."""
    names = listed([_describe(choice) for choice in wanted], gettext("and"), interface_language())
    return gettext(
        "Send me %(newsletters)s from %(name)s by e-mail. I can unsubscribe at any time with the link in every e-mail."
    ) % {"newsletters": names, "name": publication_name}


def _describe(choice: SubscriptionChoice) -> str:
    """Returns the newsletter, and its frequency and topics if readers can choose them."""
    language = interface_language()
    # Only the first letter: nouns inside have a capital letter in German.
    label = str(choice.frequency.label)
    details = [f"{label[:1].lower()}{label[1:]}"] if len(choice.newsletter.frequencies) > 1 else []
    if choice.topics:
        topics = comma(language).join(topic.name for topic in choice.topics)
        details.append(gettext("only about %(topics)s") % {"topics": topics})
    elif choice.topics is not None:
        details.append(gettext("about nothing until I choose new topics"))
    name = quoted(choice.newsletter.name, language)
    semicolon = "؛ " if language == "ar" else "; "
    return f"{name} ({semicolon.join(details)})" if details else name
