"""What the newsletter knows of an address: told to its owner, and forgotten when they go."""

from typing import Any

from iria.core.hooks import Person
from newsletter.models import Bounce, Subscriber


def export(who: Person) -> dict[str, Any]:
    subscriber = Subscriber.objects.with_address(who.email).first()
    return {"subscribed": False} if subscriber is None else of_subscriber(subscriber)


def of_subscriber(subscriber: Subscriber) -> dict[str, Any]:
    """All that is kept of one address, under words that a person understands."""
    received = subscriber.subscriptions.with_choices()
    return {
        "subscribed": subscriber.is_active,
        "e-mail address": subscriber.email,
        "state": subscriber.get_state_display(),
        "newsletters": [f"{in_words(each)}, since {each.since:%Y-%m-%d}" for each in received],
        "language": subscriber.language,
        "name": subscriber.name,
        "first entered": subscriber.created_at,
        "confirmed": subscriber.confirmed_at,
        "left": subscriber.left_at,
        "never written to again because": subscriber.suppressed_because,
        "asked and agreed": list(
            subscriber.consents.values("where", "wording", "language", "asked_at", "confirmed_at")
        ),
        "mails": [
            {"subject": each.issue.subject, "state": each.get_state_display(), "on": each.done_at}
            for each in subscriber.deliveries.with_issues()
        ],
        "mail that came back": list(
            Bounce.objects.filter(subscriber=subscriber).values(
                "read_at", "kind", "reason", "words"
            )
        ),
    }


def in_words(subscription: Any) -> str:
    """A newsletter, how often it comes and about what; asked `with_choices`."""
    names = ", ".join(subscription.topic_names)
    about = "" if subscription.topics is None else f": {names or 'topics that are gone'}"
    return f"{subscription.newsletter.name} ({subscription.get_rhythm_display()}{about})"
