"""The preferences page: everything that is sent to an address.

Other apps add their choices with a hook (`hooks.mail_preferences`). Any token sent to an address opens the page.
"""

from collections.abc import Mapping

from iria.core import hooks
from iria.core.hooks import MailChoices
from newsletter.models import Subscriber
from newsletter.subscriptions import choices, opt_in
from newsletter.subscriptions.choices import Choice, SubscriptionChoice


def email_of(token: str) -> str:
    """Returns the address of a token, or an empty string."""
    subscriber = Subscriber.objects.with_token(token).first()
    if subscriber is not None:
        return subscriber.email
    emails = (provider.email_of(token) for provider in hooks.mail_preferences)
    return next((email for email in emails if email), "")


def received_by(subscriber: Subscriber | None) -> dict[int, SubscriptionChoice]:
    """Returns the current choices by newsletter ID."""
    if subscriber is None:
        return {}
    return choices.of_subscriptions(subscriber.subscriptions.select_related("newsletter"))


def other_choices(email: str) -> list[MailChoices]:
    """Returns the choices of other apps that send e-mail to the address."""
    provided = (provider.choices_for(email) for provider in hooks.mail_preferences)
    return [choices for choices in provided if choices is not None]


def choose(email: str, choice: Choice, answers: Mapping[str, str]) -> None:
    """Saves all choices of the page.

    Raises:
        NotPossible: newsletters were chosen, but the address has been unsubscribed since the
            page was opened.
    """
    for provider in hooks.mail_preferences:
        provider.save_choices(email, answers)
    subscriber = Subscriber.objects.with_email(email).first()
    if subscriber is not None and (subscriber.is_active or choice.wanted):
        opt_in.choose(subscriber.token, choice)


def unsubscribe_all(email: str) -> None:
    """Unsubscribes the address from everything that this site sends."""
    subscriber = Subscriber.objects.with_email(email).first()
    if subscriber is not None:
        opt_in.unsubscribe(subscriber.token)
    for provider in hooks.mail_preferences:
        provider.unsubscribe(email)
