"""The text of a consent."""

from collections.abc import Sequence

from django.utils.translation import gettext

from newsletter.subscriptions.choices import SubscriptionChoice


def consent_wording(publication_name: str, wanted: Sequence[SubscriptionChoice]) -> str:
    """Returns the text above the confirm button; it is stored with the consent."""
    names = [_named(choice_item) for choice_item in wanted]
    several = f"{', '.join(names[:-1])} {gettext('and')} {names[-1]}"
    return gettext(
        "Send me %(newsletters)s from %(name)s by e-mail. I can unsubscribe at any time with the link in every e-mail."
    ) % {"newsletters": names[0] if len(names) == 1 else several, "name": publication_name}


def _named(choice_item: SubscriptionChoice) -> str:
    """Returns the newsletter, and its frequency and topics if readers can choose them."""
    choice = (
        [str(choice_item.frequency.label).lower()]
        if len(choice_item.newsletter.frequencies) > 1
        else []
    )
    if choice_item.topics:
        about = ", ".join(topic.name for topic in choice_item.topics)
        choice.append(gettext("only about %(topics)s") % {"topics": about})
    elif choice_item.topics is not None:
        choice.append(gettext("about nothing until I choose new topics"))
    name = f"“{choice_item.newsletter.name}”"
    return f"{name} ({'; '.join(choice)})" if choice else name
