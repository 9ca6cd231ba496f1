"""The text of a consent."""

from collections.abc import Sequence

from django.utils.translation import gettext

from newsletter.subscriptions.choices import SubscriptionChoice


def consent_wording(publication_name: str, wanted: Sequence[SubscriptionChoice]) -> str:
    """Returns the text above the confirm button; it is stored with the consent."""
    names = [_describe(choice) for choice in wanted]
    joined = f"{', '.join(names[:-1])} {gettext('and')} {names[-1]}"
    return gettext(
        "Send me %(newsletters)s from %(name)s by e-mail. I can unsubscribe at any time with the link in every e-mail."
    ) % {"newsletters": names[0] if len(names) == 1 else joined, "name": publication_name}


def _describe(choice: SubscriptionChoice) -> str:
    """Returns the newsletter, and its frequency and topics if readers can choose them."""
    details = (
        [str(choice.frequency.label).lower()] if len(choice.newsletter.frequencies) > 1 else []
    )
    if choice.topics:
        topics = ", ".join(topic.name for topic in choice.topics)
        details.append(gettext("only about %(topics)s") % {"topics": topics})
    elif choice.topics is not None:
        details.append(gettext("about nothing until I choose new topics"))
    name = f"“{choice.newsletter.name}”"
    return f"{name} ({'; '.join(details)})" if details else name
