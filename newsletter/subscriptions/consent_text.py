"""Sentences that are kept as proof of what somebody agreed to."""

from collections.abc import Sequence

from django.utils.translation import gettext

from newsletter.subscriptions.choices import SubscriptionChoice


def consent_wording(publication_name: str, wished: Sequence[SubscriptionChoice]) -> str:
    """What stands above the button that confirms; the same words are kept with the consent."""
    names = [_named(wish) for wish in wished]
    several = f"{', '.join(names[:-1])} {gettext('and')} {names[-1]}"
    return gettext(
        "Send me %(newsletters)s from %(name)s by e-mail. "
        "I can leave at any time with the link in every mail."
    ) % {"newsletters": names[0] if len(names) == 1 else several, "name": publication_name}


def _named(wish: SubscriptionChoice) -> str:
    """The newsletter, and how it is to come where that is a choice."""
    choice = [str(wish.rhythm.label).lower()] if len(wish.newsletter.rhythms) > 1 else []
    if wish.topics:
        about = ", ".join(topic.name for topic in wish.topics)
        choice.append(gettext("only about %(topics)s") % {"topics": about})
    elif wish.topics is not None:
        choice.append(gettext("about nothing until I choose new topics"))
    name = f"“{wish.newsletter.name}”"
    return f"{name} ({'; '.join(choice)})" if choice else name
