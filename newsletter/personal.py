"""What the newsletter knows of an address: told to its owner, and forgotten when they go."""

from typing import Any, Final

from iria.kit.registry import Holding, Person
from newsletter.models import Subscriber


def tell(who: Person) -> dict[str, Any]:
    subscriber = Subscriber.objects.filter(email__iexact=who.email).first()
    if subscriber is None:
        return {"subscribed": False}
    return {
        "subscribed": subscriber.is_active,
        "e-mail address": subscriber.email,
        "state": subscriber.get_state_display(),
        "newsletters": list(subscriber.newsletters.values_list("name", flat=True)),
        "confirmed": subscriber.confirmed_at,
        "left": subscriber.left_at,
        "never written to again because": subscriber.suppressed_because,
        "asked and agreed": list(
            subscriber.consents.values("where", "wording", "asked_at", "confirmed_at")
        ),
        "mails": [
            {"subject": each.issue.subject, "state": each.get_state_display(), "on": each.done_at}
            for each in subscriber.deliveries.select_related("issue")
        ],
    }


def forget(who: Person, keep_words: bool) -> None:
    """Erases the address, its choices and consents; mails that went out stay counted, without it.

    That one must not be written to again is known without it: as a hash (`Suppression`).
    """
    Subscriber.objects.filter(email__iexact=who.email).delete()


HOLDING: Final = Holding(tell=tell, forget=forget)
